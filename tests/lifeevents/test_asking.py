"""Asking: nothing that is known, nothing twice, わからない once, and never a protected place (I5)."""

from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consent import door, engagements
from lifeevents import archive, asking, replies, situations_check, versions
from lifeevents.opened import open_bundle
from lifeevents.rules.verdict import Tri
from residents.facts import FactType, Known, Reason, Unknown
from tests.makers import NEWBORN, make_bundle, make_household, man, wife

CATALOGUE = archive.read(archive.load(versions.STARTER))
BIRTHS = [each for each in CATALOGUE.situations.values() if each["event"] == "birth"]
SAYS = {
    FactType.BOOL: st.booleans(),
    FactType.DATE: st.dates().map(lambda day: day.isoformat()),
    FactType.NUMBER: st.integers(0, 9999),
}


def play(stated):
    played = situations_check.play(stated, CATALOGUE, door.vocabulary())
    asks = asking.open_questions(played.situation, CATALOGUE.for_event("birth"), played.proposed)
    return played, asks


def what_someone_says(question):
    if question.choices:
        value = st.sampled_from([choice.value for choice in question.choices])
    else:
        value = SAYS.get(question.type, st.just("なにか"))
    return st.just("") | value  # "" is わからない


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_an_interview_asks_each_fact_once_and_ends_with_nothing_left_that_matters(data):
    stated = deepcopy(data.draw(st.sampled_from(BIRTHS)))
    stated["answers"] = {}
    asked = []
    played, asks = play(stated)
    while asks:
        ask = asks[0]
        atom = ask.question.fact, ask.subject
        assert atom not in asked
        assert not isinstance(played.situation.world.fact(*atom), Known)
        asked.append(atom)
        said = data.draw(what_someone_says(ask.question), label=ask.question.text)
        stated["answers"].setdefault(played.names[ask.subject], {})[ask.question.fact] = said
        played, asks = play(stated)

    world = played.situation.world
    for each in played.proposed:
        for fact, subject in each.verdict.missing:
            value = world.held(fact, world.home(fact, subject))
            assert isinstance(value, Unknown)


@pytest.fixture
def asks(sato):
    def asks(bundle, by=sato):
        opened = open_bundle(bundle, by=by)
        return [(each.question.fact, each.subject) for each in opened.asks]

    return asks


def test_the_newborns_own_card_comes_first_and_whole(asks, yamada, sato):
    asked = asks(make_bundle(yamada.mother, sato, answers={}))

    card = [fact for fact, q in CATALOGUE.questions.items() if q.card == "newborn"]
    assert asked[: len(card)] == [(fact, "n1") for fact in card]


def test_what_was_answered_is_not_asked_again(asks, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, answers={})
    before = asks(bundle)

    replies.answer(bundle, NEWBORN, version=bundle.version, by=sato)

    assert {(fact, subject) for subject, fact in NEWBORN} <= set(before)
    assert not {(fact, subject) for subject, fact in NEWBORN} & set(asks(bundle))


def test_dont_know_is_not_asked_again_and_leaves_the_verdict_open(asks, yamada, sato):
    bundle = make_bundle(yamada.mother, sato)
    assert ("wants_card", "bundle") in asks(bundle)

    replies.answer(bundle, {("bundle", "wants_card"): None}, version=bundle.version, by=sato)

    assert ("wants_card", "bundle") not in asks(bundle)
    card = next(
        each for each in open_bundle(bundle, by=sato).proposed if each.procedure.code == "my.new"
    )
    assert card.verdict.value is Tri.UNKNOWN
    assert ("wants_card", "bundle") in card.verdict.missing


def test_an_answer_taken_back_is_asked_again(asks, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, answers={("bundle", "wants_card"): "no"})
    assert ("wants_card", "bundle") not in asks(bundle)

    replies.take_back(bundle, "bundle", "wants_card", version=bundle.version, by=sato)

    assert ("wants_card", "bundle") in asks(bundle)


def test_what_the_register_holds_is_not_asked(asks, yamada, sato):
    asked = asks(make_bundle(yamada.mother, sato, agree=["insurance", "child", "welfare"]))

    assert not {fact for fact, _ in asked} & {"holds.nhi", "holds.child_allow", "on_welfare"}


def test_what_the_person_did_not_agree_to_is_asked_instead(asks, yamada, sato):
    asked = asks(make_bundle(yamada.mother, sato))

    assert ("holds.nhi", "p1") in asked
    assert ("holds.child_allow", "p1") in asked


def test_a_protected_place_is_never_asked_for_whatever_waits_for_it(asks, hidden, sato):
    bundle = make_bundle(hidden.mother, sato, agree=["contact"])

    opened = open_bundle(bundle, by=sato)

    world = opened.situation.world
    assert world.fact("address", "p1") == Unknown(Reason.PROTECTED)
    assert not [
        (each.question.fact, each.subject)
        for each in opened.asks
        if world.fact(each.question.fact, each.subject) == Unknown(Reason.PROTECTED)
    ]


def test_where_one_parents_income_is_not_known_who_earns_more_is_asked(asks, ledgers, sato):
    _, mother = make_household(
        man("見本　一", "ミホン　ハジメ", "1990-01-01", holds=("residence_tax",)),
        wife("見本　二葉", "ミホン　フタバ", "1991-01-01"),
    )

    asked = asks(make_bundle(mother, sato, agree=["tax", "child"]))

    assert ("mother_earns_more", "bundle") in asked


@pytest.mark.parametrize(
    ("reason", "asked"),
    [
        (Reason.NOT_HELD, True),
        (Reason.WITHHELD, True),
        (Reason.SOURCE_DOWN, True),
        (Reason.DONT_KNOW, False),
        (Reason.PROTECTED, False),
    ],
)
def test_what_is_unknown_is_asked_but_for_a_protected_place_and_what_nobody_knows(reason, asked):
    assert asking.may_be_asked(Unknown(reason)) is asked


def test_a_card_is_asked_for_each_of_twins(asks, yamada, sato):
    twins = make_bundle(yamada.mother, sato, answers={}, newcomers=("n1", "n2"))

    asked = asks(twins)

    assert asked.count(("birth_weight", "n1")) == asked.count(("birth_weight", "n2")) == 1
    assert len(asked) == len(set(asked))


def test_nothing_is_asked_about_someone_the_answers_cannot_concern(asks, ledgers, sato):
    _, mother = make_household(
        man("見本　一", "ミホン　ハジメ", "1990-01-01"),
        wife("見本　二葉", "ミホン　フタバ", "1991-01-01"),
    )

    asked = asks(make_bundle(mother, sato))

    assert {subject for _, subject in asked} <= {"n1", "p1", "p2", "bundle", "household"}
    assert ("lump_sum_payment", "p1") not in asked


def test_asking_opens_nothing_once_the_engagement_is_closed(yamada, sato):
    bundle = make_bundle(yamada.mother, sato)
    engagements.close(bundle.engagement)

    with pytest.raises(engagements.EngagementClosed):
        open_bundle(bundle, by=sato)
