"""Guidance about people described says what the desk says about the same people looked up."""

from datetime import date

import pytest

from consent import door
from lifeevents import answering, archive, guidance, kinship, situations_check, versions
from lifeevents.guidance import MEMBER, Described
from lifeevents.rules.verdict import Tri
from lifeevents.situation import BUNDLE, HOUSEHOLD
from residents.facts import FactType, Known

CATALOGUE = archive.read(archive.load(versions.STARTER))
REGISTER = door.vocabulary()
BIRTH = CATALOGUE.events["birth"]
DAY = date(2026, 11, 22)
# Someone of another household, or whom nobody may ask about, cannot be described as such.
TOLD_IN_FULL = [
    name
    for name, stated in CATALOGUE.situations.items()
    if not any(key in stated for key in ("elsewhere", "withheld"))
    and not any(person.get("protected") for person in stated["household"])
]


def guide(people=(), given=None, event=BIRTH, on=DAY):
    return guidance.guide(
        event, tuple(people), given or {}, on=on, catalogue=CATALOGUE, register=REGISTER
    )


def described(situation, event):
    roles = guidance.roles_of(event)
    return [
        Described(seat.key, next((r for r in reversed(seat.roles) if r in roles), MEMBER))
        if seat.taking_part
        else Described(seat.key, MEMBER)
        for seat in situation.seats.values()
        if "outsider" not in seat.roles
    ]


def told(situation, used):
    """Everything known of the people, as they would tell it themselves."""
    world = situation.world
    vocabulary = world.vocabulary
    found = {}
    for fact in used:
        if vocabulary[fact].type is FactType.CODES:
            continue
        of = vocabulary[fact].of
        for subject in world.people if of == "person" else [of.value]:
            value = world.held(fact, subject)
            if isinstance(value, Known):
                found[subject, fact] = answering.keep(value.value)
    for person in world.people:
        codes = world.held("relationship_codes", person)
        if isinstance(codes, Known) and situation.seats[person].ref:
            found[person, "relationship"] = kinship.in_words(tuple(codes.value))
    return found


@pytest.mark.parametrize("name", TOLD_IN_FULL)
def test_what_is_described_gets_the_verdicts_of_what_is_looked_up(name):
    stated = CATALOGUE.situations[name]
    played = situations_check.play(stated, CATALOGUE, REGISTER)
    event = CATALOGUE.events[stated["event"]]
    on = played.situation.world.on
    used = guidance.facts_used(event, CATALOGUE.for_event(event.code), on)

    found = guide(described(played.situation, event), told(played.situation, used), event, on)

    desk = {(p.procedure.code, p.subject): p.verdict.value for p in played.proposed}
    assert {(p.procedure.code, p.subject): p.verdict.value for p in found.proposed} == desk


def test_most_situations_can_be_told_in_full():
    assert len(TOLD_IN_FULL) >= 20


def test_nothing_known_means_nothing_guessed():
    found = guide()

    by_code = {each.procedure.code: each.verdict.value for each in found.proposed}
    assert by_code["nhi.birth_lump"] is Tri.UNKNOWN
    assert by_code["child.allow"] is Tri.UNKNOWN
    assert by_code["birth.report"] is Tri.YES


def test_only_facts_a_rule_reads_are_used():
    used = guidance.facts_used(BIRTH, CATALOGUE, DAY)

    assert {"birth_date", "holds.nhi", "wants_card"} <= used
    assert not {"name", "address", "number", "place_of_birth"} & used


def test_what_is_unused_is_not_even_read():
    found = guide([Described("m1", "mother")], {("m1", "name"): "123456789018"})

    assert found.unused == (("m1", "name"),)
    assert ("m1", "name") not in found.situation.answers


def test_every_mistake_is_named_at_once():
    with pytest.raises(answering.BadAnswers) as refused:
        guide([Described("m1", "mother")], {("m1", "no_such"): 1, (BUNDLE, "foreign"): True})

    assert set(refused.value.messages) == {("m1", "no_such"), (BUNDLE, "foreign")}


def test_a_person_added_takes_no_id_that_is_used():
    found = guide([Described("n1", "mother")])

    assert set(found.situation.seats) == {"n1", "n2"}
    assert HOUSEHOLD not in found.situation.seats
