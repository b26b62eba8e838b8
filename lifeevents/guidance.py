"""Guidance: what a life event asks of people who are only described, not looked up (pure).

Nobody is opened and nothing is kept. A register fact nobody stated is withheld, so that it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from consent.door import Record
from lifeevents import answering, asking, kinship, proposals, roles, situation
from lifeevents.asking import Ask
from lifeevents.entries import Catalogue, Event, Question
from lifeevents.proposals import Proposed
from lifeevents.rules.check import facts_read
from lifeevents.rules.nodes import Expr
from lifeevents.seating import Seat
from lifeevents.situation import Answers, Said, Situation
from residents.facts import Fact, FactType, Known, Of, Origin, Reason, Source, Unknown, Value

MOTHER, JOINED, MEMBER = "mother", "joined", "member"
AROUND = {
    roles.PARENT: (MOTHER, "father", "siblings", MEMBER),
    roles.MOVER: (JOINED, MEMBER),
    roles.DECEASED: ("spouse", "children", "parents", "siblings", MEMBER),
    roles.NOBODY: (JOINED,),
}
"""The roles around an event's subjects, by whom it starts from; the first found is the applicant.

"joined" is someone of the household that is moved into, "member" anyone else of the household; at a
move within the city, one who stays.
"""
ENTERED = (roles.PARENT, roles.NOBODY)
"""Where an event starts from one of these, its subjects are not in the register yet."""
FIRST_DAY, LAST_DAY = "1868-01-01", "2099-12-31"
TOLD = Origin(Source.DERIVED, "市内の世帯の方")
KINSHIP = "relationship"

Given = Mapping[tuple[str, str], Any]
"""{(subject, fact): raw value, or None for わからない}."""


@dataclass(frozen=True, slots=True)
class Described:
    """One person a program describes: an id of its own choice, and the role in the event."""

    id: str
    role: str


@dataclass(frozen=True, slots=True)
class Guidance:
    """What follows; `unused` are the facts given that no rule of the event reads, never looked at."""

    situation: Situation
    proposed: tuple[Proposed, ...]
    asks: tuple[Ask, ...]
    unused: tuple[tuple[str, str], ...]


def guide(
    event: Event,
    people: tuple[Described, ...],
    given: Given,
    *,
    on: date,
    catalogue: Catalogue,
    register: Mapping[str, Fact],
) -> Guidance:
    """Propose and ask for the people described; raises BadAnswers with a sentence for each mistake."""
    catalogue = catalogue.for_event(event.code)
    vocabulary = catalogue.vocabulary(register)
    seats = _seats(_complete(people, event), event, given, register)
    used = facts_used(event, catalogue, on)
    keys = frozenset(seat.key for seat in seats)
    answers = _Reading(keys, used, catalogue, vocabulary).all(given)
    now = situation.build(event, catalogue, seats, answers, on=on, vocabulary=vocabulary)
    proposed = proposals.propose(now, catalogue)
    asks = asking.open_questions(now, catalogue, proposed)
    return Guidance(
        now,
        proposed,
        tuple(each for each in asks if each.question.fact in used),
        tuple(pair for pair in given if pair[1] not in used),
    )


def roles_of(event: Event) -> tuple[str, ...]:
    """The roles people may be described in: the event's subjects first."""
    return (event.subject_role, *AROUND[event.starts_from])


def facts_used(event: Event, catalogue: Catalogue, on: date) -> frozenset[str]:
    """The facts some rule, document or deadline of the event reads, and what those derive from.

    続柄 is always among them: it says who is whose parent, child and spouse.
    """
    procedures = catalogue.procedures_of(event.code, on)
    rules: list[Expr] = [role.where for role in event.roles.values()]
    rules += [each.rule for each in procedures]
    rules += [d.when for each in procedures for d in each.documents if d.when is not None]
    waiting = {each.deadline.from_fact for each in procedures} - {""} | {KINSHIP}
    waiting = waiting.union(*(facts_read(rule) for rule in rules))
    used: set[str] = set()
    while waiting:
        key = waiting.pop()
        used.add(key)
        if key in catalogue.derived:
            waiting |= facts_read(catalogue.derived[key].rule) - used
    return frozenset(used)


def _complete(people: tuple[Described, ...], event: Event) -> tuple[Described, ...]:
    """The people described, with whom the event cannot be without: its subject, a newborn's mother."""
    named = {each.role for each in people}
    missing = [] if event.subject_role in named else [event.subject_role]
    if event.starts_from == roles.PARENT and not named & {MOTHER, "father"}:
        missing.append(MOTHER)
    free = _free_ids(people)
    return (*(Described(next(free), role) for role in missing), *people)


