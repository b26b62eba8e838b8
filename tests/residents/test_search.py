"""Finding people in the register: what finds whom, in which order, and what is never told."""

import json
import random
from dataclasses import astuple
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.db import connection
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from residents import candidates, conditions, prepared, register, search
from residents.models import SearchKey
from residents.query import parse
from tests.makers import make_holding, make_household, make_protection, make_resident

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
_CASES = Path(django_settings.BASE_DIR).parent / "shared" / "torture_names.json"


def told(hit):
    return str(astuple(hit))


def names(query, **options):
    return [hit.name for hit in search.find(query, today=TODAY, **options).hits]


@pytest.fixture
def taro():
    return make_resident(
        "山田　太郎",
        氏名_フリガナ="ヤマダ　タロウ",
        生年月日="1966-01-15",
        性別="1",
        住所_町字="緑町三丁目",
        住所_番地号表記="５番６号",
        住所_方書="コーポみどり１０１号",
    )


@pytest.mark.parametrize(
    "query",
    [
        "ヤマダ",
        "やまたたろ",
        "ﾔﾏﾀﾞ ﾀﾛｳ",
        "タロウ",
        "山田",
        "山田太郎",
        "太郎",
        "yamada",
        "ヤマダ 41.1.15",
        "S41.1.15",
        "1966/01/15",
        "19660115",
        "緑町",
        "緑町 3-5",
        "北見市緑町3丁目5番6号",
        "コーポみどり",
        "ヤマダ 緑町3",
        "緑町 ヤマダ",
    ],
)
def test_one_box_finds_by_whatever_is_typed(taro, query):
    make_resident("田中　次郎", 氏名_フリガナ="タナカ　ジロウ", 生年月日="1970-02-02")

    assert names(query) == ["山田　太郎"]


def test_numbers_find_a_person_or_a_whole_household(taro):
    assert names(taro.number) == ["山田　太郎"]
    assert names(taro.number.lstrip("0")) == ["山田　太郎"]

    family = make_household()

    assert set(names(family[0].household_number)) == {each.name for each in family}


def test_a_telephone_number_finds_by_its_beginning(taro):
    make_holding(taro, "contact", 電話番号_携帯="090-1234-5678")

    assert names("09012345678") == names("090-1234") == ["山田　太郎"]


def test_all_criteria_must_be_met(taro):
    assert names("ヤマダ 41.1.16") == []
    assert names("ヤマダ 北進町") == []
    assert names("タナカ 緑町") == []


def test_former_and_foreign_names_find_too():
    make_resident("木村　花子", 旧氏="鈴木", 旧氏_フリガナ="スズキ", 氏名_フリガナ="キムラ　ハナコ")
    make_resident(
        "ＮＧＵＹＥＮ　ＴＨＩ　ＡＮＨ",
        住民種別="2",
        氏名_外国人ローマ字="ＮＧＵＹＥＮ　ＴＨＩ　ＡＮＨ",
        氏名_フリガナ="グエン　ティ　アン",
        通称="阮　英",
        国籍名等="ベトナム",
    )

    assert names("スズキ ハナコ") == names("鈴木花子") == ["木村　花子"]
    for query in ("nguyen thi", "ＮＧＵＹＥＮ", "thi anh", "グエン", "阮英"):
        (hit,) = search.find(query, today=TODAY).hits
        assert hit.nationality == "ベトナム"


def test_an_incomplete_birth_date_is_found_by_any_day_it_may_be():
    make_resident(
        "不詳　太郎",
        生年月日="1948-00-00",
        生年月日_不詳フラグ="1",
        生年月日_不詳表記="昭和２３年頃",
    )

    (hit,) = search.find("S23.7.1", today=TODAY).hits

    assert hit.birth.text == "昭和２３年頃"
    assert names("S24.1.1") == []


def test_exact_names_come_first_then_kana_and_the_removed_last():
    make_resident("原田　愛", 氏名_フリガナ="ハラダ　アイ")
    make_resident("原　愛", 氏名_フリガナ="ハラ　アイ", 住民状態="2")
    make_resident("原　花", 氏名_フリガナ="ハラ　ハナ")
    make_resident("中原　原", 氏名_フリガナ="ナカハラ　ハラ")
    make_resident("原　愛", 氏名_フリガナ="ハラ　アイ")

    assert names("ハラ") == ["原　愛", "原　花", "原田　愛", "中原　原", "原　愛"]
    assert names("ハラ　アイ")[0] == "原　愛"
    assert [hit.living_here for hit in search.find("ハラ", today=TODAY).hits][-1] is False


