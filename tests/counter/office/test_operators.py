"""Operators see how fresh the data is and what could not be taken in; what they see of people is logged."""

import csv
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consent import deliveries, rejected
from consent.actors import actor_of
from consent.models import AccessEntry
from counter.office.deliveries import told
from counter.office.rejection_words import WORDS
from counter.office.rejections import safe
from residents.models import Delivery, InboxLook, Rejection
from tests.entering import signed_in
from tests.residents.exports import LATER, as_csv, let_go, person, take_in, take_in_rows, write

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)
PLACE = {"住所_町字": "秘町五丁目", "住所_方書": "秘荘１０１"}


@pytest.fixture
def operator(staff):
    """運用 太郎, who is also a clerk and so may see the categories of people."""
    return signed_in(staff["operator"])


@pytest.fixture
def juki(ledgers):
    """The register's last delivery."""
    return Delivery.objects.get(feed="juki")


def reject(delivery, line, number, **columns):
    said = {"宛名番号": number, "氏名": "試験　氏名", **columns}
    return Rejection.objects.create(
        delivery=delivery, line=line, reason="date", columns=said,
        message="生年月日が日付（YYYY-MM-DD）として読めません。",
    )  # fmt: skip


def text(response):
    assert response.status_code == 200, response
    return response.content.decode()


def rows_of(response):
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("age", "state"),
    [(30 * HOURS, "fresh"), (37 * HOURS, "late"), (73 * HOURS, "stopped"), (None, "never")],
)
def test_a_feed_is_as_fresh_as_its_rhythm_allows(juki, age, state):
    now = timezone.now()
    if age is None:
        Delivery.objects.filter(feed="juki").update(state="refused", applied_at=None)
    else:
        Delivery.objects.filter(feed="juki").update(as_of=now - age)

    found = {each.feed: each for each in deliveries.freshness(now)}

    assert found["juki"].every == timedelta(days=1)
    assert (found["juki"].state, found["juki"].age) == (state, age)


def test_the_boards_show_every_feed_and_every_delivery(operator, juki):
    Delivery.objects.filter(pk=juki.pk).update(
        state="held", applied_at=None, message="消える行が多すぎます。", gone=1234
    )

    assert "まだ届いたことがありません" in text(operator.get(reverse("office:feeds")))
    assert "1,234" in text(operator.get(reverse("office:deliveries"), {"state": "held"}))
    assert "1,234" not in text(operator.get(reverse("office:deliveries"), {"state": "applied"}))
    assert (
        "保留"
        not in text(operator.get(reverse("office:deliveries"), {"feed": "nhi"})).split("<tbody>")[1]
    )
    shown = text(operator.get(reverse("office:delivery", args=[juki.pk])))
    assert "消える行が多すぎます。" in shown


def test_rejected_rows_are_shown_with_their_reason_and_each_person_is_logged(
    operator, juki, yamada, staff
):
    mother = yamada.mother
    reject(juki, 7, mother.number, **PLACE)
    reject(juki, 9, "", **PLACE)

    shown = text(operator.get(reverse("office:rejections", args=[juki.pk])))

    assert "生年月日が日付（YYYY-MM-DD）として読めません。" in shown
    assert mother.number in shown
    assert "日付の書き方 2行" in re.sub(r"\s+", " ", shown)
    line = AccessEntry.objects.get()
    assert (line.action, line.purpose) == (AccessEntry.Action.LOOK, "import_check")
    assert line.account_id == staff["operator"].pk
    assert [(each.ref, each.categories) for each in line.subjects.all()] == [(mother.pk, ["basic"])]


def test_where_a_protected_or_unknown_person_lives_is_in_no_row_and_no_file(
    operator, juki, yamada, hidden
):
    for line, number in enumerate((yamada.mother.number, hidden.mother.number, "", "999"), start=1):
        reject(juki, line, number, **PLACE)

    page = text(operator.get(reverse("office:rejections", args=[juki.pk])))
    file = operator.get(reverse("office:rejections_csv", args=[juki.pk])).content.decode()

    for told_ in (page, file):
        assert told_.count("秘町五丁目") == told_.count("秘荘１０１") == 1
        assert hidden.mother.number in told_
    heading, *rows = rows_of(operator.get(reverse("office:rejections_csv", args=[juki.pk])))
    place = heading.index("住所_町字")
    assert [row[place] for row in rows] == ["秘町五丁目", *["（表示しません）"] * 3]
    assert all(row[heading.index("氏名")] == "試験　氏名" for row in rows)


