"""The situation of one bundle: seats and answers as the World that rules and papers look at (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lifeevents import answering, kinship, moving, roles
from lifeevents.entries import BUNDLE, HOUSEHOLD, Catalogue, Event
from lifeevents.groups import gathered
from lifeevents.kinship import Member
from lifeevents.mourning import mourned
from lifeevents.moving import Move
from lifeevents.ranking import ranked
from lifeevents.rules.world import Person, World
from lifeevents.seating import Seat
from lifeevents.succession import succeeded
from residents.facts import Fact, Known, Origin, Reason, Source, Unknown, Value

SHARED_BY_HOUSEHOLD = ("address", "postal_code", "household_number")
ROLE_LABELS = {
    "mother": "お母さま",
    "father": "お父さま",
    "newborn": "お子さま",
    "deceased": "亡くなった方",
    "applicant": "届け出る方",
}


@dataclass(frozen=True, slots=True)
class Said:
    """One stored answer: its JSON value (None is わからない) and when it was given."""

    value: Any
    at: datetime | None = None


Answers = Mapping[tuple[str, str], Said]


@dataclass(frozen=True, slots=True)
class Situation:
    """The World of one bundle with its seats and answers.

    `owners` says whose record a fact comes from, by (subject, fact): a newborn's address is the
    household's.
    """

    world: World
    event: Event
    seats: Mapping[str, Seat]
    answers: Answers
    owners: Mapping[tuple[str, str], UUID]


def build(
    event: Event,
    catalogue: Catalogue,
    seats: tuple[Seat, ...],
    answers: Answers,
    *,
    on: date,
    vocabulary: Mapping[str, Fact],
) -> Situation:
    """Put seats and answers together; roles the event defines by rule are found in a second look."""
    ground = _moved if moving.is_move(event) else _at_home_still
    known = ground(seats, answers, vocabulary)
    world = World(
        on=on,
        event=event.code,
        people={
            seat.key: Person(seat.key, _label(seat, known.people[seat.key]), known.people[seat.key])
            for seat in seats
        },
        groups=_groups(seats, event),
        bundle=known.bundle,
        household={**known.household, **_said_of(HOUSEHOLD, answers, vocabulary)},
        derived={key: derived.rule for key, derived in catalogue.derived.items()},
        vocabulary=vocabulary,
    )
    by_key = {seat.key: seat for seat in seats}
    world = mourned(event, succeeded(event, gathered(event, world, by_key), by_key), by_key)
    world, rests_on = ranked(world, by_key)
    return Situation(world, event, by_key, answers, {**known.owners, **rests_on})


def _at_home_still(
    seats: tuple[Seat, ...], answers: Answers, vocabulary: Mapping[str, Fact]
) -> Move:
    """What is known where nobody changes their address: who arrives takes the household's."""
    home = _at_home(seats)
    arriving = _arriving(home, _child_codes(seats), vocabulary)
    people = {seat.key: _facts(seat, arriving, answers, vocabulary) for seat in seats}
    shared = {key: people[home.key][key] for key in SHARED_BY_HOUSEHOLD} if home else {}
    said = _said_of(BUNDLE, answers, vocabulary)
    return Move(people, shared, said, _owners(seats, home, vocabulary))


def _moved(seats: tuple[Seat, ...], answers: Answers, vocabulary: Mapping[str, Fact]) -> Move:
    """What is known after a move."""
    said = {seat.key: _said_of(seat.key, answers, vocabulary) for seat in seats}
    once = _said_of(BUNDLE, answers, vocabulary)
    move = moving.settle(seats, said, once, vocabulary)
    return replace(move, owners={**_owners(seats, None, vocabulary), **move.owners})


def _facts(
    seat: Seat, arriving: Mapping[str, Value], answers: Answers, vocabulary: Mapping[str, Fact]
) -> dict[str, Value]:
    held = seat.record.facts if seat.record else arriving if seat.after else {}
    return {**held, **_said_of(seat.key, answers, vocabulary)}


def _said_of(subject: str, answers: Answers, vocabulary: Mapping[str, Fact]) -> dict[str, Value]:
    return {
        fact: _revived(said, vocabulary[fact])
        for (whose, fact), said in answers.items()
        if whose == subject and fact in vocabulary
    }


