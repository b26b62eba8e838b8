"""Reading answers: any spelling a clerk types, and a sentence for what cannot be read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifeevents.answering import Unreadable, keep, read, revive
from residents.facts import FactType, PartialDate


@pytest.mark.parametrize(
    "spelling",
    [
        "2026-11-01",
        "2026/11/1",
        "2026.11.1",
        "20261101",
        "令和8年11月1日",
        "R8.11.1",
        "r8/11/1",
        "8.11.1",
        "８．１１．１",
        "令和８年１１月１日",
        "　令和8年11月1日　",
    ],
)
def test_a_date_is_read_in_any_spelling(spelling):
    assert read("birth_date", "date", spelling) == "2026-11-01"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("63.1.5", "1988-01-05"),
        ("15.4.1", "2003-04-01"),
        ("9.4.1", "2027-04-01"),
        ("R15.4.1", "2033-04-01"),
    ],
)
def test_a_year_without_its_era_is_not_far_in_the_future(typed, kept):
    assert read("moved_in_on", "date", typed, until=date(2028, 11, 21)) == kept


@pytest.mark.parametrize("nonsense", ["きのう", "2026-13-01", "令和8年2月30日", "1234567890123"])
def test_what_is_no_date_is_told_how_to_write_one(nonsense):
    with pytest.raises(Unreadable, match="令和8年11月1日"):
        read("birth_date", "date", nonsense)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("やまだ はなこ", "ヤマダ　ハナコ"),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ　ハナコ"),
        ("ヤマダ　　ハナコ", "ヤマダ　ハナコ"),
        ("ヴィクトリア・ゔ", "ヴィクトリア・ヴ"),
        ("らーめん", "ラーメン"),
    ],
)
def test_kana_is_kept_as_full_width_katakana(typed, kept):
    assert read("name_kana", "name", typed) == kept


@pytest.mark.parametrize("typed", ["山田", "yamada", "ヤマダ1", "ヤマダ!"])
def test_what_is_no_kana_is_refused(typed):
    with pytest.raises(Unreadable, match="ひらがなかカタカナ"):
        read("name_kana", "name", typed)


def test_a_name_keeps_every_character_and_gets_one_full_width_space():
    assert read("name", "name", "葛󠄀城  𠮷子") == "葛󠄀城　𠮷子"


@pytest.mark.parametrize(
    ("typed", "kept"), [("2980", 2980), ("２９８０", 2980), ("2,980", 2980), ("39.5", 39.5)]
)
def test_a_number_is_read_in_any_width(typed, kept):
    assert read("birth_weight", "number", typed) == kept


@pytest.mark.parametrize("typed", ["約3000", "-1", "1e9", "3,0.0.0", "1234567890"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(Unreadable, match="数字だけ"):
        read("birth_weight", "number", typed)


@pytest.mark.parametrize(
    ("given_", "kept"), [("yes", True), ("no", False), (True, True), (False, False)]
)
def test_yes_and_no_are_read(given_, kept):
    assert read("wants_card", "bool", given_) is kept


def test_only_a_choice_that_was_offered_is_taken():
    assert read("sex", "choice", "2", ("1", "2")) == "2"
    with pytest.raises(Unreadable, match="表示されている中から"):
        read("sex", "choice", "3", ("1", "2"))


@pytest.mark.parametrize("kind", ["text", "name"])
@pytest.mark.parametrize(
    "number",
    [
        "123456789018",
        "１２３４５６７８９０１８",
        "1234 5678 9018",
        "1234-5678-9018",
        "番号は123456789018です",
        "電話 0157-23-4567 番号 1234 5678 9018",
        "3番 123456789018",
    ],
)
def test_a_number_of_twelve_digits_is_refused_however_it_is_written(kind, number):
    with pytest.raises(Unreadable, match="12桁"):
        read("place_of_birth", kind, number)


@pytest.mark.parametrize(
    "text",
    [
        "0157-23-4567",
        "090-1234-5678",
        "0157-23-4567 0157-23-4568",
        "北見市北進町3丁目12番3号 コーポ101",
        "1234567",
        "1234567890123",
    ],
)
def test_telephone_numbers_addresses_and_accounts_are_taken(text):
    assert read("place_of_birth", "text", text) == text


@pytest.mark.parametrize("kind", ["text", "name"])
def test_control_characters_are_refused(kind):
    with pytest.raises(Unreadable, match="制御文字"):
        read("place_of_birth", kind, "北見\u0000病院")


def test_a_text_longer_than_its_field_is_refused_and_never_cut():
    with pytest.raises(Unreadable, match="10文字以内"):
        read("place_of_birth", "text", "あ" * 11, (), 10)
    with pytest.raises(Unreadable, match="200文字以内"):
        read("place_of_birth", "text", "あ" * 201)


@pytest.mark.parametrize("kind", [each for each in FactType if each != FactType.CODES])
def test_nothing_typed_is_no_answer(kind):
    with pytest.raises(Unreadable):
        read("fact", kind, " \u3000")


@given(
    st.sampled_from(["fact", "name_kana", "x.kana"]),
    st.sampled_from([each.value for each in FactType]),
    st.text()
    | st.from_regex(r"[0-9０-９\-./年月日平令RHS 　]{0,20}", fullmatch=True)
    | st.booleans(),
    st.integers(0, 40),
)
def test_whatever_is_typed_is_read_or_refused_with_a_sentence(fact, kind, raw, longest):
    try:
        value = read(fact, kind, raw, ("1", "2"), longest)
    except Unreadable as refusal:
        assert str(refusal).endswith(("。", "2980"))  # noqa: PT017
        assert len(str(raw)) < 4 or str(raw) not in str(refusal)  # noqa: PT017
    else:
        assert isinstance(value, bool | int | float | str)


@given(st.dates(max_value=date(9998, 12, 31)))  # 9999 is an open end
def test_a_stored_date_comes_back_as_it_was_kept(day):
    kept = read("birth_date", "date", day.isoformat()) if day.year > 1867 else day.isoformat()

    assert revive("date", kept) == PartialDate.on(day)
    assert keep(revive("date", kept)) == day.isoformat()