def test_among_very_many_who_begin_alike_the_exact_surname_comes_first():
    for place in range(30):
        make_resident(f"原口　{place}", 氏名_フリガナ="ハラアク　ハナ")
    make_resident("原　愛", 氏名_フリガナ="ハラ　アイ")
    make_resident("原　古", 氏名_フリガナ="ハラ　フル", 住民状態="2")

    found = search.find("ハラ", 20, today=TODAY)

    assert (found.hits[0].name, len(found.hits), found.more) == ("原　愛", 20, True)
    assert names("ハラ", limit=40)[-1] == "原　古"


@pytest.mark.parametrize(
    "query",
    [
        "ヤマダ 緑町",
        "やまだたろう 緑町3",
        "タロウ 緑町三丁目",
        "太郎 緑町3-5-6",
        "山田 緑町3",
        "yamada 緑町3",
        "ヤマダ 太郎",
        "スズキ 緑町",
        "緑町3 コーポみどり",
        "山田 コーポみどり101",
        "ヤマダ 旧町1",
        "緑町 ヤマダ 41.1.15",
    ],
)
def test_what_is_typed_together_must_be_one_persons(query):
    """By each way a name or a place may be meant, among others who have one of the two alone."""
    base = {
        "生年月日": "1966-01-15",
        "住所_番地号表記": "５番６号",
        "住所_方書": "コーポみどり１０１号",
    }
    one = make_resident(
        "山田　太郎", 氏名_フリガナ="ヤマダ　タロウ", 旧氏="鈴木", 旧氏_フリガナ="スズキ",
        住所_町字="緑町三丁目", **base,
    )  # fmt: skip
    SearchKey.objects.create(resident=one, kind="address", key="旧町1-2")
    elsewhere = {**base, "住所_方書": "", "住所_町字": "北進町一丁目", "住所_番地号表記": "１番"}
    make_resident("山田　花子", 氏名_フリガナ="ヤマダ　ハナコ", **elsewhere)
    make_resident("鈴木　太郎", 氏名_フリガナ="スズキ　タロウ", **elsewhere)
    make_resident("田中　次郎", 氏名_フリガナ="タナカ　ジロウ", **base, 住所_町字="青町")
    make_resident("佐藤　次郎", 氏名_フリガナ="サトウ　ジロウ", 住所_町字="緑町三丁目")

    assert names(query) == ["山田　太郎"]


SURNAMES = [("山田", "ヤマダ"), ("山口", "ヤマグチ"), ("緑", "ミドリ"), ("ヤマ", "ヤマ")]
GIVEN_NAMES = [("太郎", "タロウ"), ("ミドリ", "ミドリ"), ("花子", "ハナコ"), ("緑", "ミドリ")]
TOWNS = ["緑町一丁目", "山田町", "みどり町"]
BUILDINGS = ["", "コーポ緑", "ヤマダハイツ１０２号", "緑荘"]
WORDS = [
    *("ヤ", "ヤマ", "ヤマダ", "ヤマダタロウ", "タロ", "ハナコ", "ミドリ", "みどり", "コーポ"),
    *("山田", "山", "山田太郎", "太郎", "緑", "花子", "緑町", "緑町1", "山田町", "コーポ緑", "yamada"),
    *("41.1.15", "090111", "山田町 緑荘", "緑町1-2 コーポ緑"),
]  # fmt: skip


@pytest.fixture
def crowd():
    """A town in which names, towns and buildings are called alike; every ninth household protected."""
    chosen = random.Random(4)
    for number in range(70):
        (name, kana), (given, given_kana) = chosen.choice(SURNAMES), chosen.choice(GIVEN_NAMES)
        former = dict(zip(("旧氏", "旧氏_フリガナ"), chosen.choice(SURNAMES), strict=True))
        one = make_resident(
            f"{name}　{given}",
            氏名_フリガナ=f"{kana}　{given_kana}",
            生年月日=chosen.choice(["1966-01-15", "1966-01-16"]),
            住所_町字=chosen.choice(TOWNS),
            住所_番地号表記=chosen.choice(["１番２号", "２番３号"]),
            住所_方書=chosen.choice(BUILDINGS),
            住民状態=chosen.choice("1112"),
            protected=None if number % 9 else "1",
            **(former if number % 3 == 0 else {}),
        )
        if number % 4 == 0:
            key = chosen.choice(["緑町1-9", "山田町3", "コホ緑", "ヤマタハイツ"])
            SearchKey.objects.create(resident=one, kind="address", key=key)
        if number % 5 == 0:
            make_holding(one, "contact", 電話番号_携帯=f"090111{number:05}")


