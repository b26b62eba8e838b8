"""A fact's value as text ready to print or show: 和暦, choices in words, yes and no (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from residents import wareki
from residents.facts import PartialDate


@dataclass(frozen=True, slots=True)
class CellText:
    """What is printed, the kana above it, and the raw value check boxes are ticked by."""

    text: str
    kana: str = ""
    raw: Any = None


def printed(value: Any, kind: str, choices: tuple[tuple[Any, str], ...] = ()) -> CellText:
    """The text of a value for a field's print kind; codes are written with their labels."""
    if isinstance(value, PartialDate):
        return CellText(wareki.format(value), raw=value.raw)
    if isinstance(value, date):
        return CellText(wareki.format(value), raw=value.isoformat())
    if isinstance(value, bool):
        return CellText(_label(value, choices, "はい" if value else "いいえ"), raw=value)
    if isinstance(value, list | tuple):
        return CellText("、".join(str(each) for each in value), raw=list(value))
    if isinstance(value, Decimal | int | float) and kind in ("number", "money"):
        return CellText(f"{value:,}", raw=str(value))
    return CellText(_label(value, choices, str(value)), raw=str(value))


def _label(value: Any, choices: tuple[tuple[Any, str], ...], otherwise: str) -> str:
    return next((label for code, label in choices if code == value), otherwise)
