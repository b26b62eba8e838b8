"""Situations of the shipped catalogue, and what holds for every family at a birth."""

from copy import deepcopy
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import door
from lifeevents import archive, situations_check, versions
from lifeevents.rules.explain import ALWAYS, NOBODY
from lifeevents.rules.verdict import Tri
from residents.facts import Known

CATALOGUE = archive.read(archive.load(versions.STARTER))
REGISTER = door.vocabulary()
BIRTHS = [name for name, each in CATALOGUE.situations.items() if each["event"] == "birth"]


def play(stated):
    return situations_check.play(stated, CATALOGUE, REGISTER)


@cache
def played(name):
    return play(CATALOGUE.situations[name])


def failures(stated):
    return situations_check.failures(stated, CATALOGUE, REGISTER)


@pytest.mark.parametrize("name", CATALOGUE.situations)
def test_everything_stated_is_proposed_and_nothing_else(name):
    assert failures(CATALOGUE.situations[name]) == []


def test_every_procedure_of_a_birth_is_needed_in_one_situation_and_not_in_another():
    proposed = [each for name in BIRTHS for each in played(name).proposed]
    verdicts = {(each.procedure.code, each.verdict.value) for each in proposed}
    always = {"birth.report", "birth.visit", "birth.vaccine"}
    never = {"res.household_change", "nhi.change"}  # a birth only guards them
    codes = {each.code for each in CATALOGUE.procedures_of("birth")}

    assert {code for code in codes if (code, Tri.YES) not in verdicts} == never
    assert {code for code in codes if (code, Tri.NO) not in verdicts} == always


@pytest.mark.parametrize(
    ("event", "always"),
    [
        ("move_in", {"res.move_in", "waste", "ext.post", "ext.licence", "ext.utilities"}),
        ("move_within", {"res.move_within", "ext.post", "ext.licence", "ext.utilities"}),
        (
            "death",
            {"death.report", "death.permit", "my.death", "kos.certificate", "ext.utilities"}
            | {"ext.registry"},
        ),
    ],
)
def test_every_procedure_of_an_event_is_needed_somewhere_and_only_some_everywhere(event, always):
    names = [name for name, each in CATALOGUE.situations.items() if each["event"] == event]
    verdicts = {
        (each.procedure.code, each.verdict.value)
        for name in names
        for each in played(name).proposed
    }
    codes = {each.code for each in CATALOGUE.procedures_of(event)}

    assert len(names) >= 12
    assert {code for code in codes if (code, Tri.YES) not in verdicts} == set()
    assert {code for code in codes if (code, Tri.NO) not in verdicts} == always


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_less_told_leaves_no_verdict_without_a_why_and_asks_nothing_known(data):
    others = [each for each in CATALOGUE.situations.values() if each["event"] != "birth"]
    stated = deepcopy(data.draw(st.sampled_from(others)))
    stated["withheld"] = data.draw(
        st.lists(st.sampled_from(["insurance", "pension", "child", "care", "tax"]), unique=True)
    )
    for said in [*stated.get("answers", {}).values(), *stated.get("newcomers", ())]:
        for fact in data.draw(st.lists(st.sampled_from(sorted(said)), unique=True)):
            if fact != "id":
                del said[fact]

    found = play(stated)

    for each in found.proposed:
        if each.verdict.value is Tri.UNKNOWN:
            assert each.verdict.missing
        else:
            assert each.verdict.because
            assert all(because.text for because in each.verdict.because)
    world = found.situation.world
    assert not [atom for atom in found.asked if isinstance(world.fact(*atom), Known)]
    assert len(set(found.asked)) == len(found.asked)


def test_a_missing_and_a_surplus_proposal_both_fail():
    missing, surplus = (
        deepcopy(CATALOGUE.situations[BIRTHS[0]]),
        deepcopy(CATALOGUE.situations[BIRTHS[0]]),
    )

    missing["yes"].append("birth.stay_status")
    surplus["yes"].remove("birth.report")

    assert failures(missing) == ["必要な手続に birth.stay_status がありません。"]
    assert any("birth.report@子 が余分" in each for each in failures(surplus))


def test_a_situation_that_names_nothing_known_says_so():
    stated = deepcopy(CATALOGUE.situations[BIRTHS[0]])
    stated["household"][0]["shoe_size"] = "27"

    assert failures(stated) == ["「shoe_size」というライフイベント、項目または人はありません。"]


def test_reasons_are_written_by_the_catalogue():
    told = {
        because.text
        for name in BIRTHS
        for each in played(name).proposed
        for because in each.verdict.because
    }

    assert not told & {ALWAYS, NOBODY}
    assert not [text for text in told if "」が「" in text or "の記録が" in text]


