"""Situations: invented families with everything a life event must propose for them, and nothing else.

A situation states the whole set of what is needed and of what is not yet decided; whatever is missing
from it or too much fails. People are called by the names the situation gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from consent.door import Record
from consent.protection import is_masked
from lifeevents import answering, asking, kinship, proposals, seating, situation
from lifeevents.entries import Catalogue
from lifeevents.proposals import Proposed
from lifeevents.rules.explain import explain
from lifeevents.rules.verdict import Tri
from lifeevents.seating import Company
from lifeevents.situation import BUNDLE, HOUSEHOLD, Said, Situation
from residents.facts import Fact, FactType, Known, Origin, Reason, Source, Unknown, Value

Stated = Mapping[str, Any]
NOT_FACTS = frozenset({"id", "holds", "protected"})
USUAL = {"resident_state": "1", "resident_kind": "1", "moved_in_on": "2015-04-01"}
HEAD = list(kinship.HEAD)
REGISTER = Origin(Source.REGISTER, "事例")


class UnknownName(Exception):
    """A situation names an event, a fact or a person that is not there."""


@dataclass(frozen=True, slots=True)
class Played:
    """A situation as the engine sees it: people's own names by seat, proposals, and open questions."""

    situation: Situation
    names: Mapping[str, str]
    proposed: tuple[Proposed, ...]
    asked: tuple[tuple[str, str], ...]

    def called(self, verdict: Tri) -> set[str]:
        """The `procedure@person` pairs with this verdict."""
        pairs = (p for p in self.proposed if p.verdict.value is verdict)
        return {f"{p.procedure.code}@{self.names[p.subject]}" for p in pairs}


def check_all(catalogue: Catalogue, register: Mapping[str, Fact]) -> dict[str, list[str]]:
    """Every situation's name with what is wrong; an empty list where all is as stated."""
    return {
        name: failures(stated, catalogue, register) for name, stated in catalogue.situations.items()
    }


def failures(stated: Stated, catalogue: Catalogue, register: Mapping[str, Fact]) -> list[str]:
    """What one situation states and the engine does not do, or the other way round."""
    try:
        played = play(stated, catalogue, register)
    except UnknownName as error:
        return [unknown(error)]
    return list(differences(stated, played))


def unknown(error: UnknownName) -> str:
    """That a situation could not be played, in words."""
    return f"「{error}」というライフイベント、項目または人はありません。"


def differences(stated: Stated, played: Played) -> Iterator[str]:
    """What a situation states and does not come to, or the other way round."""
    yield from _compare("必要な手続", stated["yes"], played.called(Tri.YES))
    yield from _compare("未確定の手続", stated.get("unknown", ()), played.called(Tri.UNKNOWN))
    if "asks" in stated:
        asked = {f"{fact}@{played.names[person]}" for fact, person in played.asked}
        yield from _compare("質問", stated["asks"], asked)
    yield from _wrong_reasons(stated.get("because", {}), played)
    yield from _wrong_deadlines(stated.get("deadlines", {}), played)


def play(stated: Stated, catalogue: Catalogue, register: Mapping[str, Fact]) -> Played:
    """Seat a situation's people and let the engine propose; raises UnknownName."""
    vocabulary = catalogue.vocabulary(register)
    _refuse_unknown(stated, catalogue, vocabulary)
    event = catalogue.events[stated["event"]]
    catalogue = catalogue.for_event(event.code)
    vocabulary = catalogue.vocabulary(register)
    withheld = frozenset(stated.get("withheld", ()))
    household = _records(stated["household"], vocabulary, withheld)
    elsewhere = _records(stated.get("elsewhere", ()), vocabulary, withheld)
    newcomers = [person["id"] for person in stated.get("newcomers", ())]
    keys = [f"n{place}" for place in range(1, len(newcomers) + 1)]
    people = [person["id"] for person in (*stated["household"], *stated.get("elsewhere", ()))]
    names = dict(zip(keys, newcomers, strict=True)) | {
        f"p{place}": name for place, name in enumerate(people, start=1)
    }
    movers = frozenset(_ref(name) for name in stated["movers"]) if "movers" in stated else None
    seats = seating.arrange(
        event,
        Company(household, elsewhere, movers),
        _ref(stated["start"]) if "start" in stated else None,
        applicant=stated.get("applicant", "self"),
        newcomers=keys,
    )
    names |= {seat.key: "届出人" for seat in seats if "outsider" in seat.roles}
    names |= {BUNDLE: BUNDLE, HOUSEHOLD: HOUSEHOLD}
    built = situation.build(
        event,
        catalogue,
        seats,
        _answers(stated, names),
        on=date.fromisoformat(stated["on"]),
        vocabulary=vocabulary,
    )
    proposed = proposals.propose(built, catalogue)
    cards = event.asks.values()
    asked = tuple(
        (each.question.fact, each.subject)
        for each in asking.open_questions(built, catalogue, proposed)
        if each.question.card not in cards
    )
    return Played(built, names, proposed, asked)


