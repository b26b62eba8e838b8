"""Ages, birthdays and school years."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeevents.rules.dates import add, age, birthday, next_march_31, reaches_age

births = st.dates(date(1868, 1, 1), date(2100, 12, 31))


def naive_reaches_age(born, years):
    """民法143条2項: the period that starts at birth ends the day before the corresponding day;
    where there is none, on the month's last day."""
    year = born.year + years
    if born.day > calendar.monthrange(year, born.month)[1]:
        return date(year, born.month, calendar.monthrange(year, born.month)[1])
    return date(year, born.month, born.day) - timedelta(days=1)


@given(births, st.integers(0, 120))
def test_an_age_is_reached_when_the_civil_code_ends_the_period(born, years):
    assert reaches_age(born, years) == naive_reaches_age(born, years)


@given(births, births, st.integers(0, 120))
def test_no_date_step_runs_backwards(one, other, years):
    first, second = sorted((one, other))

    assert reaches_age(first, years) <= reaches_age(second, years)
    assert birthday(first, years) <= birthday(second, years)
    assert next_march_31(first) <= next_march_31(second)
    assert add(first, years=years, days=-40) <= add(second, years=years, days=-40)
    assert add(first, months=years) <= add(second, months=years)


@given(births, st.integers(0, 120))
def test_the_age_shown_is_the_last_one_reached(born, days):
    on = born + timedelta(days=days * 97)

    assert reaches_age(born, age(born, on)) <= on < reaches_age(born, age(born, on) + 1)


@pytest.mark.parametrize(
    ("born", "years", "reached"),
    [
        (date(2019, 4, 1), 6, date(2025, 3, 31)),
        (date(2019, 4, 2), 6, date(2025, 4, 1)),
        (date(2004, 2, 29), 20, date(2024, 2, 28)),
        (date(2004, 2, 29), 21, date(2025, 2, 28)),
        (date(2005, 12, 31), 20, date(2025, 12, 30)),
        (date(1960, 4, 1), 65, date(2025, 3, 31)),
    ],
)
def test_an_age_is_reached_the_day_before_the_birthday(born, years, reached):
    assert reaches_age(born, years) == reached


@pytest.mark.parametrize(
    ("born", "last_day"),
    [(date(2007, 4, 1), date(2025, 3, 31)), (date(2007, 4, 2), date(2026, 3, 31))],
)
def test_born_on_1_april_ends_school_age_a_year_before_born_on_2_april(born, last_day):
    assert next_march_31(reaches_age(born, 18)) == last_day


def test_the_75th_birthday_is_the_day_itself():
    assert birthday(date(1950, 10, 1), 75) == date(2025, 10, 1)


def test_a_missing_day_becomes_the_last_of_its_month():
    assert add(date(2024, 1, 31), months=1) == date(2024, 2, 29)
    assert add(date(2024, 2, 29), years=1) == date(2025, 2, 28)
    assert add(date(2024, 3, 1), months=-1, days=-1) == date(2024, 1, 31)


def test_steps_past_the_last_day_stop_there():
    assert add(date(9998, 5, 5), years=5) == date.max
    assert birthday(date(9990, 1, 1), 20) == date.max
    assert next_march_31(date(9999, 12, 1)) == date.max