@pytest.mark.parametrize(
    ("born", "asked_for"),
    [
        (["2007-05-01", "2015-05-01"], True),
        (["2015-05-01", "2017-05-01"], False),
        (["2007-05-01"], False),
    ],
)
def test_support_of_grown_children_is_confirmed_only_for_three_children_and_more(born, asked_for):
    stated = deepcopy(CATALOGUE.situations["会社員の夫婦の第1子で、父の所得が高い"])
    stated["household"] += [
        {"id": f"兄姉{n}", "relationship_codes": ["20"], "birth_date": day}
        for n, day in enumerate(born)
    ]

    [claim] = [each for each in play(stated).proposed if each.procedure.code == "child.allow"]
    assert any("監護相当" in document for document in claim.documents) is asked_for


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
maybe = st.none() | st.booleans()


@st.composite
def parents(draw, name, sex, codes):
    stated = {
        "id": name,
        "sex": sex,
        "relationship_codes": codes,
        "holds": draw(
            st.lists(st.sampled_from(["nhi", "pension", "welfare", "child_allow"]), unique=True)
        ),
        "resident_kind": draw(st.sampled_from("12")),
        "protected": draw(st.booleans()),
        "residence_tax.income": draw(st.none() | st.sampled_from([0, 3_000_000, 5_000_000])),
        "pension.kind": draw(st.none() | st.sampled_from("123")),
        "pension.exemption": draw(st.none() | st.sampled_from("08")),
        "moved_in_on": draw(st.none() | days.map(date.isoformat)),
    }
    return {key: value for key, value in stated.items() if value is not None}


@st.composite
def answers(draw, people, newborns):
    said = {"bundle": {}, "household": {}, **{name: {} for name in [*people, *newborns]}}
    groups = {"newborn": newborns, "mother": ["母"], "parents": people, "claimant": people}
    for question in CATALOGUE.questions.values():
        values = [choice.value for choice in question.choices] or [True, False]
        if question.type in ("bool", "choice"):
            for name in groups.get(question.of, [question.of]):
                if name in said and draw(st.booleans()):
                    said[name][question.fact] = draw(st.sampled_from([*values, ""]))
    return said


@st.composite
def births(draw):
    on = draw(days)
    people = draw(st.sampled_from([["父", "母"], ["母"], ["父"]]))
    codes = {people[0]: ["02"], people[-1]: ["11" if people[-1] == "父" else "12"]}
    codes[people[0]] = ["02"]
    newborns = [f"子{place}" for place in range(1, draw(st.integers(1, 3)) + 1)]
    older = draw(st.lists(st.dates(date(2003, 1, 1), date(2025, 12, 31)), max_size=3))
    return {
        "event": "birth",
        "on": on.isoformat(),
        "start": draw(st.sampled_from(people)),
        "household": [
            *(draw(parents(name, "1" if name == "父" else "2", codes[name])) for name in people),
            *(
                {"id": f"兄姉{n}", "relationship_codes": ["20"], "birth_date": born.isoformat()}
                for n, born in enumerate(older)
            ),
        ],
        "newcomers": [
            {"id": name, "birth_date": (on - timedelta(days=draw(st.integers(0, 20)))).isoformat()}
            | draw(st.sampled_from([{}, {"birth_weight": 2400}, {"birth_weight": 3100}]))
            for name in newborns
        ],
        "withheld": draw(
            st.lists(
                st.sampled_from(["tax", "insurance", "pension", "child", "welfare", "household"])
            )
        ),
        "answers": draw(answers(people, newborns)),
        "yes": [],
    }


@settings(max_examples=40, deadline=None)
@given(births())
def test_every_verdict_has_its_reason_and_nothing_known_is_asked(stated):
    found = play(stated)
    world = found.situation.world

    for each in found.proposed:
        if each.verdict.value is Tri.UNKNOWN:
            assert each.verdict.missing
        else:
            assert each.verdict.because
            assert all(because.text for because in each.verdict.because)
    assert not [atom for atom in found.asked if isinstance(world.fact(*atom), Known)]
    assert len(set(found.asked)) == len(found.asked)


@settings(max_examples=25, deadline=None)
@given(births())
def test_child_allowance_is_claimed_once_or_raised_once_never_both(stated):
    needed = [
        each.procedure.code
        for each in play(stated).proposed
        if each.due and each.procedure.code in ("child.allow", "child.allow_up")
    ]

    assert len(needed) <= 1