def everyone_meeting(query):
    """By asking every row, with no index and no end."""
    criteria = parse(query, TODAY).criteria
    met, by_place = conditions.meets(criteria), conditions.by_place_alone(criteria)
    sql = f"""SELECT r.ref FROM residents_resident r
        WHERE {met.text} AND NOT (({by_place.text}) AND {conditions.PROTECTED})"""
    return {ref for (ref,) in prepared.rows(sql, [*met.values, *by_place.values])}


QUERIES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
LEANLY = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@LEANLY
@given(query=QUERIES)
@example(query="花子 ハナコ")
@example(query="山 ハナコ")
def test_nobody_who_meets_all_that_was_typed_is_missed(crowd, query):
    assume(parse(query, TODAY).criteria)

    found = search.find(query, 200, today=TODAY)

    assert {hit.ref for hit in found.hits} == everyone_meeting(query)
    assert not found.more


@LEANLY
@given(query=QUERIES)
def test_a_search_that_did_not_go_to_the_end_says_that_there_may_be_more(crowd, query):
    """With ends so near that searches meet them, as those of a city do."""
    assume(parse(query, TODAY).criteria)
    ends = {"_MET": 3, "_READ": 4, "_ALSO": 2, "_BORN": 5, "_SPARE": 0}

    with patch.multiple(candidates, **ends):
        found = search.find(query, 10, today=TODAY)

    meeting = everyone_meeting(query)
    assert {hit.ref for hit in found.hits} <= meeting
    assert found.more or len(found.hits) == len(meeting)


@pytest.mark.parametrize("query", ["緑町", "ヤマダ 緑町"])
def test_those_who_live_there_fill_a_page_before_those_who_did(query):
    for place in range(20):
        make_resident(f"山田　{place}", 氏名_フリガナ="ヤマダ　ハナ", 住所_町字="緑町")
    former = make_resident("山田　愛", 氏名_フリガナ="ヤマダ　アイ", 住所_町字="青町")
    SearchKey.objects.create(resident=former, kind="address", key="緑町1-2")

    first = search.find(query, 5, today=TODAY)

    assert ({hit.name_kana for hit in first.hits}, first.more) == ({"ヤマダ　ハナ"}, True)
    assert names(query)[0] == "山田　愛"


def test_a_page_filled_by_people_not_told_says_that_there_may_be_more(monkeypatch):
    monkeypatch.setattr(candidates, "_SPARE", 0)
    for place in range(4):
        make_resident(
            f"山田　{place}", 氏名_フリガナ="ヤマダ　ハナ", 住所_町字="緑町", protected="1"
        )
    former = make_resident("山田　愛", 氏名_フリガナ="ヤマダ　アイ", 住所_町字="青町")
    SearchKey.objects.create(resident=former, kind="address", key="緑町1-2")

    found = search.find("ヤマダ 緑町", 3, today=TODAY)

    assert (found.hits, found.more) == ((), True)


def test_a_plan_is_made_once_for_all_searches_of_a_kind(taro):
    held = """SELECT sum(custom_plans), sum(generic_plans) FROM pg_prepared_statements
        WHERE statement LIKE '%residents_resident%'"""

    assert (
        names("ヤマダ 緑町") == names("タロウ 緑町") == names("タロ 北見市緑町") == ["山田　太郎"]
    )

    with connection.cursor() as cursor:
        cursor.execute(held)
        assert cursor.fetchone() == (0, 3)


