"""A row of 住民基本台帳 as one short text: its values in the order of RecordItem; pure.

Values are separated by U+001F, and what is blank at the end is left out. A value that holds one of the
two control characters has U+001E before a letter in its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

SEPARATOR = "\x1f"
_ESCAPE = "\x1e"


class UnknownItem(LookupError):
    """The items given are fewer than those of the record or text. Carries no value."""


def encode(record: Mapping[str, str], positions: Mapping[str, int]) -> str:
    """The text of a record {item name: value}; a blank value is as good as none. Raises UnknownItem."""
    parts = [""] * len(positions)
    for name, value in record.items():
        if value:
            try:
                parts[positions[name]] = value
            except KeyError:
                raise UnknownItem(name) from None
    text = SEPARATOR.join(parts)
    if _ESCAPE in text or text.count(SEPARATOR) >= max(len(parts), 1):
        text = SEPARATOR.join(map(_escaped, parts))
    return text.rstrip(SEPARATOR)


def decode(text: str, names: Sequence[str]) -> dict[str, str]:
    """The record of a text, in the order of its items and without blank ones. Raises UnknownItem."""
    parts = text.split(SEPARATOR)
    if text and len(parts) > len(names):
        raise UnknownItem(len(parts))
    if _ESCAPE in text:
        parts = [*map(_unescaped, parts)]
    return {name: part for name, part in zip(names, parts, strict=False) if part}


def _escaped(value: str) -> str:
    return value.replace(_ESCAPE, _ESCAPE + "e").replace(SEPARATOR, _ESCAPE + "f")


def _unescaped(part: str) -> str:
    return part.replace(_ESCAPE + "f", SEPARATOR).replace(_ESCAPE + "e", _ESCAPE)