def _free_ids(people: tuple[Described, ...]) -> Iterator[str]:
    taken = {each.id for each in people}
    return (key for key in (f"n{place}" for place in count(1)) if key not in taken)


def _seats(
    people: tuple[Described, ...], event: Event, given: Given, register: Mapping[str, Fact]
) -> tuple[Seat, ...]:
    """A seat for each; where nobody described can stand at the counter, someone else does."""
    applicant = _applicant(people, event)
    stranger = () if applicant else (Seat(next(_free_ids(people)), ("outsider", "applicant")),)
    seats = (
        _seat(each, event, _unopened(each.id, given.get((each.id, KINSHIP)), register))
        for each in people
    )
    return (
        *(
            replace(seat, roles=(*seat.roles, "applicant"))
            if applicant and seat.key == applicant.id
            else seat
            for seat in seats
        ),
        *stranger,
    )


def _applicant(people: tuple[Described, ...], event: Event) -> Described | None:
    """A parent of the newborn, the first who moves, the nearest of the deceased."""
    standing = AROUND[event.starts_from]
    if event.starts_from in (roles.MOVER, roles.NOBODY):
        standing = (event.subject_role, *standing)
    found = (each for role in standing for each in people if each.role == role)
    return next(found, None)


def _seat(person: Described, event: Event, record: Record) -> Seat:
    arrives = person.role == event.subject_role and event.starts_from in ENTERED
    return Seat(
        key=person.id,
        roles=_roles(person.role, event),
        ref=None if arrives else record.ref,
        record=None if arrives else record,
        before=not arrives and (person.role, event.starts_from) != (JOINED, roles.MOVER),
        after=person.role != roles.DECEASED,
        taking_part=(person.role, event.starts_from) != (MEMBER, roles.MOVER),
    )


def _roles(role: str, event: Event) -> tuple[str, ...]:
    if role == event.subject_role:
        return ("subjects", role)
    if role == MEMBER:
        return ("subjects", roles.MOVER) if event.starts_from == roles.MOVER else ()
    return (
        ("parents", role) if event.starts_from == roles.PARENT and role != "siblings" else (role,)
    )


def _unopened(person: str, relationship: object, register: Mapping[str, Fact]) -> Record:
    """A record as the door would show it to someone who may see nothing of it, but for the 続柄 told.

    Its ref stands in for a resident's; nobody has it, and it goes no further.
    """
    codes = kinship.codes_of(relationship) if isinstance(relationship, str) else ()
    told: dict[str, Value] = {"resident_state": Known("1", TOLD)}
    if codes:
        told |= {
            "relationship_codes": Known(list(codes), TOLD),
            "is_head": Known(codes == kinship.HEAD, TOLD),
        }
    return Record(
        ref=uuid5(NAMESPACE_OID, person),
        facts={**dict.fromkeys(register, Unknown(Reason.WITHHELD)), **told},
        categories=frozenset(),
        members=(),
        state="1",
        protected=False,
        protection_expired=False,
        masked=False,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """What may be answered, and about whom."""

    people: frozenset[str]
    used: frozenset[str]
    catalogue: Catalogue
    vocabulary: Mapping[str, Fact]

    def all(self, given: Given) -> Answers:
        """Every answer a rule may read; raises BadAnswers naming all that cannot be taken."""
        answers, messages = {}, {}
        for (subject, fact), raw in given.items():
            try:
                question = self._question(subject, fact)
                if fact in self.used:
                    answers[subject, fact] = Said(_value(question, raw))
            except answering.Unreadable as problem:
                messages[subject, fact] = str(problem)
        if messages:
            raise answering.BadAnswers(messages)
        return answers

    def _question(self, subject: str, fact: str) -> Question:
        question = asking.question_for(fact, self.catalogue, self.vocabulary)
        if question is None:
            raise answering.Unreadable("この項目はありません。項目の一覧から選んでください。")
        owner = self.vocabulary[fact].of
        if subject not in (self.people if owner is Of.PERSON else {owner.value}):
            whose = "participants の方" if owner is Of.PERSON else f"「{owner.value}」"
            raise answering.Unreadable(f"この項目は、{whose}について答えてください。")
        return question


def _value(question: Question, raw: Any) -> Any:
    if raw is None:
        return None
    choices = tuple(str(choice.value) for choice in question.choices)
    value = answering.read(question.fact, question.type, raw, choices, question.max_length)
    if question.type is FactType.DATE and not FIRST_DAY <= value <= LAST_DAY:
        raise answering.Unreadable("1868年から2099年までの日付にしてください。")
    return value
