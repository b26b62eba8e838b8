"""Comparing values known only between bounds, and how many members settle a count."""

from __future__ import annotations

from lifeevents.rules.sight import Reading
from lifeevents.rules.verdict import Tri

OPPOSITE = {"ne": "eq", "ge": "lt", "gt": "le"}
MIRRORED = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def compare(op: str, left: Reading, right: Reading) -> Tri:
    """Yes or no where every pair of possible values agrees, else unknown."""
    low, high = left[:2]
    low_other, high_other = right[:2]
    if low is None or low_other is None:
        return Tri.UNKNOWN
    if op in OPPOSITE:
        return _contrary(compare(OPPOSITE[op], left, right))
    if op == "lt":
        return _between(high < low_other, low >= high_other)
    if op == "le":
        return _between(high <= low_other, low > high_other)
    same = low == high == low_other == high_other
    return _between(same, low > high_other or high < low_other)


def within(value: Reading, literals: tuple[object, ...]) -> Tri:
    """Whether a value is one of the literals, so far as its bounds tell."""
    low, high = value[:2]
    if low is None:
        return Tri.UNKNOWN
    if low == high:
        return Tri.YES if low in literals else Tri.NO
    possible = any(low <= literal <= high for literal in literals)
    return Tri.UNKNOWN if possible else Tri.NO


def enough(op: str, tri: Tri, yes: int, other: Reading, members: int) -> tuple[int, int]:
    """How many yes members and how many no members already force a decided comparison of a count.

    `yes` is how many members are yes, `other` what their number is compared with.
    """
    low, high = other[:2]
    match (op, tri):
        case ("ge", Tri.YES) | ("lt", Tri.NO):
            return max(high, 0), 0
        case ("gt", Tri.YES) | ("le", Tri.NO):
            return max(high + 1, 0), 0
        case ("le", Tri.YES) | ("gt", Tri.NO):
            return 0, max(members - low, 0)
        case ("lt", Tri.YES) | ("ge", Tri.NO):
            return 0, max(members - low + 1, 0)
        case ("eq", Tri.YES) | ("ne", Tri.NO):
            return yes, members - yes
    return (max(high + 1, 0), 0) if yes > high else (0, max(members - low + 1, 0))


def _between(certainly: bool, never: bool) -> Tri:
    return Tri.YES if certainly else Tri.NO if never else Tri.UNKNOWN


def _contrary(tri: Tri) -> Tri:
    return Tri.UNKNOWN if tri is Tri.UNKNOWN else Tri.NO if tri is Tri.YES else Tri.YES
