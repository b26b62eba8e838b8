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
from lifeevents import kinship
from lifeevents.entries import Event
from lifeevents.kinship import Member
from lifeevents.models import Bundle, Participant
from residents.facts import Known

SELF, HOUSEHOLD, PROXY, OTHER = APPLICANTS = ("self", "household", "proxy", "other")


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


def arrange(
    event: Event,
    records: Mapping[UUID, Record],
    ref: UUID,
    *,
    applicant: str = SELF,
    newcomers: Iterable[str] = ("n1",),
    elsewhere: Mapping[UUID, Record] | None = None,
) -> tuple[Seat, ...]:
    """Seat a household at an event that starts from `ref`, newcomers first.

    出生: the newborns are outside the register; `ref` is a parent, the other parent and the siblings
    are those the 続柄 codes name. A resident `elsewhere` is the other parent, of another household.
    """
    keys = {member: f"p{place}" for place, member in enumerate(records, start=1)}
    roles = _roles({keys[r]: record for r, record in records.items()}, keys[ref], applicant)
    others = {each: record for each, record in (elsewhere or {}).items() if each not in records}
    arrivals = [Seat(key, ("subjects", event.subject_role), after=True) for key in newcomers]
    if applicant in (PROXY, OTHER):
        arrivals.append(Seat("a1", ("applicant",)))
    household = (
        Seat(key, tuple(roles[key]), member, records[member], before=True, after=True)
        for member, key in keys.items()
    )
    apart = (
        Seat(f"p{place}", ("parents", _parent_role(_value(record, "sex"))), member, record)
        for place, (member, record) in enumerate(others.items(), start=len(keys) + 1)
    )
    return (*arrivals, *household, *apart)


def seat(
    bundle: Bundle,
    event: Event,
    ref: UUID,
    *,
    applicant: str,
    by: Actor,
    newcomers: Iterable[str],
    elsewhere: Collection[UUID],
) -> None:
    """Open the household and write its participants once; seating a seated bundle changes nothing."""
    if bundle.participants.exists():
        return
    records = door.open_household(ref, engagement=bundle.engagement, by=by)
    apart = door.open(elsewhere, engagement=bundle.engagement, by=by) if elsewhere else {}
    seats = arrange(event, records, ref, applicant=applicant, newcomers=newcomers, elsewhere=apart)
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
                    order=place,
                )
                for place, each in enumerate(seats)
            )


def seats_of(bundle: Bundle, *, by: Actor) -> tuple[Seat, ...]:
    """The seats of a started bundle with their records as the door shows them now (one call)."""
    participants = list(bundle.participants.all())
    refs = [each.ref for each in participants if each.ref]
    records = door.open(refs, engagement=bundle.engagement, by=by)
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


def _roles(records: Mapping[str, Record], start: str, applicant: str) -> dict[str, list[str]]:
    members = {
        key: Member(str(_value(record, "sex")), tuple(_value(record, "relationship_codes") or ()))
        for key, record in records.items()
    }
    spouse = kinship.spouse_of(start, members)
    parents = [start, *([spouse] if spouse else [])]
    roles: dict[str, list[str]] = {key: [] for key in records}
    for parent in parents:
        roles[parent] += ["parents", _parent_role(members[parent].sex)]
    siblings = {child for parent in parents for child in kinship.children_of(parent, members)}
    for child in siblings:
        roles[child].append("siblings")
    if applicant in (SELF, HOUSEHOLD):
        roles[_applicant(applicant, start, spouse, members)].append("applicant")
    return roles


def _applicant(
    applicant: str, start: str, spouse: str | None, members: Mapping[str, Member]
) -> str:
    """本人 is the parent the event starts from; 同一世帯 is the other parent, else the head."""
    if applicant == SELF:
        return start
    head = next((key for key, member in members.items() if member.codes == kinship.HEAD), None)
    return spouse or head or start


def _parent_role(sex: object) -> str:
    return "mother" if sex == "2" else "father"


def _value(record: Record, key: str) -> Any:
    value = record.facts.get(key)
    return value.value if isinstance(value, Known) else None
