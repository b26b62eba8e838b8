"""Which name is shown, and which others someone has."""

import pytest

from residents import names

FOREIGN = {
    "住民種別": "2",
    "氏名": "ＬＩ　ＮＡ",
    "氏名_フリガナ": "リ　ナ",
    "氏名_外国人ローマ字": "ＬＩ　ＮＡ",
    "氏名_外国人漢字": "李　娜",
    "通称": "木村　奈々",
    "通称_フリガナ": "キムラ　ナナ",
}
ROMAN, KANJI, ALIAS = "ＬＩ　ＮＡ", "李　娜", "木村　奈々"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("01", [KANJI]),
        ("02", [ROMAN]),
        ("03", [KANJI, ROMAN]),
        ("04", [ROMAN, KANJI]),
        ("05", [KANJI, ALIAS]),
        ("06", [ROMAN, ALIAS]),
        ("07", [KANJI, ROMAN, ALIAS]),
        ("08", [ROMAN, KANJI, ALIAS]),
        ("09", [ALIAS]),
        ("10", [ALIAS, KANJI]),
        ("11", [ALIAS, ROMAN]),
        ("12", [ALIAS, KANJI, ROMAN]),
        ("13", [ALIAS, ROMAN, KANJI]),
        ("", [ROMAN, KANJI, ALIAS]),
        ("77", [ROMAN, KANJI, ALIAS]),
    ],
)
def test_a_foreign_residents_name_follows_the_code(code, expected):
    row = {**FOREIGN, "氏名優先区分": code}

    assert names.shown_name(row) == "　".join(expected)
    assert not set(names.other_names(row)) & set(expected)


def test_a_part_that_is_not_recorded_leaves_no_gap():
    row = {**FOREIGN, "氏名優先区分": "07", "氏名_外国人漢字": ""}

    assert names.shown_name(row) == f"{ROMAN}　{ALIAS}"


def test_a_code_pointing_at_nothing_shows_the_recorded_name():
    row = {**FOREIGN, "氏名優先区分": "01", "氏名_外国人漢字": ""}

    assert names.shown_name(row) == "ＬＩ　ＮＡ"


def test_a_japanese_name_is_shown_as_it_is_and_former_names_are_others():
    row = {"住民種別": "1", "氏名": "山田　花子", "旧氏": "鈴木"}

    assert names.shown_name(row) == "山田　花子"
    assert names.other_names(row) == ("鈴木",)


def test_a_name_not_yet_decided_is_blank():
    assert names.shown_name({"住民種別": "1"}) == ""


def test_the_reading_is_that_of_the_name_shown_first():
    assert names.shown_kana({**FOREIGN, "氏名優先区分": "09"}) == "キムラ　ナナ"
    assert names.shown_kana({**FOREIGN, "氏名優先区分": "02"}) == "リ　ナ"
    assert names.shown_kana({"氏名_フリガナ": "ヤマダ"}) == "ヤマダ"
