"""The door: the only way data leaves the register.

Every call names who asks (`by`) and, but for search, the engagement it stands on. The gates are written
out below, in order: engagement, purpose, permission, consent or law, protection. Read and log line are
one durable transaction (design: I1); what may not be seen comes back as Unknown with its reason (I2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from consent import engagements, log, searching
from consent.actors import Actor, seen_by
from consent.adverse import hidden_from
from consent.engagements import NotInEngagement as NotInEngagement
from consent.models import AccessEntry, Account, Engagement
from consent.passage import passage
from consent.protection import is_masked
from residents import feed, register
from residents import search as register_search
from residents.facts import Fact, Reason, Unknown, Value
from residents.search import Found as Found
from residents.search import Hit as Hit

OF_FAMILY = frozenset({"basic", "household", "insurance", "child", "school"})
"""What a resident may see of the others in the household; the rest is asked, or seen at the counter."""


class NotInRegister(Exception):
    """Nobody of this ref stands in the register: only holdings do, or the row was taken back."""


class MayNotSearch(Exception):
    """This account may not see the category basic, or is a resident's: it may not search."""


class CounterOnly(Exception):
    """This resident is served at the counter only; nothing tells why (支援措置, gone, 住登外)."""


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


@dataclass(frozen=True, slots=True)
class Sight:
    """What today's gates allow of one person in a stored snapshot."""

    categories: frozenset[str]
    masked: bool


def vocabulary() -> Mapping[str, Fact]:
    """Every fact the register can supply, by key; no personal data."""
    return feed.facts()


def open(refs: Collection[UUID], *, engagement: UUID, by: Actor) -> dict[UUID, Record]:
    """Open these people's records for the engagement's purpose; one AccessEntry with a row per ref.

    Raises EngagementClosed or NotInEngagement.
    """
    return enter(refs, engagement=engagement, by=by)[0]


def enter(
    refs: Collection[UUID], *, engagement: UUID, by: Actor
) -> tuple[dict[UUID, Record], Engagement]:
    """As `open`, and the engagement they were opened for, as it stood then."""
    with passage():
        ground = engagements.standing(engagement, by)
        if not set(refs) <= set(ground.refs):
            raise NotInEngagement
        _refuse_strangers(refs, by)
        return _records(refs, ground, by), ground


def open_household(ref: UUID, *, engagement: UUID, by: Actor) -> dict[UUID, Record]:
    """Open one person of the engagement and everyone in the same household (世帯員), in order.

    The members join the engagement's people. Raises EngagementClosed, NotInEngagement or
    NotInRegister.
    """
    with passage():
        ground = engagements.standing(engagement, by)
        if ref not in ground.refs:
            raise NotInEngagement
        _refuse_strangers([ref], by)
        person = register.read([ref]).get(ref)
        if person is None:
            raise NotInRegister
        members = person.members or (ref,)
        joined = [member for member in members if member not in ground.refs]
        if joined:
            ground.refs = [*ground.refs, *joined]
            ground.save(update_fields=["refs"])
        return _records(members if ref in members else (ref, *members), ground, by)


def look(
    subjects: Mapping[UUID, Collection[str]],
    *,
    engagement: UUID,
    by: Actor,
    action: AccessEntry.Action = AccessEntry.Action.LOOK,
) -> dict[UUID, Sight]:
    """Permission, protection and log for a stored snapshot holding {ref: categories} of register data."""
    with passage():
        ground = engagements.standing(engagement, by)
        if not set(subjects) <= set(ground.refs):
            raise NotInEngagement
        _refuse_strangers(subjects, by)
        visible = _visible(subjects, ground, by)
        people = register.read(list(subjects))
        shut = hidden_from(ground, _protected(subjects, people))
        seen = {
            ref: frozenset() if ref in shut else visible[ref] & set(held)
            for ref, held in subjects.items()
        }
        log.record(action, seen, by=by, engagement=ground)
        return {
            ref: Sight(categories, _is_masked(ref, people.get(ref), ground))
            for ref, categories in seen.items()
        }


def search(query: str, *, by: Actor, search_id: UUID) -> Found:
    """Find people by what a clerk types: minimal fields, flags, never a protected person's place.

    Writes one AccessEntry with a subject row for each hit not yet logged under `search_id`. Whoever
    searches too much finds nobody and is told why. Raises MayNotSearch.
    """
    with passage():
        _refuse_searching(by)
        if refused := searching.refusal(by, search_id):
            return Found((), more=False, hint=refused)
        found = register_search.find(query)
        hits = tuple(replace(hit, town=None) if hit.protected else hit for hit in found.hits)
        before = log.shown_under(search_id)
        log.record(
            AccessEntry.Action.SEARCH,
            {hit.ref: ["basic"] for hit in hits if hit.ref not in before},
            by=by,
            search_id=search_id,
            found_by=found.by,
        )
        return replace(found, hits=hits)


