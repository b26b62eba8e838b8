"""Days as the law counts them: ages, birthdays, school years, and days moved by calendar units."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


def birthday(born: date, years: int) -> date:
    """The n-th birthday; born on 29 February, 1 March in a common year."""
    if born.year + years > date.max.year:
        return date.max
    if born.month == 2 and born.day == 29 and not calendar.isleap(born.year + years):
        return date(born.year + years, 3, 1)
    return date(born.year + years, born.month, born.day)


def reaches_age(born: date, years: int) -> date:
    """The day an age is reached, at its end (年齢計算ニ関スル法律, 民法143条2項).

    The day before the birthday; born on 29 February, 28 February of every year.
    """
    return birthday(born, years) - ONE_DAY


def next_march_31(day: date) -> date:
    """The first 31 March on or after a day (以後の最初の3月31日)."""
    if day.month <= 3:
        return date(day.year, 3, 31)
    return date.max if day.year == date.max.year else date(day.year + 1, 3, 31)


def add(day: date, years: int = 0, months: int = 0, days: int = 0) -> date:
    """A day moved by years and months (a missing day becomes the month's last), then by days.

    Stops at the first and the last day a date can hold, so that order is always kept.
    """
    ordinal = _month(day, years * 12 + months).toordinal() + days
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def _month(day: date, months: int) -> date:
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= date.max.year:
        return date.min if year < 1 else date.max
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def age(born: date, on: date) -> int:
    """The age reached by the end of a day; for sentences only, rules compare days."""
    years = on.year - born.year + 1
    while reaches_age(born, years) > on:
        years -= 1
    return years
