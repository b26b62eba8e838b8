"""Rows as they stood when a measure was entered: all that the 相手方's household sees of who flees (R2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from residents import feed, household, register
from residents.models import ManualProtection, Resident
from residents.register import RegisterPerson

_COLUMNS = ("number", "state", "kind", "relationship_codes")


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is to be kept of one person: the household, and rows as JSON."""

    household_number: str
    before: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Household:
    """A household as it is shown: `kept` are people as they were, each since when; `members` in order."""

    number: str
    kept: Mapping[UUID, RegisterPerson]
    since: Mapping[UUID, datetime]
    members: tuple[UUID, ...]


def to_keep(
    refs: Collection[UUID], against: Collection[UUID], categories: Collection[str]
) -> dict[UUID, Keeping]:
    """The rows now of whoever of `refs` lives in one household with one of `against`.

    Of what other systems hold only these categories. Whoever has left that household already is not
    among them: it sees nothing of them anyway, and what is new of them must not be kept for it.
    """
    numbers = dict(_living(refs).values_list("pk", "household_number"))
    shared = {*_living(against).values_list("household_number", flat=True)} - {""}
    together = [ref for ref, number in numbers.items() if number in shared]
    held = register.holdings(together, timezone.localdate())
    feeds = {code for code, each in feed.feeds().items() if each.category in categories}
    return {
        each.pk: Keeping(
            each.household_number,
            {
                **{name: getattr(each, name) for name in _COLUMNS},
                "birth_earliest": each.birth_earliest and each.birth_earliest.isoformat(),
                "record": each.record,
                "holdings": {code: row for code, row in held[each.pk].items() if code in feeds},
            },
        )
        for each in Resident.objects.filter(pk__in=together)
    }


def household_of(refs: Collection[UUID]) -> Household | None:
    """The one household these people live in now, with whom it knew; None where nobody is kept for it."""
    numbers = {*_living(refs).values_list("household_number", flat=True)}
    if len(numbers) != 1:
        return None
    (number,) = numbers
    rows: dict[UUID, tuple[Any, datetime]] = {}
    found = ManualProtection.objects.filter(household_number=number, before__isnull=False)
    for ref, before, at in found.order_by("entered_at", "pk").values_list(
        "identity", "before", "entered_at"
    ):
        rows.setdefault(ref, (before, at))
    if not number or not rows:
        return None
    people = {ref: _resident(ref, number, before) for ref, (before, _) in rows.items()}
    held = {ref: before["holdings"] for ref, (before, _) in rows.items()}
    built = register.build(people, held, timezone.localdate())
    members = _members(number, people.values())
    return Household(
        number,
        {ref: replace(person, members=members) for ref, person in built.items()},
        {ref: at for ref, (_, at) in rows.items()},
        members,
    )


def _living(refs: Collection[UUID]) -> Any:
    return Resident.objects.filter(pk__in=refs, state=register.LIVING_HERE, gone_at__isnull=True)


def _resident(ref: UUID, number: str, before: Mapping[str, Any]) -> Resident:
    """The row as it was; never saved."""
    columns = {name: before[name] for name in _COLUMNS}
    born = before["birth_earliest"]
    return Resident(
        identity_id=ref,
        household_number=number,
        birth_earliest=date.fromisoformat(born) if born else None,
        record=before["record"],
        **columns,
    )


def _members(number: str, kept: Collection[Resident]) -> tuple[UUID, ...]:
    """Who lives there now and who is kept, in the standard order; a kept one as they were."""
    members = {each.ref: each for each in register.members_in({number}).get(number, ())}
    for each in kept:
        codes = tuple(each.relationship_codes)
        members[each.pk] = household.Member(each.pk, each.number, codes, each.birth_earliest)
    return tuple(each.ref for each in household.in_order(members.values()))
