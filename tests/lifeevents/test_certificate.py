"""転出証明書 as CSV: what is read, what is dropped, and what a bad row is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeevents import certificate
from lifeevents.certificate import NotACertificate

FAMILY = """氏名,氏名_フリガナ,生年月日,性別,続柄,個人番号,住民票コード,転出前住所,世帯主,転出予定年月日
転入　太郎,テンニュウ　タロウ,S61.5.10,男,世帯主,123456789012,11111111111,杉並区清水1-9-9,転入　太郎,R8.11.7
転入　花子,てんにゅう　はなこ,1988-08-21,女,妻,123456789013,11111111112,,,
転入　一郎,,H29.7.1,1,長男,,,,,
"""


def test_everyone_and_what_is_told_once_are_read():
    found = certificate.read(FAMILY)

    assert [person["name"] for person in found.people] == [
        "転入　太郎",
        "転入　花子",
        "転入　一郎",
    ]
    assert found.people[0]["birth_date"] == "1986-05-10"
    assert found.people[1]["name_kana"] == "テンニュウ　ハナコ"
    assert found.people[2] | {"relationship": "子"} == found.people[2]
    assert found.shared == {
        "old_address": "杉並区清水1-9-9",
        "old_head": "転入　太郎",
        "planned_move_on": "2026-11-07",
    }


def test_numbers_of_people_are_dropped_and_said_so():
    found = certificate.read(FAMILY)

    assert found.dropped == ("個人番号", "住民票コード")
    assert "123456789012" not in repr(found)
    assert "11111111111" not in repr(found)


def test_a_table_copied_from_a_sheet_is_read_too():
    found = certificate.read("氏名\t性別\n転入　太郎\t男\n")

    assert found.people == ({"name": "転入　太郎", "sex": "1"},)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",男,1990-01-01", "2行目：氏名がありません。"),
        ("転入　太郎,どちらでも,1990-01-01", "2行目：「性別」を読み取れません。"),
        ("転入　太郎,男,きのう", "2行目：「生年月日」を読み取れません。"),
    ],
)
def test_a_bad_row_is_told_by_its_number_and_the_others_are_taken(row, told):
    found = certificate.read(f"氏名,性別,生年月日\n{row}\n転入　花子,女,1988-08-21\n")

    assert found.problems == (told,)
    assert [person["name"] for person in found.people] == ["転入　花子"]


@pytest.mark.parametrize("text", ["", "山田太郎", "番号,生年月日\n1,1990-01-01"])
def test_what_is_no_certificate_is_refused(text):
    with pytest.raises(NotACertificate):
        certificate.read(text)


def test_another_encoding_than_declared_is_not_guessed():
    with pytest.raises(NotACertificate):
        certificate.decode(FAMILY.encode("cp932"), "utf-8-sig")

    assert certificate.decode(FAMILY.encode("cp932"), "cp932") == FAMILY


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text):
    try:
        certificate.read(f"氏名,生年月日,個人番号\n{text}")
    except NotACertificate:
        return
