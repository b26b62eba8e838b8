"""Deadlines are counted as each law counts them."""

from datetime import date

import pytest

from lifeevents.rules.calendar import closed
from lifeevents.rules.deadline import Deadline, due
from residents.facts import Fact, FactType, Of, parse_partial_date
from tests.lifeevents.rules.worlds import known, world_of

MOVED = Fact("moved_on", Of.BUNDLE, FactType.DATE, "引っ越した日", "basic", "申告")


def world(day):
    return world_of({("moved_on", "bundle"): known(day)}, vocabulary={"moved_on": MOVED})


def deadline(**period):
    return Deadline(from_fact="moved_on", text="", **period)


KOSEKI = {"count_first_day": True, "roll_to_open_day": True}


@pytest.mark.parametrize(
    ("day", "period", "last"),
    [
        # 戸籍法43条・49条・86条: the day itself is day one; a closed last day moves on
        ((2025, 3, 31), {"days": 14, **KOSEKI}, (2025, 4, 14)),
        ((2025, 3, 31), {"days": 7, **KOSEKI}, (2025, 4, 7)),
        # 住基法22条, 児童手当法8条: the day after is day one
        ((2025, 3, 31), {"days": 14}, (2025, 4, 14)),
        ((2025, 3, 25), {"days": 15, "roll_to_open_day": True}, (2025, 4, 9)),
        ((2025, 4, 10), {"days": 90}, (2025, 7, 9)),
        # 民法143条: months end the day before the corresponding day, or on the month's last
        ((2026, 1, 31), {"months": 1}, (2026, 2, 28)),
        ((2026, 1, 30), {"months": 1}, (2026, 2, 28)),
        ((2026, 1, 15), {"months": 3}, (2026, 4, 15)),
        ((2026, 1, 15), {"months": 3, "count_first_day": True}, (2026, 4, 14)),
        ((2024, 2, 28), {"years": 2}, (2026, 2, 28)),
        ((2026, 11, 22), {"years": 2}, (2028, 11, 22)),
        # from 29 December to 3 January nothing is open; 4 January 2026 is a Sunday
        ((2025, 12, 15), {"days": 15, "roll_to_open_day": True}, (2026, 1, 5)),
    ],
)
def test_the_last_day_is_counted_as_the_law_says(day, period, last):
    assert due(deadline(**period), world(date(*day)), "taro", closed) == date(*last)


def test_a_day_that_is_not_exactly_known_gives_no_deadline():
    partly = parse_partial_date("2026-04-00")

    assert due(deadline(days=14), world(partly), "taro", closed) is None
    assert due(deadline(days=14), world_of({}), "taro", closed) is None


def test_a_law_without_a_period_gives_no_deadline():
    assert due(deadline(), world(date(2026, 4, 1)), "taro", closed) is None


@pytest.mark.parametrize(
    ("day", "is_closed"),
    [
        ((2026, 4, 1), False),
        ((2026, 4, 4), True),
        ((2026, 4, 29), True),
        ((2026, 5, 6), True),
        ((2026, 9, 22), True),
        ((2026, 12, 28), False),
        ((2026, 12, 29), True),
        ((2027, 1, 3), True),
        ((2027, 1, 4), False),
    ],
)
def test_counters_are_closed_on_weekends_holidays_and_at_the_years_end(day, is_closed):
    assert closed(date(*day)) is is_closed
