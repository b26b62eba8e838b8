"""Days on which a municipality's counters are closed (休日)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import jpholiday

YEAR_END = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


@lru_cache(maxsize=4096)
def closed(day: date) -> bool:
    """Saturdays, Sundays, national holidays and 29 December to 3 January (地方自治法4条の2)."""
    weekend = day.weekday() >= 5
    return weekend or (day.month, day.day) in YEAR_END or bool(jpholiday.is_holiday(day))