def test_an_operator_who_may_not_see_the_category_is_told_line_and_reason_only(
    operator, juki, yamada, staff
):
    reject(juki, 7, yamada.mother.number, **PLACE)
    staff["operator"].groups.remove(*staff["operator"].groups.filter(name="clerk"))

    shown = text(operator.get(reverse("office:rejections", args=[juki.pk])))

    assert "7" in shown
    assert "試験　氏名" not in shown
    assert "秘町" not in shown
    assert AccessEntry.objects.get().subjects.get().categories == []


def test_rows_are_filtered_by_reason_and_paged(operator, juki):
    for line in range(1, 53):
        reject(juki, line, "")
    Rejection.objects.filter(line=52).update(reason="number", message="宛名番号が違います。")
    address = reverse("office:rejections", args=[juki.pk])

    assert "宛名番号が違います。" not in text(operator.get(address))
    assert "宛名番号が違います。" in text(operator.get(address, {"page": "2"}))
    only = text(operator.get(address, {"reason": "number"}))
    assert "宛名番号が違います。" in only
    assert "生年月日が日付" not in only
    assert len(rows_of(operator.get(f"{address}.csv", {"reason": "number"}))) == 2


def test_what_the_sender_must_mend_is_one_sentence_a_reason_with_its_rows(operator, juki):
    for line, reason in enumerate(("date", "date", "age", "number")):
        reject(juki, line, "")
        Rejection.objects.filter(line=line).update(reason=reason)
    Rejection.objects.filter(reason__in=("number", "age")).update(resolved_at=timezone.now())

    address = reverse("office:rejections", args=[juki.pk])
    shown = re.sub(r"(<[^>]+>|\s)+", " ", text(operator.get(address)))

    assert "日付の書き方 日付を、決められた形（YYYY-MM-DD）で入れる 2 2" in shown
    assert "宛名番号 宛名番号を、半角英数字15文字以内で入れる 1 0" in shown
    heading, first, *_ = rows_of(operator.get(f"{address}.csv"))
    told_ = dict(zip(heading, first, strict=True))
    assert (told_["理由"], told_["理由コード"]) == ("日付の書き方", "date")
    assert told_["直していただくこと"] == "日付を、決められた形（YYYY-MM-DD）で入れる"


BAD_ROWS = {
    "number": {"宛名番号": "１２３"},
    "required": {"世帯番号": ""},
    "key": {"世帯番号": "A" * 3000},
    "version": {"個人履歴番号": "一"},
    "date": {"異動年月日": "昭和60年"},
    "impossible_date": {"生年月日": "2021-02-29"},
    "rising": {"住民状態": "3", "消除の異動年月日": "1980-01-01"},
    "past": {"生年月日": "2999-01-01"},
    "age": {"生年月日": "1776-05-01"},
    "control": {"氏名": "見\0本"},
    "lost_character": {"氏名": "見\ufffd"},
    "personal_number": {"住所_方書": "123456789018"},
    "duplicate_key": {"宛名番号": "0000000099"},
    "conflicting_key": {"宛名番号": "0000000098", "氏名": "別　人"},
}


def test_every_reason_a_row_is_kept_out_for_has_words(tmp_path):
    rows = [person(f"{at:010}") | changes for at, changes in enumerate(BAD_ROWS.values(), start=1)]
    text_of_it = as_csv("juki", [person("0000000099"), person("0000000098"), *rows])
    path = write(tmp_path / "a", "juki", [])
    path.write_bytes((text_of_it + "0000000097,1\r\n").encode())

    let_go(take_in(path.parent))

    given = {*Rejection.objects.values_list("reason", flat=True)}
    assert given == {*BAD_ROWS, "cells"} == {*WORDS}


@pytest.mark.parametrize("username", ["sato", "takahashi", "admin"])
def test_nobody_else_sees_them(juki, staff, username):
    client = signed_in(staff[username])

    for name in ("delivery", "rejections", "rejections_csv"):
        assert client.get(reverse(f"office:{name}", args=[juki.pk])).status_code == 403
    with pytest.raises(rejected.MayNotCheck):
        rejected.read(juki.pk, by=actor_of(staff[username], terminal="", channel="office"))
    assert not AccessEntry.objects.exists()


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\0=1", "＝1", "＋1", "－1", "＠a"],
)
def test_no_cell_can_be_a_formula(cell):
    assert safe(cell) == f"'{cell}"