def test_no_search_is_compiled_whatever_a_server_is_set_to(db):
    """A server as it comes would: half a second each."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'jit' AND source = 'session'")
        assert cursor.fetchall() == [("off",)]


def test_more_than_the_limit_is_said_without_counting():
    for place in range(4):
        make_resident(f"山田　{place}", 氏名_フリガナ="ヤマダ　ハナ")

    assert not search.find("ヤマダ", 4, today=TODAY).more
    found = search.find("ヤマダ", 3, today=TODAY)
    assert (len(found.hits), found.more) == (3, True)


def test_too_little_asks_the_database_nothing(taro, django_assert_num_queries):
    with django_assert_num_queries(0):
        found = search.find("や", today=TODAY)

    assert (found.hits, found.more) == ((), False)
    assert "2文字以上" in found.hint


@pytest.mark.parametrize(
    "query", ["ヤマダ", "ヤマダ 41.1.15", "緑町 3-5", "緑町 ヤマダ", "09012345678"]
)
def test_every_search_is_one_query(taro, django_assert_num_queries, query):
    with django_assert_num_queries(1):
        search.find(query, today=TODAY)


def test_what_an_error_or_a_log_would_print_of_a_person_is_a_ref_alone(taro):
    (hit,) = search.find("山田太郎", today=TODAY).hits
    known = register.read([taro.pk])[taro.pk]

    for printed in (repr(hit), repr(search.Found((hit,), more=False)), repr(known)):
        assert str(taro.pk) in printed
        for value in ("山田", "ヤマダ", "1966", "緑町", taro.number, taro.household_number):
            assert value not in printed


def test_a_hit_holds_no_address_beyond_the_town(taro):
    (hit,) = search.find("山田太郎", today=TODAY).hits

    assert hit.town == "緑町三丁目"
    assert "５番６号" not in told(hit)
    assert "コーポ" not in told(hit)


@pytest.mark.parametrize("kind", ["1", "2", "7"])
def test_a_protected_person_and_their_household_show_no_town(kind):
    protected, partner, _ = make_household()
    make_resident("別世帯　花子")
    make_protection(protected, kind=kind, ends_on=date(2020, 1, 1))

    for name in (protected.name, partner.name):
        (hit,) = search.find(name, today=TODAY).hits
        assert (hit.town, hit.protected) == (None, True)
        assert "北進町" not in told(hit)
    (other,) = search.find("別世帯花子", today=TODAY).hits
    assert (other.town, other.protected) == ("北進町三丁目", False)


def test_an_ended_protection_hides_nothing():
    make_resident("終了　花子", protected="3")

    (hit,) = search.find("終了花子", today=TODAY).hits

    assert (hit.town, hit.protected) == ("北進町三丁目", False)


@pytest.mark.parametrize("query", ["北進町", "北進町 3", "ヤマダ 北進町", "S63.2.10 北進町3"])
def test_a_place_finds_no_protected_person_and_nobody_living_with_one(query):
    """With and without them in the register, a search by place shows the same (design I3)."""
    family = make_household()
    assert names(query)
    make_protection(family[2])

    assert names(query) == []


def test_someone_who_died_in_a_protected_household_does_not_tell_its_town():
    protected = make_resident("残る　花子", protected="1")
    make_resident("亡き　太郎", 世帯番号=protected.household_number, 住民状態="3")

    (hit,) = search.find("亡き太郎", today=TODAY).hits

    assert (hit.town, hit.protected) == (None, True)


def test_nothing_typed_ever_reaches_the_sql_as_sql(taro):
    for query in (
        "'; DROP TABLE residents_resident; --",
        "山田%",
        "山_",
        "\\",
        "ヤマダ' OR '1'='1",
    ):
        search.find(query, today=TODAY)

    assert names("山田%") == ["山田　太郎"]


def _collected():
    if not _CASES.exists():
        return []
    kinds = {
        "ivs", "non_bmp", "kanji_variant", "hentaigana", "gaiji", "halfwidth_kana", "foreign_name",
        "foreign_tsusho", "foreign_name_shape", "maiden_name",
    }  # fmt: skip
    found = json.loads(_CASES.read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in found if case["kind"] in kinds]


@pytest.mark.skipif(not _CASES.exists(), reason="the collected difficult names are not here")
@pytest.mark.parametrize("case", _collected())
def test_collected_names_are_stored_as_they_are_and_found_by_their_base(case):
    stored = case["input"]
    make_resident(stored, 氏名_フリガナ="テスト　タロウ")
    expected = case.get("expected", {})
    typed = [
        stored,
        expected.get("search_key_base"),
        expected.get("fullwidth"),
        expected.get("nfc"),
    ]

    for query in filter(None, typed):
        # A name of one character alone is too short; with the birth date it is found.
        (hit,) = search.find(f"{query} 1990-05-01".replace("/", ""), today=TODAY).hits
        assert hit.name == stored
