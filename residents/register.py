"""Reading the register: people with their facts, each with its origin, many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import InvalidOperation
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.db.models import Max, Q
from django.utils import timezone

from residents import feed, household, names
from residents.facts import Known, Origin, Reason, Source, Unknown, Value
from residents.models import (
    Delivery,
    Holding,
    Identity,
    ManualProtection,
    Protection,
    Resident,
)

LIVING_HERE = "1"  # 住民状態 住登者


@dataclass(frozen=True, slots=True)
class ProtectionState:
    """A standing 支援措置 (区分 1 or 2). The end date ends nothing: `expired` only alerts.

    Where several stand, the one that ends last speaks.
    """

    kind: str
    starts_on: date | None
    ends_on: date | None
    expired: bool


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """One resident as the register knows them; nothing is masked yet, that is the door's work.

    `facts` has every key of `feed.facts()`; `categories` names each fact's category. `members` are
    the current 世帯員 in the standard order, the person included while living here.
    `household_protected`: someone else who lives in this household now stands under 支援措置.
    `gone_at`: since when the full export lacks this person.
    """

    ref: UUID
    number: str = field(repr=False)
    household_number: str = field(repr=False)
    state: str
    kind: str
    facts: Mapping[str, Value] = field(repr=False)
    categories: Mapping[str, str] = field(repr=False)
    members: tuple[UUID, ...]
    protection: ProtectionState | None = field(repr=False)
    household_protected: bool
    as_of: datetime | None
    gone_at: datetime | None

    @property
    def protected(self) -> bool:
        """Whether where this person lives must not be shown."""
        return self.protection is not None or self.household_protected


def read(refs: Collection[UUID], *, on: date | None = None) -> dict[UUID, RegisterPerson]:
    """The residents behind these refs, in five queries however many they are.

    A ref without a resident (住登外 with holdings only, or unknown) is absent from the answer.
    `on` is the day on which holdings count as held (今日 by default).
    """
    day = on or timezone.localdate()
    residents = {each.pk: each for each in Resident.objects.filter(pk__in=refs)}
    return build(residents, holdings(residents, day), day)


def build(
    residents: Mapping[UUID, Resident],
    held: Mapping[UUID, Mapping[str, Mapping[str, str]]],
    day: date,
) -> dict[UUID, RegisterPerson]:
    """These rows of the register as people, with the households and measures of now."""
    members = members_in({each.household_number for each in residents.values()})
    everyone = {*residents, *(each.ref for group in members.values() for each in group)}
    standing = _standing(everyone, day)
    origins = _origins()
    return {
        ref: _person(
            resident,
            _facts(resident, held.get(ref, {}), origins),
            members.get(resident.household_number, ()),
            standing,
            origins,
            day,
        )
        for ref, resident in residents.items()
    }


def household_refs(household_number: str) -> tuple[UUID, ...]:
    """The current 世帯員 of a household in the standard order; () when nobody lives there."""
    return tuple(each.ref for each in members_in({household_number}).get(household_number, ()))


def housemates(refs: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """For each resident of these the others who live in the same household now."""
    own = dict(Resident.objects.filter(pk__in=refs).values_list("pk", "household_number"))
    members = members_in(set(own.values()))
    return {
        ref: {each.ref for each in members.get(number, ())} - {ref} for ref, number in own.items()
    }


def numbers_of(refs: Collection[UUID]) -> list[str]:
    """The 宛名番号 of these refs."""
    return list(Identity.objects.filter(pk__in=refs).values_list("number", flat=True))


def ref_of(number: str) -> UUID | None:
    """The ref behind a 宛名番号, byte for byte; None when nobody has it."""
    return Identity.objects.filter(number=number).values_list("ref", flat=True).first()


def _person(
    resident: Resident,
    facts: dict[str, Value],
    members: tuple[household.Member, ...],
    standing: Mapping[UUID, ProtectionState],
    origins: Mapping[str, Origin],
    day: date,
) -> RegisterPerson:
    juki = origins.get(feed.REGISTER)
    return RegisterPerson(
        ref=resident.pk,
        number=resident.number,
        household_number=resident.household_number,
        state=resident.state,
        kind=resident.kind,
        facts=MappingProxyType(facts),
        categories=feed.categories(),
        members=tuple(each.ref for each in members),
        protection=standing.get(resident.pk),
        household_protected=any(
            each.ref in standing for each in members if each.ref != resident.pk
        ),
        as_of=juki.as_of if juki else None,
        gone_at=resident.gone_at,
    )


def members_in(numbers: Collection[str]) -> dict[str, tuple[household.Member, ...]]:
    """The current 世帯員 of these households by their number, in the standard order."""
    rows = Resident.objects.filter(
        household_number__in=[number for number in numbers if number],
        state=LIVING_HERE,
        gone_at__isnull=True,
    ).values_list("household_number", "pk", "number", "relationship_codes", "birth_earliest")
    grouped = defaultdict(list)
    for household_number, ref, number, codes, birth in rows:
        grouped[household_number].append(household.Member(ref, number, tuple(codes), birth))
    return {number: household.in_order(group) for number, group in grouped.items()}


def _standing(refs: Collection[UUID], day: date) -> dict[UUID, ProtectionState]:
    """What the core system sent and what was entered here, together; neither takes from the other."""
    sent = Protection.objects.filter(~Q(kind=Protection.Kind.ENDED) | Q(awaiting=True), pk__in=refs)
    entered = ManualProtection.objects.filter(identity__in=refs)
    columns = ("identity", "kind", "starts_on", "ends_on")
    found = sent.values_list(*columns).union(entered.values_list(*columns), all=True)
    # One without an end outlasts all others; it comes last, and the last one is kept.
    rows = sorted(found, key=lambda row: row[3] or date.max)
    return {
        ref: ProtectionState(kind, starts, ends, expired=ends is not None and ends < day)
        for ref, kind, starts, ends in rows
    }


def _origins() -> dict[str, Origin]:
    """For each feed that was ever applied: 台帳, its name and as of when its last delivery is."""
    applied = Delivery.objects.filter(state=Delivery.State.APPLIED).values_list("feed")
    latest = dict(applied.annotate(Max("as_of")))
    return {
        each.code: Origin(Source.REGISTER, each.name, latest[each.code])
        for each in feed.feeds().values()
        if each.code in latest
    }


def holdings(refs: Collection[UUID], day: date) -> Mapping[UUID, dict[str, dict[str, Any]]]:
    """{ref: {feed: row}} of what is held on that day; of several records the first by its key."""
    held: defaultdict[UUID, dict[str, dict[str, Any]]] = defaultdict(dict)
    rows = (
        Holding.objects.filter(identity_id__in=refs, gone_at__isnull=True, active=True)
        .filter(Q(active_from__isnull=True) | Q(active_from__lte=day))
        .filter(Q(active_until__isnull=True) | Q(active_until__gt=day))
        .order_by("record_key")
    )
    for ref, code, record in rows.values_list("identity_id", "feed", "record"):
        held[ref].setdefault(code, record)
    return held


def _facts(
    resident: Resident, held: Mapping[str, Mapping[str, str]], origins: Mapping[str, Origin]
) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for each in feed.feeds().values():
        row = resident.record if each.target == feed.Target.RESIDENT else held.get(each.code)
        facts.update(_facts_of(each, row, origins.get(each.code)))
    shown, juki = names.shown_name(resident.record), origins.get(feed.REGISTER)
    if shown and juki:
        facts["name"] = Known(shown, juki)
    return facts


def _facts_of(
    each: feed.Feed, row: Mapping[str, str] | None, origin: Origin | None
) -> Iterable[tuple[str, Value]]:
    if each.target == feed.Target.HOLDING:
        known = Known(row is not None, origin) if origin else Unknown(Reason.SOURCE_DOWN)
        yield f"holds.{each.code}", known
    for declared in each.facts:
        yield declared.fact.key, _value(declared, row, origin)


def _value(declared: feed.FeedFact, row: Mapping[str, str] | None, origin: Origin | None) -> Value:
    if origin is None:
        return Unknown(Reason.SOURCE_DOWN)
    try:
        value = declared.read(row) if row is not None else None
    except InvalidOperation:
        # The row keeps what stands there; it is no number to reckon with.
        value = None
    return Unknown(Reason.NOT_HELD) if value is None else Known(value, origin)