@given(st.text())
def test_every_other_cell_is_as_it_was(cell):
    kept = safe(cell)

    assert kept in (cell, f"'{cell}")
    assert kept.lstrip(" \u3000\0")[:1] not in tuple("=+-@＝＋－＠\t\r")


def test_what_is_written_reads_back_with_commas_quotes_and_lines(operator, juki, yamada):
    wild = {"氏名": '山田,"花子"', "異動事由": "=cmd|' /C calc'!A0"}
    reject(juki, 3, yamada.mother.number, **wild)

    heading, row = rows_of(operator.get(reverse("office:rejections_csv", args=[juki.pk])))

    assert row[heading.index("氏名")] == wild["氏名"]
    assert row[heading.index("異動事由")] == f"'{wild['異動事由']}"


@pytest.mark.parametrize(
    ("span", "said"),
    [(timedelta(days=3), "3日"), (timedelta(days=1), "1日"), (30 * HOURS, "30時間"),
     (timedelta(minutes=12), "12分"), (timedelta(0), "0分"), (-HOURS, "0分")],
)  # fmt: skip
def test_an_age_is_said_in_its_largest_useful_unit(span, said):
    assert told(span) == said


def test_a_row_mended_in_the_next_delivery_is_resolved_and_says_by_which(operator, tmp_path, db):
    first = take_in_rows(tmp_path, juki=[person(生年月日="いつか"), person("0000000002")])["juki"]
    address = reverse("office:rejections", args=[first.pk])
    assert "直っていない行 1" in text(operator.get(address))

    mended = take_in_rows(tmp_path, LATER, juki=[person(), person("0000000002")])["juki"]

    shown = text(operator.get(address))
    assert "すべて解決済み" in shown
    assert reverse("office:delivery", args=[mended.pk]) in shown
    assert rows_of(operator.get(f"{address}.csv"))[1][4] == "済み"


def test_a_held_delivery_on_the_board_tells_what_it_would_do(operator, tmp_path, db):
    take_in_rows(tmp_path, juki=[person(f"{place:010}") for place in range(30)])
    take_in_rows(tmp_path, LATER, juki=[person()])

    shown = operator.get(reverse("office:deliveries"))

    row = shown.context["rows"][0]
    assert (row.delivery.state, row.delivery.gone) == ("held", 29)
    assert "保留 1件" in text(shown)
    for order in deliveries.ORDERS:
        assert operator.get(reverse("office:deliveries"), {"order": order}).context["rows"]


def test_what_is_held_for_long_is_pointed_out_with_its_last_day(operator, tmp_path, db):
    take_in_rows(tmp_path, juki=[])
    address = reverse("office:deliveries")
    assert "7日を過ぎた" not in text(operator.get(address))

    Delivery.objects.update(received_at=timezone.now() - timedelta(days=8))

    shown = operator.get(address)
    assert "保留のまま7日を過ぎたものが 1件" in text(shown)
    assert (shown.context["rows"][0].age, shown.context["rows"][0].age_look) == ("8日", "alarm")
    last = timezone.localdate() + timedelta(days=30 - 8)
    told = text(operator.get(reverse("office:delivery", args=[Delivery.objects.get().pk])))
    assert f"{last.year}年{last.month}月{last.day}日の夜に取りやめ" in told


def test_an_inbox_that_cannot_be_looked_at_is_said_on_the_board(operator, settings, db):
    address = reverse("office:deliveries")
    now = timezone.now()
    look = InboxLook.objects.create(place=settings.INBOX, at=now)
    assert "見回り" not in text(operator.get(address))

    look.wrong, look.wrong_since = "バケット「x」に届きません。", now
    look.save()
    assert "バケット「x」に届きません。" in text(operator.get(address))

    look.wrong, look.at = "", now - timedelta(minutes=11)
    look.save()
    assert "から動いていません" in text(operator.get(address))
    Delivery.objects.create(feed="juki", as_of=now, state="received")  # a long import explains it
    assert "から動いていません" not in text(operator.get(address))


def test_operators_find_their_boards_from_the_desk(operator, staff):
    way = reverse("office:deliveries")

    assert way in text(operator.get(reverse("desk:home")))
    assert way not in text(signed_in(staff["sato"]).get(reverse("desk:home")))
