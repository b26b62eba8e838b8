"""Dates that cannot be keep their own row out, and the rest of the file goes on (T-64)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from residents.feed import feed
from residents.importing.dates import DateChecks
from residents.layout import ItemType
from residents.models import Holding, Rejection, Resident
from tests.residents.exports import AT, nhi, person, write
from tests.residents.operator import import_exports

TODAY = AT.date()
GOOD = person("0000000099")


def days(ago):
    return (TODAY - timedelta(days=ago)).isoformat()


def take_in(tmp_path, *rows, code="juki", good=GOOD):
    exit_code, (delivery,) = import_exports(write(tmp_path / "set", code, [*rows, good]))
    assert exit_code == 0
    return delivery


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"生年月日": "2021-02-29"}, "impossible_date"),
        ({"生年月日": "1960-02-31"}, "impossible_date"),
        ({"生年月日": "1960-04-31"}, "impossible_date"),
        ({"生年月日": "1960-13-01"}, "impossible_date"),
        ({"異動年月日": "2021-02-29"}, "impossible_date"),
        ({"異動年月日": "昭和60年"}, "date"),
        ({"異動年月日": "2021-2-3"}, "date"),
        ({"在留期間の満了の日": "20301231"}, "date"),
        ({"生年月日": "1990-05-01", "住民状態": "3", "消除の異動年月日": "1990-04-30"}, "rising"),
        ({"生年月日": "1990-05-00", "住民状態": "3", "消除の異動年月日": "1990-04-30"}, "rising"),
        ({"生年月日": days(-1)}, "past"),
        ({"異動年月日": days(-1), "異動事由": "41"}, "past"),
        ({"住民となった年月日": "2999-01-01", "異動事由": "01"}, "past"),
        ({"生年月日": "1876-05-01"}, "age"),
        ({"生年月日": "1776-05-01", "消除の異動年月日": "1950-01-01"}, "age"),
    ],
)
def test_a_date_that_cannot_be_keeps_its_row_out(tmp_path, changes, reason):
    delivery = take_in(tmp_path, person(**changes))

    assert (delivery["rejected"], delivery["new"]) == (1, 1)
    rejection = Rejection.objects.get()
    assert (rejection.reason, rejection.line) == (reason, 2)
    assert rejection.message.endswith("。")
    assert rejection.columns["氏名"] == "見本　花子"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"生年月日": "1945-02-29"},
        {"生年月日": "1912-07-30"},
        {"生年月日": "1926-12-25"},
        {"生年月日": "1989-01-07"},
        {"生年月日": "1989-01-08"},
        {"生年月日": "1948-00-00"},
        {"生年月日": "1948-05-00"},
        {
            "生年月日": "2021-02-29",
            "生年月日_不詳フラグ": "1",
            "生年月日_不詳表記": "令和３年２月末頃",
        },
        {"生年月日": "不明", "生年月日_不詳フラグ": "1", "生年月日_不詳表記": "年月日不詳"},
        {"生年月日": "", "生年月日_不詳フラグ": "1", "生年月日_不詳表記": "年月日不詳"},
        {"異動年月日": days(-20), "異動事由": "21"},
        {"消除の異動年月日": days(-20), "異動事由": "22"},
        {"生年月日": "1990-05-01", "消除の異動年月日": "1990-05-01"},
        {"生年月日": "1990-05-00", "消除の異動年月日": "1990-05-20"},
        {"生年月日": "1990-05-20", "消除の異動年月日": "1990-05-00"},
        {"生年月日": TODAY.isoformat()},
        {"生年月日": "1899-05-01"},
        {"生年月日": "1850-05-01", "消除の異動年月日": "1930-01-01"},
        {"在留期間の満了の日": "9999-12-31"},
        {"異動年月日": "0000-01-01"},
    ],
)
def test_a_date_that_a_register_may_hold_is_kept_as_it_is(tmp_path, changes):
    delivery = take_in(tmp_path, person(**changes))

    assert delivery["rejected"] == 0
    record = Resident.objects.get(number="0000000001").record
    assert record.items() >= {name: text for name, text in changes.items() if text}.items()


@pytest.mark.django_db
def test_the_dates_of_other_systems_are_checked_alike(tmp_path):
    rows = [nhi("2", 国保資格喪失年月日="2026-02-30"), nhi("3", 国保資格喪失年月日="9999-12-31")]

    delivery = take_in(tmp_path, *rows, code="nhi", good=nhi("9"))

    assert delivery["rejected"] == 1
    assert set(Holding.objects.values_list("identity__number", flat=True)) == {"3", "9"}


@given(
    st.dates(max_value=TODAY),
    st.sampled_from([each.name for each in feed("juki").items if each.type == ItemType.DATE]),
)
def test_every_day_of_the_past_may_be_the_date_of_anything_but_the_rules(day, name):
    checks = DateChecks(feed("juki"), TODAY)
    record = {"生年月日": "1940-01-01", name: day.isoformat()}

    mistake = checks.mistake(record)

    assert mistake is None or mistake[0] in ("rising", "age")


@given(st.integers(1, 9998), st.integers(1, 12), st.integers(1, 31))
def test_a_day_is_possible_if_the_calendar_has_it(year, month, day):
    text = f"{year:04}-{month:02}-{day:02}"
    mistake = DateChecks(feed("nhi"), TODAY).mistake({"国保資格取得年月日": text})
    try:
        date.fromisoformat(text)
    except ValueError:
        assert mistake is not None
        assert mistake[0] == "impossible_date"
    else:
        assert mistake is None
