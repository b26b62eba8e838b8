"""The feed files: what they declare, and how a wrong one is refused."""

import shutil
from datetime import datetime, time
from decimal import Decimal

import pytest

from residents import feed_files
from residents.facts import FactType, PartialDate
from residents.feed import Extent, Target, code_lists, facts, feed, feeds
from residents.town.making import DEFAULT_DAY

DEFAULT_DAY_AT_THREE = datetime.combine(DEFAULT_DAY, time(3))
CODES = {
    *("juki", "protection", "residence_tax", "nhi", "late_elderly", "ltc", "pension"),
    *("child_allow", "child_support", "disability", "child_medical", "seal", "light_vehicle"),
    *("property_tax", "welfare", "school", "contact", "childcare"),
}
PERSON_FACTS = {
    *("number", "household_number", "name", "name_kana", "name_roman", "alias", "former_name"),
    *("birth_date", "sex", "relationship", "relationship_codes", "is_head", "address"),
    *("address_code", "postal_code", "municipality_code", "moved_in_on", "previous_address"),
    *("previous_household_head", "nationality", "resident_kind", "resident_state"),
    *("stay_status", "stay_until"),
}


@pytest.fixture
def folder(tmp_path):
    """A folder of feed files one can spoil."""
    for path in feed_files.FOLDER.iterdir():
        shutil.copy(path, tmp_path)
    return tmp_path


def spoil(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def fact_of(code, key):
    return next(each for each in feed(code).facts if each.fact.key == key)


def test_every_standard_group_of_the_plan_has_a_feed():
    assert set(feeds()) == CODES


def test_the_register_comes_first_and_protective_measures_second():
    assert list(feeds())[:2] == ["juki", "protection"]


def test_the_register_supplies_the_facts_everything_above_relies_on():
    assert set(facts()) >= PERSON_FACTS


def test_every_holding_has_a_holds_fact_and_the_register_has_none():
    held = {key.removeprefix("holds.") for key in facts() if key.startswith("holds.")}

    assert held == {code for code, each in feeds().items() if each.target is Target.HOLDING}


def test_protective_measures_supply_no_fact():
    assert feed("protection").facts == ()


def test_no_feed_has_a_column_for_personal_numbers():
    names = [name for each in feeds().values() for name in each.columns]

    assert not [name for name in names if "個人番号" in name or "住民票コード" in name]


def test_a_system_without_an_official_list_says_so():
    assert not feed("child_allow").official
    assert "当製品" in feed("child_allow").note
    assert feed("nhi").official
    assert not feed("residence_tax").item("合計所得金額").official


def test_the_default_file_name_is_that_of_the_standard_profile():
    name = feed("nhi").file_name(Extent.FULL, DEFAULT_DAY_AT_THREE)

    assert name == "024_国保資格_全件_20261101030000_001.csv"


def test_an_address_is_its_parts_with_a_wide_space_before_the_building():
    row = {
        "住所_都道府県": "北海道",
        "住所_市区郡町村名": "北見市",
        "住所_町字": "緑町三丁目",
        "住所_番地号表記": "２番地１７",
        "住所_方書": "コーポ緑１０１号室",
    }

    assert (
        fact_of("juki", "address").read(row)
        == "北海道北見市緑町三丁目２番地１７　コーポ緑１０１号室"
    )
    assert fact_of("juki", "address").read(row | {"住所_方書": ""}).endswith("２番地１７")


def test_a_blank_item_is_no_value_and_never_an_empty_text():
    assert fact_of("juki", "alias").read({"通称": ""}) is None
    assert fact_of("juki", "relationship_codes").read({}) is None
    assert fact_of("residence_tax", "residence_tax.taxable").read({}) is None


def test_facts_are_read_with_their_type():
    assert fact_of("juki", "is_head").read({"続柄コード1": "02"}) is True
    assert fact_of("juki", "is_head").read({"続柄コード1": "20"}) is False
    assert fact_of("juki", "relationship_codes").read(
        {"続柄コード1": "20", "続柄コード2": "20", "続柄コード3": ""}
    ) == ["20", "20"]
    assert fact_of("residence_tax", "residence_tax.income").read(
        {"合計所得金額": "-120"}
    ) == Decimal(-120)


def test_an_incomplete_birth_date_keeps_its_words_only_while_flagged_unknown():
    birth = fact_of("juki", "birth_date")
    row = {"生年月日": "1931-00-00", "生年月日_不詳表記": "昭和６年月日不詳"}

    flagged = birth.read(row | {"生年月日_不詳フラグ": "1"})

    assert isinstance(flagged, PartialDate)
    assert flagged.text == "昭和６年月日不詳"
    assert flagged.exact is None
    assert birth.read(row | {"生年月日_不詳フラグ": "0"}).text == ""


def test_a_choice_fact_carries_the_words_of_its_codes():
    assert ("2", "女") in facts()["sex"].choices
    assert facts()["sex"].type is FactType.CHOICE


def test_every_code_list_is_used_by_an_item():
    used = {item.codes for each in feeds().values() for item in each.items}

    assert set(code_lists()) <= used


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('code = "nhi"', 'code = "kokuho"', "codeはファイル名（nhi）と同じ"),
        ('target = "holding"', 'target = "thing"', "「thing」は使えません"),
        ('name = "国民健康保険"\n', "", "nameがありません"),
        (
            'group = "国保資格"',
            'group = "国保資格"\ncolour = "red"',
            "colourという項目は使えません",
        ),
        ('business_id = "024"', 'business_id = "24"', "「24」は形式に合いません"),
        ("official = true", 'official = "yes"', "値の種類が違います"),
        ('name = "枝番"', 'name = "個人番号"', "受け取れません"),
        ('name = "枝番"', 'name = "宛名番号"', "「宛名番号」が2回"),
        ('codes = "nhi_kind"', 'codes = "nhi_colour"', "コード一覧nhi_colour"),
        ('item = "枝番"', 'item = "枝葉"', "「枝葉」という項目がありません"),
        ('type = "date"', 'type = "codes"\njoin = ["", ""]', "一つ少なく"),
        ('key = ["宛名番号", ', "key = [", "先頭は宛名番号"),
        ('code = "nhi"', "code = nhi", "TOMLとして読めません"),
    ],
)
def test_a_wrong_feed_file_is_refused_naming_file_and_mistake(folder, old, new, words):
    spoil(folder, "nhi.toml", old, new)

    with pytest.raises(feed_files.FeedFileRefused) as refused:
        feed_files.read_all(folder)

    assert "nhi.toml" in str(refused.value)
    assert words in str(refused.value)


def test_two_feeds_cannot_claim_the_same_fact(folder):
    spoil(folder, "nhi.toml", 'key = "nhi.symbol"', 'key = "ltc.number"')

    with pytest.raises(feed_files.FeedFileRefused, match=r"ltc\.number"):
        feed_files.read_all(folder)


def test_a_code_list_that_is_no_table_of_words_is_refused(folder):
    spoil(folder, "codes.toml", '"0" = "不明（未記入）"', '"0" = 0')

    with pytest.raises(feed_files.FeedFileRefused, match=r"codes\.toml"):
        feed_files.read_all(folder)
