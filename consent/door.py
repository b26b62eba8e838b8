"""The door: the only way data leaves the register.

Every call names who asks (`by`) and, but for search, the engagement it stands on. The gates are written
out below, in order: engagement, purpose, permission, consent or law, protection. Read and log line are
one durable transaction (design: I1); what may not be seen comes back as Unknown with its reason (I2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from consent import engagements, frozen, log, records, searching
from consent.actors import Actor, seen_by
from consent.adverse import hidden_from
from consent.engagements import NotInEngagement as NotInEngagement
from consent.frozen import OF_FAMILY, View
from consent.models import AccessEntry, Account, Engagement
from consent.passage import passage
from consent.records import Record as Record
from residents import feed, register
from residents import search as register_search
from residents.facts import Fact
from residents.search import Found as Found
from residents.search import Hit as Hit


class NotInRegister(Exception):
    """Nobody of this ref stands in the register: only holdings do, or the row was taken back."""


class MayNotSearch(Exception):
    """This account may not see the category basic, or is a resident's: it may not search."""


class CounterOnly(Exception):
    """This resident is served at the counter only; nothing tells why (支援措置, gone, 住登外)."""


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
        _refuse_strangers(refs, ground, by)
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
        _refuse_strangers([ref], ground, by)
        person = register.read([ref]).get(ref)
        if person is None:
            raise NotInRegister
        view = frozen.view(ground, by)
        members = (view.members_of(person) if view else person.members) or (ref,)
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
        _refuse_strangers(subjects, ground, by)
        visible = _visible(subjects, ground, by)
        people = register.read(list(subjects))
        shut, view = _hidden(subjects, people, ground, by)
        instead = view.instead if view else {}
        seen = {
            ref: frozenset() if ref in shut else visible[ref] & set(held)
            for ref, held in subjects.items()
        }
        log.record(action, seen, by=by, engagement=ground)
        return {
            ref: Sight(visible[ref] & OF_FAMILY & {*subjects[ref]}, masked=False)
            if ref in instead
            else Sight(categories, _is_masked(ref, people.get(ref), ground, view))
            for ref, categories in seen.items()
        }


def search(query: str, *, by: Actor, search_id: UUID) -> Found:
    """Find people by what a clerk types: minimal fields, flags, never a protected person's place.

    Writes one AccessEntry with a subject row for each hit not yet logged under `search_id`. Whoever
    searches too much finds nobody and is told why. Raises MayNotSearch.
    """
    with passage():
        _refuse_searching(by)
        refused, before = searching.refusal(by, search_id)
        if refused:
            return Found((), more=False, hint=refused)
        found = register_search.find(query)
        hits = tuple(replace(hit, town=None) if hit.protected else hit for hit in found.hits)
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
        if hit is None or not hit.protected:
            return hit
        return replace(hit, town=None, protection_expired=_has_expired(ref))


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


def _refuse_strangers(refs: Iterable[UUID], ground: Engagement, by: Actor) -> None:
    """A resident opens their own household only, and none that stands under 支援措置.

    But where they, or who lives with them, are the 相手方, nothing tells of the measure: the household
    is opened as it was. Raises NotInEngagement or CounterOnly.
    """
    if by.kind != Account.Kind.RESIDENT:
        return
    own = Account.objects.get(pk=by.account_id).ref
    person = register.read([own]).get(own) if own else None
    if person is None or person.protection or person.ref not in person.members:
        raise CounterOnly
    members, view = person.members, None
    if person.household_protected or not set(refs) <= set(members):
        view = frozen.view(ground, by)
    if person.household_protected and not (view and view.unmasks(person)):
        raise CounterOnly
    if not set(refs) <= set(view.members_of(person) if view else members):
        raise NotInEngagement


def _has_expired(ref: UUID) -> bool:
    """Whether the period of a measure that masks this person has passed; it stands all the same."""
    people = register.read([ref, *register.housemates([ref]).get(ref, ())])
    return any(each.protection is not None and each.protection.expired for each in people.values())


def _is_masked(
    ref: UUID, person: register.RegisterPerson | None, ground: Engagement, view: View | None
) -> bool:
    """Someone the register no longer has may still be protected, so they count as protected."""
    if ref in ground.revealed or (person and view and view.unmasks(person)):
        return False
    return person is None or person.protected


def _hidden(
    refs: Collection[UUID],
    people: Mapping[UUID, register.RegisterPerson],
    ground: Engagement,
    by: Actor,
) -> tuple[frozenset[UUID], View | None]:
    """Of whom nothing of today may be seen here, and what is seen instead of them, if anything."""
    if all(ref in people and not people[ref].protected for ref in refs):
        return frozenset(), None
    shut = hidden_from(ground, _protected(refs, people), by=by)
    return shut, frozen.view(ground, by)


def _records(refs: Collection[UUID], ground: Engagement, by: Actor) -> dict[UUID, Record]:
    people = register.read(refs)
    visible = _visible(refs, ground, by)
    shut, view = _hidden(refs, people, ground, by)
    instead = view.instead if view else {}
    seen = {ref: () if ref in shut else visible[ref] for ref in refs if ref in people}
    log.record(AccessEntry.Action.OPEN, seen, by=by, engagement=ground)
    found = {}
    for ref in refs:
        if view and ref in instead:
            found[ref] = records.as_it_was(ref, view, visible[ref])
        elif ref in people and ref in shut:
            found[ref] = records.shut(people[ref], visible[ref])
        elif ref in people:
            masked = _is_masked(ref, people[ref], ground, view)
            found[ref] = records.of(people[ref], visible[ref], view, masked=masked)
    return found


def _protected(refs: Iterable[UUID], people: Mapping[UUID, register.RegisterPerson]) -> list[UUID]:
    """Those who stand under a measure themselves, and those the register no longer has."""
    return [ref for ref in refs if ref not in people or people[ref].protection is not None]
