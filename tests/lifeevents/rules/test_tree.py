"""Rules are read from JSON, and mistakes are named with their place."""

import json
from datetime import date
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeevents.rules.nodes import Add, Compare, EventDate, FactOf, Literal, Not
from lifeevents.rules.tree import RuleError, parse
from tests.lifeevents.rules.worlds import rules

SCHEMA = json.loads(files("lifeevents.rules").joinpath("schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FACT = {"op": "fact", "key": "works"}
MISTAKES = [
    (None, "", "「op」を持つ"),
    (1.5, "", "「op」を持つ"),
    ({}, "/op", "「None」はありません"),
    ({"op": "eval"}, "/op", "「eval」はありません"),
    ({"op": "and", "of": []}, "/of", "一つ以上"),
    ({"op": "and", "of": [FACT, {"op": "not"}]}, "/of/1", "「of」が必要"),
    ({"op": "fact", "key": "works", "whose": "it"}, "/whose", "という項目はありません"),
    ({"op": "fact", "key": "works", "of": "mother"}, "/of", "it・self・bundle・household"),
    ({"op": "fact", "key": ""}, "/key", "文字列"),
    ({"op": "holds", "system": 24}, "/system", "文字列"),
    ({"op": "in", "value": FACT, "of": []}, "/of", "一つ以上"),
    ({"op": "in", "value": FACT, "of": [FACT]}, "/of/0", "いずれか"),
    ({"op": "date", "value": "2026-2-1"}, "/value", "という日はありません"),
    ({"op": "date", "value": "20260201"}, "/value", "YYYY-MM-DD"),
    ({"op": "date", "value": "9999-12-31"}, "/value", "2200年まで"),
    ({"op": "reaches_age", "date": FACT, "years": -1}, "/years", "0から150"),
    ({"op": "reaches_age", "date": FACT, "years": True}, "/years", "整数"),
    ({"op": "add", "date": FACT}, "", "いずれかが必要"),
    ({"op": "add", "date": FACT, "days": 99999}, "/days", "以内の整数"),
    ({"op": "count", "over": "k", "where": True, "because": "x"}, "/because", "ありません"),
    ({"op": "not", "of": FACT, "because": "{name}のため"}, "/because", "「{name}」は使えません"),
    ({"op": "not", "of": FACT, "because": ""}, "/because", "文字列"),
    ({"op": "not", "of": FACT, "because": "{who"}, "/because", "「{who」は使えません"),
]


@pytest.mark.parametrize(("source", "path", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_place(source, path, message):
    with pytest.raises(RuleError) as refused:
        parse(source)

    assert refused.value.path == path
    assert message in refused.value.message


@pytest.mark.parametrize("source", [source for source, _, _ in MISTAKES])
def test_the_schema_refuses_what_the_reader_refuses(source):
    assert not VALIDATOR.is_valid(source)


@settings(max_examples=50, deadline=None)
@given(rules())
def test_the_schema_accepts_what_the_reader_accepts(source):
    parse(source)

    VALIDATOR.validate(source)


@settings(max_examples=50, deadline=None)
@given(rules(), st.data())
def test_the_schema_and_the_reader_agree_on_damaged_rules(source, data):
    damaged = json.loads(json.dumps(source))
    places = [place for place in _places(damaged) if place]
    if not places:
        return
    *parents, last = data.draw(st.sampled_from(places))
    node = damaged
    for step in parents:
        node = node[step]
    node[last] = data.draw(st.sampled_from((None, 1, "x", [], {}, True, ["1"], {"op": "on"}, 1.5)))

    assert VALIDATOR.is_valid(damaged) == _reads(damaged)


def _places(node, at=()):
    yield at
    steps = {dict: lambda: node.items(), list: lambda: enumerate(node)}.get(type(node), tuple)
    for step, child in steps():
        yield from _places(child, (*at, step))


def _reads(source):
    try:
        parse(source)
    except RuleError:
        return False
    return True


def test_a_day_that_does_not_exist_is_refused():
    with pytest.raises(RuleError, match="2026-02-30"):
        parse({"op": "date", "value": "2026-02-30"})


def test_a_rule_nested_without_end_is_refused_not_followed():
    source = True
    for _ in range(500):
        source = {"op": "not", "of": source}

    with pytest.raises(RuleError, match="深すぎます"):
        parse(source)


def test_holds_is_short_for_a_fact():
    assert parse({"op": "holds", "system": "nhi", "of": "self"}) == FactOf("holds.nhi", "self")


def test_bare_values_are_literals():
    assert [parse(value) for value in (True, 3, "1")] == [Literal(True), Literal(3), Literal("1")]


def test_a_whole_rule_becomes_nodes():
    moved = {"op": "add", "date": {"op": "fact", "key": "moved_on"}, "days": 14}
    source = {"op": "not", "of": {"op": "lt", "left": moved, "right": {"op": "on"}}}

    late = Compare("lt", Add(FactOf("moved_on"), days=14), EventDate())
    assert parse(source) == Not(late)


def test_days_and_lists_of_codes_are_values():
    codes = parse({"op": "literal", "value": ["20", "20"]})

    assert codes == Literal(("20", "20"))
    assert parse({"op": "date", "value": "2026-04-01"}) == Literal(date(2026, 4, 1))
