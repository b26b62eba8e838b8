"""A fact's value as text ready to print or show: 和暦, choices in words, yes and no (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from residents import wareki
from residents.facts import PartialDate

HYPHENS = {
    "postal": (re.compile(r"^(\d{3})(\d{4})$"), r"\1-\2"),
    "phone": (re.compile(r"^(0[5-9]0)(\d{4})(\d{4})$"), r"\1-\2-\3"),
}
"""Registers hold postal codes and mobile numbers as bare digits; people read them in groups."""


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
    return CellText(_label(value, choices, _grouped(str(value), kind)), raw=str(value))


def _grouped(text: str, kind: str) -> str:
    pattern, groups = HYPHENS.get(kind, (None, ""))
    return pattern.sub(groups, text) if pattern else text


def _label(value: Any, choices: tuple[tuple[Any, str], ...], otherwise: str) -> str:
    return next((label for code, label in choices if code == value), otherwise)
