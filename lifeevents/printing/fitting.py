"""Fitting: a value shrinks, then takes more lines, then is marked; it is never cut silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
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


def fit(
    text: str,
    box: Box,
    *,
    is_name: bool = False,
    measure: Callable[[str], float] = fonts.measure,
) -> Fitted:
    """Set a text into a box: one line, then smaller, then more lines, else overflow.

    A name is broken only at its spaces, never inside 氏 or 名. Line breaks in the text count as
    spaces. `measure` gives a text's width in em.
    """
    text = " ".join(part for part in text.splitlines() if part) if "\n" in text else text
    single = _fit_line(text, box, measure)
    if single and single.scale >= COMFORTABLE:
        return single
    ways = (_break_at_spaces,) if is_name else (_break_at_spaces, _break_anywhere)
    several = _fit_lines(text, box, ways, measure)
    return several or single or Fitted((), SCALES[-1], overflow=True)


def _fit_line(text: str, box: Box, measure: Callable[[str], float]) -> Fitted | None:
    width = measure(text)
    for scale in SCALES:
        if width <= _room(box, scale) and _line_count(box, scale) >= 1:
            return Fitted((text,), scale)
    return None


def _fit_lines(
    text: str, box: Box, ways: Iterable[Callable], measure: Callable[[str], float]
) -> Fitted | None:
    for scale in SCALES:
        limit = _line_count(box, scale)
        for way in ways if limit > 1 else ():
            lines = way(text, _room(box, scale), measure)
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


def _break_at_spaces(text: str, room: float, measure: Callable[[str], float]) -> list[str] | None:
    return _pack(re.findall(r"\S+\s*", text.strip()), room, measure)


def _break_anywhere(text: str, room: float, measure: Callable[[str], float]) -> list[str] | None:
    units: list[str] = []
    for unit in _UNITS.findall(text):
        if measure(unit) > room:
            units.extend(fonts.split_clusters(unit))
        elif units and unit[0] in _NEVER_FIRST and units[-1][0] not in _NEVER_FIRST:
            units[-1] += unit
        else:
            units.append(unit)
    return _pack(units, room, measure)


def _pack(units: Iterable[str], room: float, measure: Callable[[str], float]) -> list[str] | None:
    """Units into lines, each as full as it can be; None when one unit is wider than a line."""
    lines: list[str] = []
    for unit in units:
        longer = lines[-1] + unit if lines else unit
        if lines and measure(longer.rstrip()) <= room:
            lines[-1] = longer
        elif measure(unit.rstrip()) <= room:
            lines.append(unit)
        else:
            return None
    return [line.strip() for line in lines if line.strip()]
