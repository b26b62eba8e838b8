"""Rules as sentences of chips, and the edits an author makes on them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import door
from lifeevents import archive, versions
from lifeevents.rules import editing, patterns, sentences
from lifeevents.rules.check import check
from lifeevents.rules.patterns import BadCondition, Grouped, Simple
from lifeevents.rules.tree import parse
from residents.facts import FactType

DOCUMENT = archive.load(versions.STARTER)
VOCABULARY = archive.read(DOCUMENT).vocabulary(door.vocabulary())
NAMES = sentences.Names(VOCABULARY, {"parents": "父母", "siblings": "きょうだい"})
RULES = [
    *(each["rule"] for each in DOCUMENT["procedures"].values()),
    *(each["rule"] for each in DOCUMENT["derived"].values() if each["type"] == "bool"),
]
NHI = {"op": "holds", "system": "nhi", "of": "self"}
BABY = {"op": "fact", "key": "birth_date", "of": "self"}


def walk(clause):
    yield clause
    for part in clause.parts:
        yield from walk(part)


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        (True, "いつでも"),
        (NHI, "「国民健康保険」の記録がある"),
        ({"op": "not", "of": NHI}, "「国民健康保険」の記録がない"),
        ({"op": "fact", "key": "wants_card", "of": "bundle"}, "「マイナンバーカードの申請」がはい"),
        (
            {"op": "le", "left": {"op": "on"}, "right": {
                "op": "next_march_31",
                "date": {"op": "reaches_age", "date": BABY, "years": 18},
            }},
            "「生年月日」から数えて18歳の年度末（3月31日）まで",
        ),
        (
            {"op": "exists", "over": "parents", "where": {"op": "holds", "system": "nhi"}},
            "父母のうち（「国民健康保険」の記録がある）方がいる",
        ),
        (
            {"op": "ge", "left": {"op": "count", "over": "siblings", "where": True}, "right": 2},
            "きょうだいが2人以上いる",
        ),
        (
            {"op": "or", "of": [NHI, {"op": "eq", "left": {"op": "fact", "key": "sex"}, "right": "2"}]},
            "「国民健康保険」の記録がある または 「性別」が女である",
        ),
    ],
)  # fmt: skip
def test_a_rule_reads_as_a_sentence(tree, told):
    assert sentences.sentence(tree, NAMES) == told


@pytest.mark.parametrize("rule", RULES)
def test_every_shipped_rule_reads_as_a_sentence_and_each_clause_has_its_place(rule):
    for each in walk(sentences.clause(rule, NAMES)):
        assert sentences.words(each)
        editing.at(rule, each.path)


@pytest.mark.parametrize("rule", RULES)
def test_what_a_form_shows_of_a_shipped_rule_is_what_it_writes_back(rule):
    for each in walk(sentences.clause(rule, NAMES)):
        node = editing.at(rule, each.path)
        simple, group = patterns.read(node, VOCABULARY), patterns.read_group(node)
        if simple:
            assert patterns.read(patterns.write(simple, VOCABULARY), VOCABULARY) == simple
        if group:
            assert patterns.read_group(patterns.write_group(group)) == group


@st.composite
def simple_conditions(draw):
    kinds = [key for key, fact in VOCABULARY.items() if fact.type in patterns.OF_KIND]
    key = draw(st.sampled_from(sorted(kinds)))
    fact = VOCABULARY[key]
    operator = draw(st.sampled_from(sorted(patterns.OF_KIND[fact.type])))
    of = patterns.OWNERS.get(fact.of) or draw(st.sampled_from(["it", "self"]))
    values = ("7",)
    if fact.type is FactType.BOOL:
        values = ()
    elif fact.type is FactType.CHOICE:
        codes = [code for code, _ in fact.choices]
        chosen = draw(st.sets(st.sampled_from(codes), min_size=1)) if codes else {"x"}
        values = tuple(code for code in codes if code in chosen)
    elif fact.type is FactType.DATE and operator not in patterns.AGES:
        values = (draw(st.dates(date(1900, 1, 1), date(2200, 1, 1))).isoformat(),)
    return Simple(key, of, operator, values)


@given(simple_conditions())
def test_whatever_a_form_writes_is_a_sound_rule_and_reads_back(simple):
    try:
        tree = patterns.write(simple, VOCABULARY)
    except BadCondition:
        assert not simple.values or simple.values == ("x",)
        return

    assert check(parse(tree), VOCABULARY, frozenset()) == []
    assert patterns.read(tree, VOCABULARY) == simple
    assert sentences.sentence(tree, NAMES)


@pytest.mark.parametrize(
    ("simple", "field", "told"),
    [
        (Simple("zoo", "self", "yes"), "fact", "項目を一覧から"),
        (Simple("relationship_codes", "self", "in"), "fact", "項目を一覧から"),
        (Simple("birth_weight", "self", "yes"), "operator", "比べ方"),
        (Simple("birth_weight", "self", "lt", ("二千",)), "values", "までの数"),
        (Simple("birth_weight", "self", "lt"), "values", "値を入力"),
        (Simple("sex", "self", "in", ("9",)), "values", "一つ以上選んで"),
        (Simple("moved_in_on", "self", "from", ("2026-13-01",)), "values", "日付を入力"),
    ],
)
def test_a_condition_that_cannot_be_names_the_field_and_the_remedy(simple, field, told):
    with pytest.raises(BadCondition, match=told) as refused:
        patterns.write(simple, VOCABULARY)

    assert refused.value.field == field


def test_a_condition_is_added_beside_the_one_it_is_added_to():
    one, two, three = ({"op": "fact", "key": key} for key in ("a", "b", "c"))

    both = editing.join(one, "", "and", two)
    assert both == {"op": "and", "of": [one, two]}
    assert editing.join(both, "/of/0", "and", three)["of"] == [one, three, two]
    assert editing.join(both, "/of/0", "or", three)["of"][0] == {"op": "or", "of": [one, three]}
    assert editing.join(both, "", "and", three)["of"] == [one, two, three]


def test_the_first_condition_takes_the_place_of_always_and_keeps_its_reason():
    always = {"op": "literal", "value": True, "because": "生まれたため"}

    assert editing.join(always, "", "and", NHI) == {**NHI, "because": "生まれたため"}


def test_taking_away_the_last_condition_leaves_always():
    group = {"op": "exists", "over": "parents", "where": NHI}

    assert editing.remove(group, "/where") == {**group, "where": True}
    assert editing.remove({"op": "and", "of": [group, NHI]}, "/of/0") == NHI
    assert editing.remove(NHI, "") == {"op": "literal", "value": True}
    assert editing.remove({"op": "not", "of": {"op": "same_person"}}, "/of")["value"] is True


@pytest.mark.parametrize("place", ["/of/9", "/of/x", "/where", "/of/0/key/0"])
def test_a_place_that_is_gone_is_refused(place):
    with pytest.raises(editing.NoSuchPlace):
        editing.put({"op": "and", "of": [NHI]}, place, True)


def test_reasons_about_people_who_must_not_be_there_stand_with_them():
    nobody = patterns.write_group(Grouped("none", "parents", NHI))

    told = editing.explained(nobody, "だれも加入していないため", "{who}が加入しているため")

    assert told["of"]["because"] == "{who}が加入しているため"
    read = sentences.clause(told, NAMES)
    assert (read.because, read.because_no) == (
        "だれも加入していないため",
        "{who}が加入しているため",
    )


def test_another_quantity_keeps_what_is_said_of_the_members():
    group = {"op": "exists", "over": "parents", "where": NHI}

    three = editing.regrouped(group, "", "at_least", "siblings", 3)

    assert patterns.read_group(three) == Grouped("at_least", "siblings", NHI, 3)
    assert sentences.sentence(three, NAMES).endswith("方が3人以上いる")
