"""By when a procedure is due, counted as its law counts (民法140条–143条, 戸籍法43条)."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from lifeevents.rules import dates
from lifeevents.rules.judge import operand
from lifeevents.rules.sight import Sight
from lifeevents.rules.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A period from a fact's day: in days, or in months and years; and the municipality's wording.

    `count_first_day` is 戸籍法43条 (the day itself is day one); else the day after is (民法140条).
    """

    days: int | None = None
    months: int | None = None
    years: int | None = None
    count_first_day: bool = False
    from_fact: str
    roll_to_open_day: bool = False
    text: str


def due(rule: Deadline, world: World, self_id: str, closed: Callable[[date], bool]) -> date | None:
    """The last day, moved past closed days where the law says so (民法142条).

    None when the day counted from is not exactly known, or the law sets no period.
    """
    first, last = Sight(world, operand).read(rule.from_fact, self_id)[:2]
    if not isinstance(first, date) or first != last or not (rule.days or _months(rule)):
        return None
    start = first if rule.count_first_day else first + timedelta(days=1)
    end = _end(start, _months(rule)) if _months(rule) else start - timedelta(days=1)
    end += timedelta(days=rule.days or 0)
    while rule.roll_to_open_day and closed(end):
        end += timedelta(days=1)
    return end


def _months(rule: Deadline) -> int:
    return (rule.years or 0) * 12 + (rule.months or 0)


def _end(start: date, months: int) -> date:
    """The day before the corresponding day; without one, the month's last day (民法143条2項)."""
    moved = dates.add(start, months=months)
    if moved.day == start.day:
        return moved - timedelta(days=1)
    return moved.replace(day=calendar.monthrange(moved.year, moved.month)[1])
