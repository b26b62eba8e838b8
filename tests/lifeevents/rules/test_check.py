"""The checker names every mistake an author can make about facts and groups."""

import pytest
from hypothesis import given

from lifeevents.rules.check import check, check_derived, facts_read
from lifeevents.rules.tree import parse
from residents.facts import FactType
from tests.lifeevents.rules.worlds import DERIVED, GROUPS, VOCABULARY, rules

NAMES = frozenset(GROUPS)
WORKS, BORN, DOGS, STAY = (
    {"op": "fact", "key": key} for key in ("works", "birth_date", "dogs", "stay")
)


def problems(source, result=FactType.BOOL):
    return check(parse(source), VOCABULARY, NAMES, result)


def compare(op, left, right):
    return {"op": op, "left": left, "right": right}


@pytest.mark.parametrize(
    ("source", "path", "message"),
    [
        ({"op": "fact", "key": "work"}, "", "「work」という項目はありません"),
        ({"op": "holds", "system": "ltc"}, "", "「holds.ltc」という項目はありません"),
        (BORN, "", "はい・いいえが必要ですが、日付"),
        ({"op": "and", "of": [WORKS, DOGS]}, "/of/1", "はい・いいえが必要ですが、数"),
        (compare("eq", WORKS, {"op": "on"}), "", "はい・いいえと日付は比べられません"),
        (compare("lt", STAY, "1"), "", "大小はありません"),
        (compare("eq", STAY, "9"), "", "「9」は「stay」の選択肢にありません"),
        ({"op": "in", "value": STAY, "of": ["1", "9"]}, "/of/1", "選択肢にありません"),
        ({"op": "in", "value": DOGS, "of": ["1"]}, "/of/0", "数と文字または選択肢は比べられません"),
        ({"op": "between", "value": STAY, "low": "1", "high": "2"}, "/value", "大小はありません"),
        ({"op": "between", "value": BORN, "low": 1, "high": {"op": "on"}}, "/low", "日付が必要"),
        ({"op": "exists", "over": "uncles", "where": WORKS}, "/over", "「uncles」という人の集まり"),
        ({"op": "all", "over": "children", "where": DOGS}, "/where", "はい・いいえが必要"),
        ({"op": "same_person"}, "", "中でだけ"),
        ({"op": "fact", "key": "works", "of": "bundle"}, "/of", "人についての項目"),
        ({"op": "fact", "key": "abroad", "of": "household"}, "/of", "手続全体についての項目"),
        (compare("le", {"op": "next_march_31", "date": DOGS}, {"op": "on"}), "/left/date", "日付"),
        ({"op": "not", "of": {"op": "count", "over": "children", "where": True}}, "/of", "数"),
    ],
)
def test_the_mistake_is_named_with_its_place(source, path, message):
    (problem,) = problems(source)

    assert problem.path == path
    assert message in problem.message


def test_all_mistakes_are_told_at_once():
    source = {"op": "and", "of": [{"op": "fact", "key": "a"}, {"op": "fact", "key": "b"}]}

    assert [problem.path for problem in problems(source)] == ["/of/0", "/of/1"]


def test_a_fact_of_the_bundle_may_be_named_without_saying_whose():
    assert problems({"op": "fact", "key": "abroad"}) == []
    assert problems({"op": "fact", "key": "abroad", "of": "bundle"}) == []


def test_a_derived_fact_must_be_of_its_declared_type():
    assert check_derived(DERIVED, VOCABULARY, NAMES) == []
    wrong = {"idle": parse(BORN), "unheard": parse(True)}

    assert [problem.path for problem in check_derived(wrong, VOCABULARY, NAMES)] == [
        "/idle",
        "/unheard",
    ]


def test_a_circle_of_derived_facts_is_found():
    circle = {"idle": parse({"op": "not", "of": {"op": "fact", "key": "idle"}})}

    (problem,) = check_derived(circle, VOCABULARY, NAMES)

    assert "自分自身に戻ります" in problem.message


@given(rules())
def test_the_facts_a_rule_reads_are_all_found(source):
    assert facts_read(parse(source)) == set(_keys(source))


def _keys(source):
    if isinstance(source, dict):
        if source["op"] == "fact":
            yield source["key"]
        for child in source.values():
            yield from _keys(child)
    if isinstance(source, list):
        for child in source:
            yield from _keys(child)
