"""Dates in Japanese eras (和暦): how they are printed and the ways clerks type them (pure)."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

from residents.facts import PartialDate

# (letter, era, first day); each era ends on the day the next begins, which belongs to both
ERAS = (
    ("R", "令和", date(2019, 5, 1)),
    ("H", "平成", date(1989, 1, 8)),
    ("S", "昭和", date(1926, 12, 25)),
    ("T", "大正", date(1912, 7, 30)),
    ("M", "明治", date(1868, 1, 25)),
)
FIRST_GREGORIAN_DAY = date(1873, 1, 1)
UNKNOWN_DAY, UNKNOWN_MONTH_AND_DAY, UNKNOWN = "日不詳", "月日不詳", "不詳"

_PARTED = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])?\s*(?P<year>\d{1,4}|元)\s*(?:年|[-./])\s*"
    r"(?P<month>\d{1,2})\s*(?:月|[-./])\s*(?P<day>\d{1,2})\s*日?"
)
_PACKED = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|[RHSTM])?(?P<year>\d{4}|\d{2})(?P<month>\d{2})(?P<day>\d{2})"
)
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー・。", "-"))


def format(value: date | PartialDate) -> str:
    """A day as 令和8年4月1日, an incomplete one as 昭和10年月日不詳 or in the register's own words.

    Days before 1873-01-01 are shown in the western calendar: Japan's was a lunar one until then.
    """
    if isinstance(value, PartialDate):
        return _format_partial(value)
    return f"{_year(value)}{value.month}月{value.day}日"


def parse(text: str, until: date = date.max) -> date | None:
    """The day a text means, or None; without an era the newest era that gives a day up to `until`.

    Reads 4.1.15, R4.1.15, H30/1/5, 令和4年1月15日, 平成元年, 2022-01-15, 20220115, R040115,
    full width too. A year past its era (平成31年5月1日, 昭和100年) counts on, as on old forms.
    """
    return next((day for day in readings(text) if day <= until), None)


def readings(text: str) -> tuple[date, ...]:
    """Every day a text may mean, newest first; several only for a year without its era."""
    folded = unicodedata.normalize("NFKC", text).strip().upper().translate(_DASHES)
    match = _PARTED.fullmatch(folded) or _PACKED.fullmatch(folded)
    if match is None:
        return ()
    era, month, day = match["era"], int(match["month"]), int(match["day"])
    year = 1 if match["year"] == "元" else int(match["year"])
    if len(match["year"]) > 2 and not era:
        found = [_day(year, month, day)]
    else:
        named = [first for letter, name, first in ERAS if era in (letter, name)]
        found = [_in_era(first, year, month, day) for first in named or _borders(year, month, day)]
    return tuple(reading for reading in found if reading)


def _borders(year: int, month: int, day: int) -> list[date]:
    """The eras that contain such a year, month and day; the newest era has no end yet."""
    possible = []
    ends = date.max
    for _, _, first in ERAS:
        reading = _in_era(first, year, month, day)
        if reading and first <= reading <= ends:
            possible.append(first)
        ends = first
    return possible


def _in_era(first: date, year: int, month: int, day: int) -> date | None:
    reading = _day(first.year + year - 1, month, day) if year else None
    return reading if reading and reading >= FIRST_GREGORIAN_DAY else None


def _day(year: int, month: int, day: int) -> date | None:
    if not (1 <= year <= date.max.year and 1 <= month <= 12):
        return None
    return date(year, month, day) if 1 <= day <= calendar.monthrange(year, month)[1] else None


def _year(day: date) -> str:
    if day < FIRST_GREGORIAN_DAY:
        return f"{day.year}年"
    name, first = next((name, first) for _, name, first in ERAS if first <= day)
    number = day.year - first.year + 1
    return f"{name}{'元' if number == 1 else number}年"


def _format_partial(value: PartialDate) -> str:
    first, last = value.earliest, value.latest
    if value.text:
        return value.text
    if first == last:
        return format(first)
    years = _year(first) if _year(first) == _year(last) else f"{_year(first)}（{_year(last)}）"
    whole_years = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    if whole_years and first.year == last.year:
        return f"{years}{UNKNOWN_MONTH_AND_DAY}"
    month_end = calendar.monthrange(last.year, last.month)[1]
    same_month = (first.year, first.month) == (last.year, last.month)
    if same_month and (first.day, last.day) == (1, month_end):
        return f"{years}{first.month}月{UNKNOWN_DAY}"
    return f"{format(first)}から{format(last)}までの間"
