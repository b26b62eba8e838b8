"""Search keys: what the standard says makes no difference, and the hard cases of real registers."""

import json
import string
import unicodedata
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import example, given
from hypothesis import strategies as st

from residents.folding import (
    fold,
    fold_address,
    fold_digits,
    fold_name,
    fold_place,
    spellings,
    without_prefecture,
)
from residents.variants import VARIANTS

_CASES = Path(django_settings.BASE_DIR).parent / "shared" / "torture_names.json"
needs_cases = pytest.mark.skipif(
    not _CASES.exists(), reason="the collected difficult names are not on this machine"
)
HARD = (
    "ヴゔァ々ヽゞガ゙ー゛ウコユ字大丁目番地号のノ一二三十百千壱123-－‐ 　髙邉\U000e0101\ue000Ａａ'・"
)
texts = st.text(st.one_of(st.characters(), st.sampled_from(HARD)), max_size=16)


def cases(*kinds):
    if not _CASES.exists():
        return []
    found = json.loads(_CASES.read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if case["kind"] in kinds]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ヤマダ", "ヤマタ"),
        ("パトリシア", "ハトリシア"),
        ("キャッシュ", "キヤツシユ"),
        ("コーイチ", "コウイチ"),
        ("ユウコ", "ユーコ"),
        ("オオノ", "オーオノ"),
        ("サトウ　タロウ", "さとうたろう"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ヤマダ　タロウ"),
        ("ヴァイオレット", "バイオレット"),
        ("ヰノウヱ", "イノウエ"),
        ("ア‐ア－ア—アーア", "アアアアア"),
        ("カヽヽ", "カカカ"),
        ("O’CONNOR", "o'connor"),
        ("ＳＭＩＴＨ－ＪＯＮＥＳ", "Smith Jones"),
        ("渡邉", "渡辺"),
        ("渡邊", "渡辺"),
        ("葛\U000e0100城", "葛城"),
        ("佐々木", "佐佐木"),
        ("佐󠄀々木", "佐々木"),
        ("髙橋", "高橋"),
        ("𠮷田", "吉田"),
        ("山﨑", "山崎"),
        ("齋藤", "斉藤"),
        ("塚", "塚"),
    ],
)
def test_these_make_no_difference(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("シ", "チ"), ("アオイ", "アオ"), ("イノウエ", "イノウ"), ("林", "森"), ("花子", "華子")],
)
def test_these_stay_apart(one, other):
    assert fold(one) != fold(other)


@given(texts)
@example("コウーウ")
@example("ヴァヴ゛々")
def test_folding_a_key_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
    assert fold_address(fold_address(text)) == fold_address(text)


@given(texts, st.integers(0, 16))
def test_a_space_makes_no_difference_wherever_it_stands(text, place):
    assert fold(f"{text[:place]}　{text[place:]}") == fold(f"{text[:place]} {text[place:]}")
    assert fold(text.replace(" ", "").replace("　", "")) == fold(text)


LETTERS = [*"オノウメハラタロー佐々木小百合田コヴァ髙Anhアン", "ﾀﾞ", "葛\U000e0100"]
NAMES = st.lists(st.sampled_from(LETTERS), min_size=1, max_size=6).map("".join)


@given(NAMES, NAMES, st.integers(1, 12))
@example("オノ", "ウメ", 3)
def test_a_name_is_found_wherever_its_spaces_stand_or_are_left_out(first, rest, place):
    key = fold_name(f"{first}　{rest}")
    typed = unicodedata.normalize("NFKC", first + rest)

    assert fold_name(f" {first} {rest} ") == key
    for text in (typed, f"{typed[:place]} {typed[place:]}", f"{first} {rest}"):
        assert not key or any(key.startswith(each) for each in spellings(text))


@pytest.mark.parametrize("town", ["緑町三丁目", "緑町", "北一条西２丁目", "大字緑", ""])
@pytest.mark.parametrize("block", ["５番６号", "５番地の６", "５－６", "甲１２", "一番地", ""])
def test_a_place_folds_alike_in_two_parts_and_as_one(town, block):
    assert fold_place(town, block) == fold_address(town + block)


def test_a_town_ending_in_a_digit_does_not_run_into_its_block():
    assert fold_place("緑町１", "５番６号") == "緑町1-5-6"


@given(texts)
def test_keys_hold_nothing_a_like_pattern_would_read(text):
    assert not set(fold(text) + fold_address(text)) & set("%_\\ 　\0")


@given(st.text(string.ascii_letters + string.digits, max_size=20))
def test_width_and_case_make_no_difference(text):
    wide = "".join(chr(ord(character) + 0xFEE0) for character in text)

    assert fold(wide) == fold(text.upper()) == fold(text.lower())


def test_no_variant_is_itself_a_base():
    assert not VARIANTS.keys() & set(VARIANTS.values())


@pytest.mark.parametrize(
    "text",
    [
        "緑町３丁目５番６号",
        "緑町三丁目五番六号",
        "緑町3-5-6",
        "緑町３－５－６",
        "緑町３丁目５の６",
        "緑町3丁目5番地の6",
        "大字緑町 3ー5ｰ6",
        "字緑町３‐５─６",
        "綠町3−5━6",
    ],
)
def test_addresses_fold_to_one_form(text):
    assert fold_address(text) == "緑町3-5-6"


def test_towns_with_numbers_in_their_names_fold_alike():
    assert fold_address("北一条西三丁目") == fold_address("北１条西３丁目") == "北1条西3"
    assert fold_address("北二十四条西") == fold_address("北24条西")
    assert fold_address("センター通り1") == fold_address("ｾﾝﾀｰ通り１")


def test_the_prefecture_may_be_left_out():
    assert without_prefecture(fold_address("北海道北見市緑町")) == "北見市緑町"
    assert without_prefecture(fold_address("京都府京都市")) == "京都市"


@given(st.text("0123456789-() 　０１２３", max_size=20))
def test_phone_numbers_keep_their_digits_alone(text):
    assert set(fold_digits(text)) <= set("0123456789")
    assert fold_digits(f"+81 {text}") == "0" + fold_digits(text)


@needs_cases
@pytest.mark.parametrize("case", cases("kanji_variant"))
def test_collected_variants_fold_with_their_base(case):
    for form in case["input"].split("/"):
        assert fold(form) == fold(case["expected"]["search_key_base"])


@needs_cases
@pytest.mark.parametrize("case", cases("halfwidth_kana"))
def test_collected_half_width_kana_fold_with_full_width(case):
    assert fold(case["input"]) == fold(case["expected"]["fullwidth"])


@needs_cases
@pytest.mark.parametrize("case", cases("address_dash"))
def test_collected_dashes_fold_to_one(case):
    assert fold_address(case["input"]) == fold_address(case["expected"]["normalised"])


@needs_cases
@pytest.mark.parametrize("case", cases("address", "address_kyoto_street"))
def test_collected_addresses_have_a_stable_key(case):
    key = fold_address(case["input"])

    assert key
    assert fold_address(key) == key