def glance(ref: UUID, *, by: Actor, search_id: UUID) -> Hit | None:
    """One hit of a search again, for the page that asks what brought the person; logged as the search."""
    with passage():
        _refuse_searching(by)
        hit = register_search.hit(ref)
        if hit and ref not in log.shown_under(search_id):
            log.record(AccessEntry.Action.SEARCH, {ref: ["basic"]}, by=by, search_id=search_id)
        return replace(hit, town=None) if hit and hit.protected else hit


def find_number(number: str, *, by: Actor) -> UUID | None:
    """The ref of the resident with a 宛名番号 (typed to a command, scanned); None when there is none."""
    with passage():
        _refuse_searching(by)
        found = register.ref_of(number)
        ref = found if found in register.read([found] if found else []) else None
        log.record(
            AccessEntry.Action.SEARCH, {ref: ["basic"]} if ref else {}, by=by, found_by="number"
        )
        return ref


def permitted(by: Actor) -> frozenset[str]:
    """The categories this account may see at all."""
    return frozenset(seen_by(by).values_list("code", flat=True))


def _visible(refs: Iterable[UUID], ground: Engagement, by: Actor) -> Mapping[UUID, frozenset[str]]:
    """What this actor may see of each person; a resident sees less of the family than of themself."""
    by_purpose = {*ground.purpose.by_law, *ground.agreed}
    whole = frozenset(by_purpose.intersection(ground.permitted))
    if by.kind != Account.Kind.RESIDENT:
        return dict.fromkeys(refs, whole)
    own = Account.objects.get(pk=by.account_id).ref
    return {ref: whole if ref == own else whole & OF_FAMILY for ref in refs}


def _refuse_searching(by: Actor) -> None:
    if by.kind == Account.Kind.RESIDENT or "basic" not in permitted(by):
        raise MayNotSearch


def _refuse_strangers(refs: Iterable[UUID], by: Actor) -> None:
    """A resident opens their own household only, and none that stands under 支援措置.

    Raises NotInEngagement or CounterOnly.
    """
    if by.kind != Account.Kind.RESIDENT:
        return
    own = Account.objects.get(pk=by.account_id).ref
    person = register.read([own]).get(own) if own else None
    if own is None or person is None or person.protected or own not in person.members:
        raise CounterOnly
    if not set(refs) <= set(person.members):
        raise NotInEngagement


def _is_masked(ref: UUID, person: register.RegisterPerson | None, ground: Engagement) -> bool:
    """Someone the register no longer has may still be protected, so they count as protected."""
    return (person is None or person.protected) and ref not in ground.revealed


def _records(refs: Collection[UUID], ground: Engagement, by: Actor) -> dict[UUID, Record]:
    people = register.read(refs)
    visible = _visible(people, ground, by)
    shut = hidden_from(ground, _protected(refs, people))
    seen = {ref: () if ref in shut else visible[ref] for ref in people}
    log.record(AccessEntry.Action.OPEN, seen, by=by, engagement=ground)
    return {
        ref: _shut(people[ref], visible[ref])
        if ref in shut
        else _record(people[ref], visible[ref], ground)
        for ref in refs
        if ref in people
    }


def _protected(refs: Iterable[UUID], people: Mapping[UUID, register.RegisterPerson]) -> list[UUID]:
    """Those who stand under a measure themselves, and those the register no longer has."""
    return [ref for ref in refs if ref not in people or people[ref].protection is not None]


def _shut(person: register.RegisterPerson, visible: frozenset[str]) -> Record:
    """A person of whom someone here may learn nothing: that they are held, and no fact."""
    return Record(
        ref=person.ref,
        facts={
            key: Unknown(Reason.PROTECTED if fact.category in visible else Reason.WITHHELD)
            for key, fact in vocabulary().items()
        },
        categories=visible,
        members=(),
        state=person.state,
        protected=True,
        protection_expired=person.protection is not None and person.protection.expired,
        masked=True,
    )


def _record(person: register.RegisterPerson, visible: frozenset[str], ground: Engagement) -> Record:
    masked = _is_masked(person.ref, person, ground)
    facts = {
        key: _seen(person.facts.get(key), fact, visible, masked)
        for key, fact in vocabulary().items()
    }
    return Record(
        ref=person.ref,
        facts=facts,
        categories=visible,
        members=person.members if "household" in visible else (),
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
