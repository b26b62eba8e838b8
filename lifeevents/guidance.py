"""Guidance: what a life event asks of people who are only described, not looked up (pure).

Nobody is opened and nothing is kept. A register fact nobody stated is withheld, so that it is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from consent.door import Record
from lifeevents import answering, asking, proposals, situation
from lifeevents.asking import Ask
from lifeevents.entries import Catalogue, Event, Question
from lifeevents.proposals import Proposed
from lifeevents.rules.check import facts_read
from lifeevents.rules.nodes import Expr
from lifeevents.seating import Seat
from lifeevents.situation import Answers, Said, Situation
from residents.facts import Fact, FactType, Known, Of, Origin, Reason, Source, Unknown, Value

NEWBORN, MOTHER, MEMBER = "newborn", "mother", "member"
PARENTS = (MOTHER, "father")
AROUND = (*PARENTS, "siblings", "spouse", "children", "parents", MEMBER)
"""The roles of people around the subject; "member" is anyone else of the household."""
FIRST_DAY, LAST_DAY = "1868-01-01", "2099-12-31"
NOBODY = UUID(int=0)
LIVING_HERE = Known("1", Origin(Source.DERIVED, "市内の世帯の方"))

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
    vocabulary = catalogue.vocabulary(register)
    seats = tuple(_seat(each, event, register) for each in _complete(people, event))
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
    return tuple(dict.fromkeys((event.subject_role, *AROUND)))


def facts_used(event: Event, catalogue: Catalogue, on: date) -> frozenset[str]:
    """The facts some rule, document or deadline of the event reads, and what those derive from."""
    procedures = catalogue.procedures_of(event.code, on)
    rules: list[Expr] = [role.where for role in event.roles.values()]
    rules += [each.rule for each in procedures]
    rules += [d.when for each in procedures for d in each.documents if d.when is not None]
    waiting = {each.deadline.from_fact for each in procedures} - {""}
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
    named, taken = {each.role for each in people}, {each.id for each in people}
    missing = [] if event.subject_role in named else [event.subject_role]
    if event.subject_role == NEWBORN and not named & set(PARENTS):
        missing.append(MOTHER)
    free = (key for key in (f"n{place}" for place in count(1)) if key not in taken)
    return (*(Described(next(free), role) for role in missing), *people)


def _seat(person: Described, event: Event, register: Mapping[str, Fact]) -> Seat:
    is_subject = person.role == event.subject_role
    arrives = is_subject and person.role == NEWBORN
    return Seat(
        key=person.id,
        roles=_roles(person.role, is_subject),
        record=None if arrives else _unopened(register),
        before=not arrives,
        after=True,
    )


def _roles(role: str, is_subject: bool) -> tuple[str, ...]:
    if is_subject:
        return ("subjects", role)
    if role in PARENTS:
        return ("parents", role)
    return () if role == MEMBER else (role,)


def _unopened(register: Mapping[str, Fact]) -> Record:
    """A record as the door would show it to someone who may see nothing of it."""
    facts: dict[str, Value] = dict.fromkeys(register, Unknown(Reason.WITHHELD))
    return Record(
        ref=NOBODY,
        facts={**facts, "resident_state": LIVING_HERE},
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