def _refuse_unknown(stated: Stated, catalogue: Catalogue, vocabulary: Mapping[str, Fact]) -> None:
    household, arriving = stated["household"], stated.get("newcomers", ())
    people = [*household, *stated.get("elsewhere", ()), *arriving]
    said = stated.get("answers", {})
    facts = {key for person in (*people, *said.values()) for key in person} - NOT_FACTS
    systems = {f"holds.{system}" for person in people for system in person.get("holds", ())}
    owners = {person["id"] for person in people} | {BUNDLE, HOUSEHOLD, "届出人"}
    named = (
        ({stated["event"]}, catalogue.events),
        (facts | systems, vocabulary),
        (said.keys(), owners),
        ({stated["start"]} if "start" in stated else (), [each["id"] for each in household]),
    )
    for names, known in named:
        for name in sorted(set(names) - set(known)):
            raise UnknownName(name)


def _records(
    people: Any, vocabulary: Mapping[str, Fact], withheld: frozenset[str]
) -> dict[UUID, Record]:
    refs = tuple(_ref(person["id"]) for person in people)
    shields = {person.get("protected", False) for person in people}
    blank = {
        shield: {key: _value(None, fact, withheld, shield) for key, fact in vocabulary.items()}
        for shield in shields
    }
    return {
        ref: Record(
            ref=ref,
            facts=blank[person.get("protected", False)] | _facts(person, vocabulary, withheld),
            categories=frozenset(fact.category for fact in vocabulary.values()) - withheld,
            members=refs,
            state="1",
            protected=person.get("protected", False),
            protection_expired=False,
            masked=person.get("protected", False),
        )
        for ref, person in zip(refs, people, strict=True)
    }


def _facts(
    person: Stated, vocabulary: Mapping[str, Fact], withheld: frozenset[str]
) -> dict[str, Value]:
    given = {**USUAL, "name": person["id"], "is_head": person.get("relationship_codes") == HEAD}
    given |= {key: value for key, value in person.items() if key not in NOT_FACTS}
    given |= {f"holds.{system}": True for system in person.get("holds", ())}
    return {
        key: _value(value, vocabulary[key], withheld, person.get("protected", False))
        for key, value in given.items()
        if key in vocabulary
    }


def _value(given: Any, fact: Fact, withheld: frozenset[str], protected: bool) -> Value:
    if fact.category in withheld:
        return Unknown(Reason.WITHHELD)
    if protected and is_masked(fact.key):
        return Unknown(Reason.PROTECTED)
    if given is None and fact.type is FactType.BOOL and fact.key.startswith("holds."):
        return Known(False, REGISTER)
    if given is None:
        return Unknown(Reason.NOT_HELD)
    return Known(answering.revive(fact.type, given), REGISTER)


def _answers(stated: Stated, names: Mapping[str, str]) -> dict[tuple[str, str], Said]:
    """What people said, {person: {fact: value}}, with the newcomers' own facts; "" is わからない."""
    seats = {name: seat for seat, name in names.items()}
    said = {
        (seats[person["id"]], fact): Said(value)
        for person in stated.get("newcomers", ())
        for fact, value in person.items()
        if fact != "id"
    }
    for name, facts in stated.get("answers", {}).items():
        said |= {
            (seats[name], fact): Said(None if value == "" else value)
            for fact, value in facts.items()
        }
    return said


def _ref(name: str) -> UUID:
    return uuid5(NAMESPACE_OID, name)


def _compare(what: str, stated: Any, found: set[str]) -> Iterator[str]:
    """A stated `code` stands for that code of everyone, `code@person` for one person's."""
    left = set(found)
    for each in stated:
        meant = {pair for pair in found if each in (pair, pair.split("@")[0])}
        if not meant:
            yield f"{what}に {each} がありません。"
        left -= meant
    for each in sorted(left):
        yield f"{what}に {each} が余分にあります。"


def _wrong_reasons(stated: Mapping[str, str], played: Played) -> Iterator[str]:
    for code, part in stated.items():
        told = [
            sentence
            for each in played.proposed
            if each.procedure.code == code
            for sentence in explain(each.verdict, played.situation.world)
        ]
        if not any(part in sentence for sentence in told):
            yield f"{code}の理由に「{part}」がありません（{'、'.join(told)}）。"


def _wrong_deadlines(stated: Mapping[str, str], played: Played) -> Iterator[str]:
    for code, day in stated.items():
        needed = [p for p in played.proposed if p.verdict.value is not Tri.NO]
        found = {p.deadline for p in needed if p.procedure.code == code}
        if found != {date.fromisoformat(day)}:
            shown = "、".join(map(str, found)) or "手続なし"
            yield f"{code}の期限が{day}ではありません（{shown}）。"