def _revived(said: Said, fact: Fact) -> Value:
    if said.value is None:
        return Unknown(Reason.DONT_KNOW)
    return Known(
        answering.revive(fact.type, said.value), Origin(Source.ANSWER, "本人申告", said.at)
    )


def _arriving(
    home: Seat | None, codes: tuple[str, ...], vocabulary: Mapping[str, Fact]
) -> dict[str, Value]:
    """What follows for someone who enters the household: its address, 続柄 by the parents, no ledgers.

    Without `codes` the 続柄 stays open.
    """
    origin = Origin(Source.DERIVED, "新しく世帯に入る方")
    facts: dict[str, Value] = {
        key: Known(False, origin) for key in vocabulary if key.startswith("holds.")
    }
    if codes:
        facts["relationship"] = Known(kinship.in_words(codes), origin)
        facts["relationship_codes"] = Known(list(codes), origin)
    if home and home.record:
        shared = {key: home.record.facts[key] for key in SHARED_BY_HOUSEHOLD}
        facts.update({key: _derived(value, "世帯の住所") for key, value in shared.items()})
    return facts


def _derived(value: Value, label: str) -> Value:
    if isinstance(value, Unknown):
        return value
    return Known(value.value, Origin(Source.DERIVED, label, value.origin.as_of))


def _head(seats: tuple[Seat, ...]) -> Seat | None:
    """The household's head; a participant from elsewhere may head another household."""
    for seat in seats:
        codes = seat.record.facts.get("relationship_codes") if seat.record else None
        if seat.after and isinstance(codes, Known) and tuple(codes.value) == kinship.HEAD:
            return seat
    return None


def _at_home(seats: tuple[Seat, ...]) -> Seat | None:
    """Whose address is the household's: the head's, and anyone's where no head is set (世帯主未設定)."""
    return _head(seats) or next((seat for seat in seats if seat.after and seat.record), None)


def _groups(seats: tuple[Seat, ...], event: Event) -> dict[str, tuple[str, ...]]:
    head = _head(seats)
    groups: dict[str, tuple[str, ...]] = {
        "subjects": (),
        event.subject_role: (),
        "applicant": (),
        "mother": (),
        "father": (),
        "parents": (),
        "siblings": (),
        "spouse": (),
        "children": (),
        "outsider": (),
        "joined": (),
        "head": (head.key,) if head else (),
        "household.before": tuple(seat.key for seat in seats if seat.before),
        "household.after": tuple(seat.key for seat in seats if seat.after and not _stays(seat)),
        "remaining": tuple(seat.key for seat in seats if _stays(seat)),
        "participants": tuple(seat.key for seat in seats if seat.taking_part),
    }
    for seat in seats:
        for role in seat.roles:
            if not _stays(seat) or role == "applicant":
                groups[role] = (*groups.get(role, ()), seat.key)
    return groups


def _stays(seat: Seat) -> bool:
    """Whether this member of a household from which others move stays where they are."""
    return roles.MOVER in seat.roles and not seat.taking_part


def _label(seat: Seat, facts: Mapping[str, Value]) -> str:
    name = facts.get("name")
    called = f"{name.value}さん" if isinstance(name, Known) else ""
    role = next((ROLE_LABELS[role] for role in seat.roles if role in ROLE_LABELS), "")
    return role or called or "この方"


def _owners(
    seats: tuple[Seat, ...], home: Seat | None, vocabulary: Mapping[str, Fact]
) -> dict[tuple[str, str], UUID]:
    owners = {(seat.key, key): seat.ref for seat in seats if seat.ref for key in vocabulary}
    if home and home.ref:
        arrivals = [seat.key for seat in seats if seat.after and not seat.ref]
        for subject in (*arrivals, HOUSEHOLD):
            owners |= {(subject, key): home.ref for key in SHARED_BY_HOUSEHOLD}
    return owners


def _child_codes(seats: tuple[Seat, ...]) -> tuple[str, ...]:
    """The 続柄 codes of a child born to the seated parents; () where no parent's say which."""
    for seat in seats:
        codes = seat.record.facts.get("relationship_codes") if seat.record else None
        if seat.after and "parents" in seat.roles and isinstance(codes, Known):
            return kinship.codes_of_child(Member("", tuple(codes.value)))
    return ()
