"""The period of 支援措置 and what comes after it: a date lifts nothing, it only tells what is due."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

import jpholiday
from dateutil.relativedelta import relativedelta

from consent import reference


class Phase(StrEnum):
    """Where a standing measure is in its time."""

    STANDING = "standing"
    LAST_MONTH = "last_month"
    GRACE = "grace"
    OVERDUE = "overdue"


def phase(ends_on: date, on: date) -> Phase:
    """期間中, 延長できる最後の1か月, 猶予 (over, the applicant is still to be asked), or 猶予も過ぎた."""
    if on > grace_ends(ends_on):
        return Phase.OVERDUE
    if on > ends_on:
        return Phase.GRACE
    return Phase.LAST_MONTH if opens_for_extension(ends_on) <= on else Phase.STANDING


def last_day(starts_on: date) -> date:
    """One year less a day (2020-04-01 → 2021-03-31); from 29 February to 28 February (民法143条2項)."""
    end = starts_on + relativedelta(years=1)
    return end if (starts_on.month, starts_on.day) == (2, 29) else end - timedelta(days=1)


def opens_for_extension(ends_on: date) -> date:
    """From when a measure may be extended, and its end is warned of: one month before."""
    return ends_on - relativedelta(months=1)


def grace_ends(ends_on: date) -> date:
    """The last day on which the applicant is still asked, by the safe contact alone."""
    return ends_on + timedelta(days=_settings()["grace_days"])


def hold() -> timedelta:
    """How long two people's word waits before it counts."""
    return timedelta(hours=_settings()["hold_hours"])


def answer_due(sent_on: date) -> date:
    """When another municipality must have answered a transfer: the next 開庁日."""
    day = sent_on + timedelta(days=1)
    while day.weekday() >= 5 or jpholiday.is_holiday(day) or (day.month, day.day) in _NEW_YEAR:
        day += timedelta(days=1)
    return day


_NEW_YEAR = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
"""年末年始の休み, as the bodies of the state and most towns have it (行政機関の休日に関する法律1条)."""


@cache
def _settings() -> dict[str, int]:
    """reference.toml, [protection]."""
    found: dict[str, int] = tomllib.loads(reference.PATH.read_text(encoding="utf-8"))["protection"]
    return found
