"""An edition: one catalogue document under its digest, with what its situations come to.

Published or drafted alike; whatever is worked out for a digest is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from consent import door
from lifeevents import archive, catalogue_check, situations_check
from lifeevents.archive import ArchiveRefused
from lifeevents.changes import Changes, key_of
from lifeevents.entries import Catalogue
from lifeevents.rules.explain import explain
from lifeevents.rules.verdict import Tri
from lifeevents.situations_check import UnknownName
from residents.facts import Fact

Pair = tuple[str, str]
"""A procedure's code and the name of whom it is for."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A document and its digest; two editions of one digest are the same."""

    digest: str
    document: Mapping[str, Any] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one procedure comes to for one person of a situation."""

    verdict: Tri
    reasons: tuple[str, ...]
    deadline: date | None
    documents: tuple[str, ...]


def edition_of(document: Mapping[str, Any]) -> Edition:
    """The edition of a document."""
    return Edition(archive.digest(document), document)


@lru_cache(maxsize=16)
def catalogue(edition: Edition) -> Catalogue:
    """Its entries; raises ArchiveRefused."""
    return archive.read(edition.document)


@lru_cache(maxsize=16)
def vocabulary(edition: Edition) -> dict[str, Fact]:
    """Every fact its rules may name."""
    return catalogue(edition).vocabulary(door.vocabulary())


@lru_cache(maxsize=16)
def problems(edition: Edition) -> tuple[str, ...]:
    """Every mistake in it, in Japanese; with one it may not be published."""
    try:
        return tuple(catalogue_check.problems(catalogue(edition), door.vocabulary()))
    except ArchiveRefused as refused:
        return tuple(refused.mistakes)


def situations(
    edition: Edition, events: Iterable[str] | None = None
) -> dict[str, Mapping[str, Any]]:
    """Its situations by name, of all or of some events."""
    wanted = None if events is None else set(events)
    return {
        name: stated
        for name, stated in sorted(edition.document.get("situations", {}).items())
        if wanted is None or stated["event"] in wanted
    }


def failures(edition: Edition, name: str) -> tuple[str, ...]:
    """What one of its situations states and it does not propose, or the other way round."""
    return _played(edition, name, edition)[1]


def failing(edition: Edition) -> dict[str, tuple[str, ...]]:
    """The situations that are not as they state, each with what is wrong."""
    found = {name: failures(edition, name) for name in situations(edition)}
    return {name: wrong for name, wrong in found.items() if wrong}


def outcomes(edition: Edition, name: str, of: Edition | None = None) -> dict[Pair, Outcome]:
    """What each procedure comes to for the family of a situation (`of` another edition, if given).

    Empty where the family speaks of a fact or an event the edition does not have.
    """
    return _played(edition, name, of or edition)[0]


@lru_cache(maxsize=2048)
def _played(
    edition: Edition, name: str, of: Edition
) -> tuple[dict[Pair, Outcome], tuple[str, ...]]:
    """The outcomes and the failures of a situation, played once for both."""
    stated = of.document["situations"][name]
    try:
        played = situations_check.play(stated, catalogue(edition), door.vocabulary())
    except UnknownName as error:
        return {}, (situations_check.unknown(error),)
    found = {
        (each.procedure.code, played.names[each.subject]): Outcome(
            each.verdict.value,
            explain(each.verdict, played.situation.world),
            each.deadline,
            each.documents,
        )
        for each in played.proposed
    }
    return found, tuple(situations_check.differences(stated, played))


def aligned(edition: Edition) -> Changes:
    """The failing situations stated as the edition now proposes: whole sets, reasons and deadlines."""
    return {
        key_of("situations", name): _aligned(edition, name, edition.document["situations"][name])
        for name in failing(edition)
    }


def _aligned(edition: Edition, name: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    played = situations_check.play(stated, catalogue(edition), door.vocabulary())
    found = outcomes(edition, name)
    result = {**stated, "yes": _called(stated["yes"], played.called(Tri.YES))}
    unknown = _called(stated.get("unknown", ()), played.called(Tri.UNKNOWN))
    if unknown or "unknown" in stated:
        result["unknown"] = unknown
    if "asks" in stated:
        asked = {f"{fact}@{played.names[person]}" for fact, person in played.asked}
        result["asks"] = _called(stated["asks"], asked)
    if "because" in stated:
        result["because"] = dict(_reasons(stated["because"], found))
    if "deadlines" in stated:
        result["deadlines"] = dict(_deadlines(stated["deadlines"], found))
    return result


def _called(stated: Iterable[str], found: set[str]) -> list[str]:
    """The pairs found, in the words of the situation where it had some, the new ones last."""
    kept, left = [], set(found)
    for each in stated:
        meant = {pair for pair in found if each in (pair, pair.split("@")[0])}
        kept += [each] if meant else []
        left -= meant
    return [*kept, *sorted(left)]


def _reasons(stated: Mapping[str, str], found: Mapping[Pair, Outcome]) -> Iterable[tuple[str, str]]:
    for code, part in stated.items():
        told = [text for (each, _), o in found.items() if each == code for text in o.reasons]
        if told:
            yield code, part if any(part in text for text in told) else told[0]


def _deadlines(
    stated: Mapping[str, str], found: Mapping[Pair, Outcome]
) -> Iterable[tuple[str, str]]:
    for code in stated:
        days = {outcome.deadline for (each, _), outcome in found.items() if each == code}
        if len(days) == 1 and None not in days:
            yield code, f"{days.pop()}"
