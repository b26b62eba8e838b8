"""Records: what the door hands out of one person, as they are, shut, or as a household knew them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from consent.frozen import OF_FAMILY, View
from consent.protection import is_masked
from residents import feed
from residents.facts import Fact, Reason, Unknown, Value
from residents.register import RegisterPerson


@dataclass(frozen=True, slots=True)
class Record:
    """What one purpose may see of one resident; `members` are the refs of the household in order."""

    ref: UUID
    facts: Mapping[str, Value] = field(repr=False)
    categories: frozenset[str]
    members: tuple[UUID, ...]
    state: str
    protected: bool
    protection_expired: bool
    masked: bool


def as_it_was(ref: UUID, view: View, visible: frozenset[str]) -> Record:
    """A person as the 相手方's household knew them; whom staff are warned of."""
    categories = visible & OF_FAMILY
    return Record(
        ref=ref,
        facts=view.facts_of(ref, categories),
        categories=categories,
        members=view.members if "household" in categories else (),
        state=view.instead[ref].state,
        protected=True,
        protection_expired=False,
        masked=False,
    )


def shut(person: RegisterPerson, visible: frozenset[str]) -> Record:
    """A person of whom someone here may learn nothing: that they are held, and no fact."""
    return Record(
        ref=person.ref,
        facts={
            key: Unknown(Reason.PROTECTED if fact.category in visible else Reason.WITHHELD)
            for key, fact in feed.facts().items()
        },
        categories=visible,
        members=(),
        state=person.state,
        protected=True,
        protection_expired=person.protection is not None and person.protection.expired,
        masked=True,
    )


def of(
    person: RegisterPerson, visible: frozenset[str], view: View | None, *, masked: bool
) -> Record:
    """What these categories tell of a person, without what tells a place where they are masked."""
    facts = {
        key: _seen(person.facts.get(key), fact, visible, masked)
        for key, fact in feed.facts().items()
    }
    members = view.members_of(person) if view else person.members
    return Record(
        ref=person.ref,
        facts=facts,
        categories=visible,
        members=members if "household" in visible else (),
        state=person.state,
        protected=person.protected,
        protection_expired=person.protection is not None and person.protection.expired,
        masked=masked,
    )


def _seen(value: Value | None, fact: Fact, visible: frozenset[str], masked: bool) -> Value:
    if fact.category not in visible:
        return Unknown(Reason.WITHHELD)
    if masked and is_masked(fact.key):
        return Unknown(Reason.PROTECTED)
    return value or Unknown(Reason.NOT_HELD)
