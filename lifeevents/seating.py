"""Seating: who of the household takes part in a bundle, and in which role."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from consent import door
from consent.actors import Actor
from consent.door import Record
from lifeevents import roles
from lifeevents.entries import Event
from lifeevents.kinship import Member
from lifeevents.models import Bundle, Participant
from residents.facts import Known

SELF, HOUSEHOLD, PROXY, OTHER = APPLICANTS = roles.APPLICANTS
OUTSIDER = "a1"
JOINED = ("joined",)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of a bundle: a resident by ref with the record opened, or a newcomer without."""

    key: str
    roles: tuple[str, ...]
    ref: UUID | None = None
    record: Record | None = field(default=None, repr=False)
    before: bool = False
    after: bool = False
    taking_part: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """Who comes together: the household's records, those of others, and who of them takes part."""

    records: Mapping[UUID, Record]
    elsewhere: Mapping[UUID, Record] = field(default_factory=dict)
    movers: frozenset[UUID] | None = None


def arrange(
    event: Event,
    company: Company,
    ref: UUID | None,
    *,
    applicant: str = SELF,
    newcomers: Iterable[str] = (),
    outsiders: Iterable[str] = (),
) -> tuple[Seat, ...]:
    """Seat a household at an event that starts from `ref`, newcomers first.

    出生: the newborns are outside the register; `ref` is a parent, the other parent and the siblings
    are those the 続柄 codes name; a resident elsewhere is the other parent. 転入: the newcomers move;
    `ref` is a member of the household they join, or None. 転居: `ref` moves, the others of the
    household as `movers` says (None: all); residents elsewhere are the household joined. おくやみ:
    `ref` has died; residents elsewhere are relatives. `outsiders` are keys for applicants outside
    the register.
    """
    records = company.records
    keys = {member: f"p{place}" for place, member in enumerate(records, start=1)}
    members = {
        keys[each]: Member(
            str(_value(record, "sex")), tuple(_value(record, "relationship_codes") or ())
        )
        for each, record in records.items()
    }
    given = roles.of_members(event.starts_from, members, keys[ref] if ref else "", applicant)
    arriving = _arriving(event, newcomers, applicant)
    standing = any("applicant" in held for held in (*given.values(), *arriving.values()))
    strangers = [*outsiders] or ([] if standing else [OUTSIDER])
    household = (
        Seat(
            key,
            tuple(given[key]),
            member,
            records[member],
            before=True,
            after="deceased" not in given[key],
            taking_part=company.movers is None or member in company.movers,
        )
        for member, key in keys.items()
    )
    apart = (
        _apart(event, f"p{place}", member, record)
        for place, (member, record) in enumerate(_others(company), start=len(keys) + 1)
    )
    return (
        *(Seat(key, tuple(held), after=True) for key, held in arriving.items()),
        *(Seat(key, ("outsider", "applicant")) for key in strangers),
        *household,
        *apart,
    )


def gather(
    event: Event, ref: UUID | None, others: Collection[UUID], *, engagement: UUID, by: Actor
) -> Company:
    """Open the household of `ref` and the others with it; at a move a whole household is joined.

    Others of the mover's own household are those who move along. Raises NotInRegister.
    """
    records = door.open_household(ref, engagement=engagement, by=by) if ref else {}
    apart = [each for each in others if each not in records]
    if event.starts_from not in (roles.MOVER, roles.NOBODY):
        return Company(records, door.open(apart, engagement=engagement, by=by) if apart else {})
    along = frozenset(others) & records.keys()
    elsewhere: dict[UUID, Record] = {}
    for each in apart:
        if each not in elsewhere:
            elsewhere |= door.open_household(each, engagement=engagement, by=by)
    moving = event.starts_from == roles.MOVER and along and ref
    return Company(records, elsewhere, along | {ref} if moving and ref else None)


def seat(
    bundle: Bundle,
    event: Event,
    ref: UUID | None,
    *,
    applicant: str,
    by: Actor,
    newcomers: Iterable[str] = (),
    outsiders: Iterable[str] = (),
    elsewhere: Collection[UUID] = (),
) -> None:
    """Open the household and write its participants once; seating a seated bundle changes nothing."""
    if bundle.participants.exists():
        return
    company = gather(event, ref, elsewhere, engagement=bundle.engagement, by=by)
    seats = arrange(
        event, company, ref, applicant=applicant, newcomers=newcomers, outsiders=outsiders
    )
    with transaction.atomic():
        Bundle.objects.select_for_update().get(pk=bundle.pk)
        if not bundle.participants.exists():
            Participant.objects.bulk_create(
                Participant(
                    bundle=bundle,
                    key=each.key,
                    ref=each.ref,
                    roles=list(each.roles),
                    before=each.before,
                    after=each.after,
                    taking_part=each.taking_part,
                    order=place,
                )
                for place, each in enumerate(seats)
            )


def seats_of(bundle: Bundle, *, by: Actor) -> tuple[Seat, ...]:
    """The seats of a started bundle with their records as the door shows them now (one call)."""
    participants = list(bundle.participants.all())
    refs = [each.ref for each in participants if each.ref]
    return taken(participants, door.open(refs, engagement=bundle.engagement, by=by))


def taken(participants: Iterable[Participant], records: Mapping[UUID, Record]) -> tuple[Seat, ...]:
    """The seats of these participants with the records the door has opened (pure)."""
    return tuple(
        Seat(
            each.key,
            tuple(each.roles),
            each.ref,
            records.get(each.ref) if each.ref else None,
            each.before,
            each.after,
            each.taking_part,
        )
        for each in participants
    )


def _arriving(event: Event, newcomers: Iterable[str], applicant: str) -> dict[str, list[str]]:
    """The newcomers' roles; at 転入 the first of them stands here."""
    arriving = {key: ["subjects", event.subject_role] for key in newcomers}
    if event.starts_from == roles.NOBODY and arriving and applicant in (SELF, HOUSEHOLD):
        next(iter(arriving.values())).append("applicant")
    return arriving


def _others(company: Company) -> list[tuple[UUID, Record]]:
    return [item for item in company.elsewhere.items() if item[0] not in company.records]


def _apart(event: Event, key: str, ref: UUID, record: Record) -> Seat:
    """Someone of another household: 出生 the other parent, おくやみ a relative, else who is joined."""
    if event.starts_from == roles.PARENT:
        return Seat(key, ("parents", roles.parent_role(_value(record, "sex"))), ref, record)
    if event.starts_from == roles.DECEASED:
        return Seat(key, ("relatives",), ref, record)
    return Seat(key, JOINED, ref, record, after=True)


def _value(record: Record, key: str) -> Any:
    value = record.facts.get(key)
    return value.value if isinstance(value, Known) else None
