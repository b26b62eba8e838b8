"""How what a clerk types is read into criteria."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from residents import query
from residents.folding import spellings
from residents.query import TOO_SHORT, UNSEEN, Criterion, Query, parse

TODAY = date(2026, 11, 22)
ERAS = (date(2022, 1, 15), date(1992, 1, 15), date(1929, 1, 15), date(1915, 1, 15))


def read(text):
    return parse(text, TODAY).criteria


def by_kana(text, *places):
    return Criterion(readings=spellings(text), names=spellings(text), places=places)


def by_name(text, *places):
    return Criterion(names=spellings(text), places=places)


def by_place(*places):
    return Criterion(places=places)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ヤマダ 4.1.15", (Criterion(births=ERAS), by_kana("ヤマダ", "ヤマタ"))),
        ("やまだ　たろう", (by_kana("ヤマダタロウ"),)),
        ("ﾔﾏﾀﾞ", (by_kana("ヤマダ", "ヤマタ"),)),
        ("山田太郎", (by_name("山田太郎", "山田太郎"),)),
        ("山田 太郎", (by_name("山田太郎"),)),
        ("山田　S41.1.15", (Criterion(births=(date(1966, 1, 15),)), by_name("山田", "山田"))),
        ("山田 4-1-15", (Criterion(births=ERAS), by_name("山田", "山田"))),
        ("緑町", (by_name("緑町", "緑町"),)),
        ("緑町 3-5", (by_place("緑町3-5"),)),
        ("緑町　３丁目５番", (by_place("緑町3-5"),)),
        ("中村 4-1-15", (Criterion(births=ERAS), by_name("中村", "中村"))),
        ("大町 1966-01-15", (Criterion(births=(date(1966, 1, 15),)), by_name("大町", "大町"))),
        ("0157-12-11", (Criterion(phone="01571211", number="01571211"),)),
        ("緑町 3-5-12", (by_place("緑町3-5-12"),)),
        ("緑町3-5 ヤマダ", (by_kana("ヤマダ", "ヤマタ"), by_place("緑町3-5"))),
        ("ヤマダ 緑町", (by_kana("ヤマダ", "ヤマタ"), by_place("緑町"))),
        ("北海道北見市緑町3", (by_place("北見市緑町3", "緑町3"),)),
        ("千代田区緑町3", (by_place("1000代田区緑町3", "緑町3"),)),
        ("千葉県柏市東一丁目", (by_name("千葉県柏市東一丁目", "柏市東1", "東1"),)),
        ("緑町5 2号室", (by_place("緑町5-2室"),)),
        (
            "緑町3-5 メゾン緑101 2階",
            (by_place("緑町3-5"), by_place("メソン緑101-2階", "緑町3-5メソン緑101-2階")),
        ),
        ("090-1234-5678", (Criterion(phone="09012345678", number="09012345678"),)),
        ("０００１２３４５６７", (Criterion(phone="0001234567", number="0001234567"),)),
        ("12345678", (Criterion(number="12345678"),)),
        ("19660115", (Criterion(number="19660115", births=(date(1966, 1, 15),)),)),
        ("1966-01-15", (Criterion(births=(date(1966, 1, 15),)),)),
        ("昭和41年1月15日", (Criterion(births=(date(1966, 1, 15),)),)),
    ],
)
def test_what_clerks_type_is_read(text, expected):
    assert read(text) == expected


def test_latin_letters_are_a_name_or_romaji():
    (criterion,) = read("yamada taro")

    assert criterion == Criterion(readings=spellings("ヤマダタロ"), names=spellings("yamadataro"))


@pytest.mark.parametrize(
    "text", ["ヤマダ 4", "ヤマダ 4.", "ヤマダ 4.1", "ヤマダ 4.1.", "ヤマダ S41"]
)
def test_a_date_still_being_typed_does_not_empty_the_list(text):
    assert read(text) == (by_kana("ヤマダ", "ヤマタ"),)


@pytest.mark.parametrize(
    "text", ["", " ", "　", "や", "林", "123", "3-5", "4.1", "S41", "、", "%", "ー", "R"]
)
def test_too_little_is_not_searched_but_says_what_is_needed(text):
    assert parse(text, TODAY) == query.Query(hint=TOO_SHORT)


@pytest.mark.parametrize("text", ["林 4.1.15", "や 12345678"])
def test_one_letter_is_enough_beside_a_date_or_a_number(text):
    assert len(read(text)) == 2


@pytest.mark.parametrize("text", ["山田\u200b太郎", "\u202eヤマダ", "ヤマダ\0", "[U+202E]ヤマダ"])
def test_what_nobody_sees_is_not_read(text):
    assert parse(text, TODAY) == Query(hint=UNSEEN)


def test_a_variant_of_a_character_and_a_tab_are_read():
    assert parse("葛\U000e0104城\t大輔", TODAY).criteria


def test_nobody_is_born_after_today():
    assert parse("2026-11-22", TODAY).criteria
    assert not parse("2026-11-23", TODAY).criteria


@given(st.text(max_size=60) | st.text("1-ー2丁目番地のー町市区郡村 　4.15/SヤA", max_size=120))
@example("1" * 100 + "x")
@example("1-" * 60)
@example("市区郡町村" * 30)
def test_any_text_is_read_or_hinted_at(text):
    """A pattern that tried all ways to divide the examples would not end before the test's limit."""
    found = parse(text, TODAY)

    assert bool(found.criteria) != bool(found.hint)
