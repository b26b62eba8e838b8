"""Japanese eras, printed and read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents import wareki
from residents.facts import PartialDate, parse_partial_date


@given(st.dates(date(1868, 1, 1), date(2100, 12, 31)))
def test_a_printed_day_reads_back_as_itself(day):
    assert wareki.parse(wareki.format(day)) == day


@given(st.dates(date(1873, 1, 1), date(2100, 12, 31)))
def test_a_day_is_among_the_readings_of_its_short_form(day):
    name, rest = wareki.format(day)[:2], wareki.format(day)[2:]
    short = rest.replace("元", "1").replace("年", ".").replace("月", ".").rstrip("日")

    assert day in wareki.readings(short)
    assert wareki.parse(f"{name}{short}") == day


@pytest.mark.parametrize(
    ("day", "printed"),
    [
        (date(1868, 1, 25), "1868年1月25日"),
        (date(1872, 12, 31), "1872年12月31日"),
        (date(1873, 1, 1), "明治6年1月1日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2026, 4, 1), "令和8年4月1日"),
    ],
)
def test_each_era_begins_and_ends_on_its_day(day, printed):
    assert wareki.format(day) == printed


@pytest.mark.parametrize(
    "text",
    [
        "4.1.15",
        "R4.1.15",
        "r4/1/15",
        "令和4年1月15日",
        "令和4年01月15日",
        "㋿4年1月15日",
        "2022-01-15",
        "2022年1月15日",
        "2022/1/15",
        "20220115",
        "R040115",
        "040115",
        " 4-1-15 ",
    ],
)
def test_a_clerk_may_type_a_day_in_many_ways(text):
    assert wareki.parse(text) == date(2022, 1, 15)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("大正15.12.25", date(1926, 12, 25)),
        ("昭和元年12月31日", date(1926, 12, 31)),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("H1.1.8", date(1989, 1, 8)),
        ("H30.2.3", date(2018, 2, 3)),
        ("平成31年5月1日", date(2019, 5, 1)),
        ("昭和100年1月1日", date(2025, 1, 1)),
        ("令和6年2月29日", date(2024, 2, 29)),
    ],
)
def test_border_days_and_years_past_an_era_are_read(text, day):
    assert wareki.parse(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "不詳", "令和5年2月29日", "安政4年3月10日", "明治5年12月2日", "昭和00年00月00日", "4.13.1"]
    + ["1990-00-00", "昭和10年月日不詳", "ヤマダ", "090-1234-5678", "2022-02-30", "R0.1.1"],
)
def test_what_is_not_one_day_is_not_guessed(text):
    assert wareki.parse(text) is None


def test_without_an_era_the_newest_day_that_is_not_in_the_future_is_meant():
    assert wareki.readings("15.3.4") == (
        date(2033, 3, 4),
        date(2003, 3, 4),
        date(1940, 3, 4),
        date(1926, 3, 4),
        date(1882, 3, 4),
    )
    assert wareki.parse("15.3.4", until=date(2026, 11, 22)) == date(2003, 3, 4)
    assert wareki.parse("60.3.4", until=date(2026, 11, 22)) == date(1985, 3, 4)


@pytest.mark.parametrize(
    ("raw", "printed"),
    [
        ("1935-00-00", "昭和10年月日不詳"),
        ("2023-02-29", "令和5年2月日不詳"),
        ("1989-00-00", "昭和64年（平成元年）月日不詳"),
        ("1990-05-06", "平成2年5月6日"),
    ],
)
def test_an_incomplete_day_says_what_is_not_known(raw, printed):
    assert wareki.format(parse_partial_date(raw)) == printed


def test_the_registers_own_words_for_an_incomplete_day_are_kept():
    assert wareki.format(parse_partial_date("1935-00-00", "昭和10年頃")) == "昭和10年頃"


def test_any_other_interval_names_both_ends():
    interval = PartialDate(date(2026, 4, 1), date(2026, 4, 3), "")

    assert wareki.format(interval) == "令和8年4月1日から令和8年4月3日までの間"
