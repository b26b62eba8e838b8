"""Fitting: a value shrinks, then takes more lines, then is marked; it is never cut silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lifeevents.printing import fonts

POINT = 0.3528
"""Millimetres of one point."""
LEADING = 1.22
"""Line height in em; the same as in paper.css."""
SCALES = tuple(range(100, 55, -5))
"""Percent of the normal size, from full down to the smallest that is still read at a counter."""
COMFORTABLE = 90
"""A single line may shrink this far before a second line is tried."""
LONGEST_WORD = 16
"""Characters of a number or a Latin word that a line break does not part."""

_NEVER_FIRST = frozenset(
    "、。，．・：；？！）〕］｝〉》」』】ーゝゞ々〻ぁぃぅぇぉっゃゅょァィゥェォッャュョ)]}"
)
_UNITS = re.compile(r"\s+|[0-9A-Za-z.,'’\-－−―]+|.[\uFE00-\uFE0F\U000E0100-\U000E01EF]*", re.S)


@dataclass(frozen=True, slots=True)
class Box:
    """The room a value has on the sheet: millimetres, and its normal size in points."""

    width: float
    height: float
    size: float = 11.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """How a value is set: its lines, percent of the normal size; `overflow` if it has no room."""

    lines: tuple[str, ...]
    scale: int
    overflow: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of text that a line break does not part: its width in em, with and without its space."""

    text: str
    width: float
    bare: float


def fit(
    text: str,
    box: Box,
    *,
    is_name: bool = False,
    measure: Callable[[str], float] = fonts.measure,
) -> Fitted:
    """Set a text into a box: one line, then smaller, then more lines, else overflow.

    A name is broken only at its spaces, never inside 氏 or 名. Line breaks in the text count as
    spaces. `measure` gives a text's width in em; a whole's width is the sum of its parts'.
    """
    text = " ".join(part for part in text.splitlines() if part) if "\n" in text else text
    single = _fit_line(text, box, measure(text))
    if single and single.scale >= COMFORTABLE:
        return single
    ways = [_part_at_spaces(text)] if is_name else [_part_at_spaces(text), _part_anywhere(text)]
    several = _fit_lines(box, [[_unit(part, measure) for part in way] for way in ways])
    return several or single or Fitted((), SCALES[-1], overflow=True)


def _fit_line(text: str, box: Box, width: float) -> Fitted | None:
    for scale in SCALES:
        if width <= _room(box, scale) and _line_count(box, scale) >= 1:
            return Fitted((text,), scale)
    return None


def _fit_lines(box: Box, ways: Sequence[Sequence[Unit]]) -> Fitted | None:
    for scale in SCALES:
        limit = _line_count(box, scale)
        for units in ways if limit > 1 else ():
            lines = _pack(units, _room(box, scale))
            if lines and len(lines) <= limit:
                return Fitted(tuple(lines), scale)
    return None


def _room(box: Box, scale: int) -> float:
    """Em of that size that fit beside one another."""
    return box.width / (box.size * POINT * scale / 100)


def _line_count(box: Box, scale: int) -> int:
    # One line may use the whole height; leading matters only between lines.
    line = box.size * POINT * scale / 100
    return 0 if box.height < line else max(1, int(box.height / (line * LEADING) + 1e-6))


def _part_at_spaces(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text.strip())


def _part_anywhere(text: str) -> list[str]:
    """Characters, but numbers and Latin words whole, and no closing mark parted from what it closes."""
    parts: list[str] = []
    for part in _UNITS.findall(text):
        if len(part) > LONGEST_WORD:
            parts.extend(fonts.split_clusters(part))
        elif parts and part[0] in _NEVER_FIRST and parts[-1][0] not in _NEVER_FIRST:
            parts[-1] += part
        else:
            parts.append(part)
    return parts


def _unit(text: str, measure: Callable[[str], float]) -> Unit:
    return Unit(text, measure(text), measure(text.rstrip()))


def _pack(units: Sequence[Unit], room: float) -> list[str] | None:
    """Units into lines, each as full as it can be; None when one unit is wider than a line."""
    lines: list[str] = []
    used = 0.0
    for unit in units:
        if unit.bare > room:
            return None
        if not lines or used + unit.bare > room:
            lines.append("")
            used = 0.0
        lines[-1] += unit.text
        used += unit.width
    return [line.strip() for line in lines if line.strip()]
