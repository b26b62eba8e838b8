"""Sentences a clerk can read out."""

from dataclasses import replace
from datetime import date

import pytest

from lifeevents.rules.evaluate import evaluate
from lifeevents.rules.explain import explain
from lifeevents.rules.tree import parse
from residents.facts import FactType, parse_partial_date
from tests.lifeevents.rules.worlds import fact as fact_declared
from tests.lifeevents.rules.worlds import known, world_of

BORN = {"op": "fact", "key": "birth_date"}
NHI = {"op": "holds", "system": "nhi"}
ADULT = {"op": "reaches_age", "date": BORN, "years": 18}
MINOR = {"op": "gt", "left": ADULT, "right": {"op": "on"}}
WORLD = world_of(
    {
        ("birth_date", "hanako"): known(date(1990, 5, 5)),
        ("birth_date", "taro"): known(date(2008, 9, 1)),
        ("birth_date", "baby"): known(parse_partial_date("2008-00-00")),
        ("holds.nhi", "hanako"): known(True),
        ("holds.nhi", "taro"): known(False),
        ("works", "taro"): known(True),
        ("stay", "taro"): known("2"),
        ("dogs", "taro"): known(2),
        ("abroad", "bundle"): known(False),
    }
)


def said(source, me="taro"):
    return explain(evaluate(parse(source), WORLD, me), WORLD)


def fact(key, **more):
    return {"op": "fact", "key": key, **more}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (MINOR, "山田 太郎さん（17歳）が18歳に達していないため"),
        (
            {"op": "le", "left": ADULT, "right": {"op": "on"}},
            "山田 太郎さん（17歳）が18歳に達していないため",
        ),
        (NHI, "山田 太郎さんに国民健康保険の記録がないため"),
        (fact("works"), "山田 太郎さんの「works」が「はい」のため"),
        (fact("idle"), "山田 太郎さんの「idle」が「いいえ」のため"),
        (fact("abroad"), "「abroad」が「いいえ」のため"),
        ({"op": "eq", "left": fact("stay"), "right": "1"}, "山田 太郎さんのstayが「留学」のため"),
        ({"op": "in", "value": fact("stay"), "of": ["2"]}, "山田 太郎さんのstayが「留学」のため"),
        ({"op": "ge", "left": fact("dogs"), "right": 1}, "山田 太郎さんのdogsが2のため"),
        (
            {"op": "lt", "left": BORN, "right": {"op": "date", "value": "2010-01-01"}},
            "山田 太郎さんの生年月日が平成20年9月1日のため",
        ),
        (
            {"op": "ge", "left": fact("school_ends_on"), "right": {"op": "on"}},
            "山田 太郎さんのschool_ends_onが令和9年3月31日のため",
        ),
        (
            {"op": "between", "value": {"op": "on"}, "low": BORN, "high": ADULT},
            "山田 太郎さんが17歳のため",
        ),
        (True, "このライフイベントで必ず行う手続のため"),
        ({"op": "exists", "over": "nobody", "where": NHI}, "この手続の対象となる方がいないため"),
        ({"op": "literal", "value": True, "because": "転入されたため"}, "転入されたため"),
    ],
)
def test_a_sentence_tells_the_fact_that_decided(source, sentence):
    assert said(source) == (sentence,)


def test_the_authors_sentence_names_the_member_it_is_about():
    children = {"op": "exists", "over": "children", "where": MINOR}

    assert said({**children, "because": "{age}歳の子がいるため"}) == ("17歳の子がいるため",)
    assert said({**children, "because": "{who}が未成年のため"}, "hanako") == (
        "山田 太郎さんが未成年のため",
    )


def test_the_authors_sentence_for_no_is_used_for_no():
    refused = {**NHI, "because": "加入中のため", "because_no": "{who}は加入していないため"}

    assert said(refused) == ("山田 太郎さんは加入していないため",)
    assert said(refused, "hanako") == ("加入中のため",)


def test_an_outer_sentence_speaks_for_all_it_holds():
    both = {"op": "and", "of": [fact("works"), MINOR], "because": "働いている未成年のため"}

    assert said(both) == ("働いている未成年のため",)


def test_the_sentence_of_a_denied_condition_is_that_of_its_own_outcome():
    none = {"op": "not", "of": {**NHI, "because_no": "{who}は国保に入っていないため"}}

    assert said(none) == ("山田 太郎さんは国保に入っていないため",)


def test_an_age_that_is_not_exactly_known_is_not_said():
    born = {"op": "lt", "left": BORN, "right": {"op": "on"}, "because": "{age}歳のため"}

    assert said(born, "baby") == ("生まれたお子さんの生年月日が平成20年月日不詳のため",)


def test_what_is_missing_is_named_with_whose_it_is():
    both = {"op": "and", "of": [fact("works"), fact("abroad"), NHI]}

    assert said(both, "baby") == ("「abroad」が「いいえ」のため",)
    assert said({"op": "or", "of": both["of"]}, "baby") == (
        "生まれたお子さんのworksが分からないため",
        "生まれたお子さんの国民健康保険が分からないため",
    )


def test_who_takes_part_can_be_the_reason():
    joins = {"op": "exists", "over": "children", "where": {"op": "same_person"}}
    derived = {**WORLD.derived, "joins": parse(joins)}
    vocabulary = {**WORLD.vocabulary, "joins": fact_declared("joins", FactType.BOOL)}
    world = replace(WORLD, derived=derived, vocabulary=vocabulary)
    rule = parse({"op": "and", "of": [True, fact("joins")]})

    told = [explain(evaluate(rule, world, me), world) for me in ("taro", "hanako")]

    assert told == [
        ("山田 太郎さんの「joins」が「はい」のため",),
        ("山田 花子さんの「joins」が「いいえ」のため",),
    ]
