"""Rows that could not be taken in (取込不可), for who runs the import: through the door, masked, logged.

Gates: the role 運用担当; permission for the feed's category, without which only line, reason and 宛名番号
are told; protection, by which what can tell a place is left out. Someone the register does not have
counts as protected. Every read is one AccessEntry with a subject row for each person known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from consent import door, engagements, log
from consent.actors import Actor
from consent.models import AccessEntry, Account
from consent.passage import passage
from consent.protection import is_masked
from residents import feed, register
from residents.feed import Feed
from residents.models import Delivery, Identity, Rejection

PURPOSE = "import_check"
OPERATOR = "operator"


class MayNotCheck(Exception):
    """This account does not run the import."""


class NoSuchDelivery(Exception):
    """There is no delivery of that id."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row: where, why, whose, and the items of it that may be seen; `hidden` names the others.

    `resolved_by` is the later delivery that spoke of the same person, or was a whole 全件.
    """

    line: int
    reason: str
    message: str
    number: str
    items: Mapping[str, str] = field(repr=False)
    hidden: tuple[str, ...]
    is_resolved: bool
    resolved_by: UUID | None


@dataclass(frozen=True, slots=True)
class Listed:
    """Some rejected rows of a delivery, how many of each reason (all, and still open), and in all."""

    rows: tuple[Rejected, ...]
    reasons: Mapping[str, int]
    waiting_by_reason: Mapping[str, int]
    total: int
    waiting: int


def read(delivery: UUID, *, by: Actor, reason: str = "", skip: int = 0, most: int = 50) -> Listed:
    """The rejected rows of a delivery by line, of one reason where it is named.

    Raises MayNotCheck or NoSuchDelivery.
    """
    with passage():
        _refuse_others(by)
        found = Delivery.objects.filter(pk=delivery).first()
        if found is None:
            raise NoSuchDelivery
        every = Rejection.objects.filter(delivery=found)
        counted = every.order_by("reason").values_list("reason").annotate(Count("pk"))
        waiting = dict(counted.filter(resolved_at__isnull=True))
        wanted = every.filter(reason=reason) if reason else every
        rows = list(wanted.order_by("line", "pk")[skip : skip + most])
        seen = _seen(rows, found, by)
        return Listed(seen, dict(counted), waiting, wanted.count(), sum(waiting.values()))


def _refuse_others(by: Actor) -> None:
    account = Account.objects.filter(pk=by.account_id, is_active=True)
    if not account.filter(kind=Account.Kind.STAFF, groups__name=OPERATOR).exists():
        raise MayNotCheck


def _seen(rows: list[Rejection], delivery: Delivery, by: Actor) -> tuple[Rejected, ...]:
    """The rows as this actor may see them; the log line is written with them."""
    source = feed.feeds().get(delivery.feed)
    number_of = {each.pk: _number(each, source) for each in rows}
    numbers = set(number_of.values())
    refs = dict(Identity.objects.filter(number__in=numbers).values_list("number", "ref"))
    people = register.read(refs.values())
    ground = engagements.begin(PURPOSE, [*refs.values()], reference=str(delivery.pk), by=by)
    may_see = door.permitted(by) & {*ground.purpose.by_law}
    shown = source if source and source.category in may_see else None
    seen = [shown.category] if shown else []
    log.record(
        AccessEntry.Action.LOOK, dict.fromkeys(refs.values(), seen), by=by, engagement=ground
    )
    engagements.close(ground.pk)
    found = []
    for each in rows:
        number = number_of[each.pk]
        person = people.get(refs[number]) if number in refs else None
        masked = person is None or person.protected
        allowed = _in_order(_allowed(each, shown, masked), shown) if shown else {}
        hidden = tuple(name for name in each.columns if name not in allowed)
        resolved = each.resolved_at is not None
        found.append(
            Rejected(
                each.line,
                each.reason,
                each.message,
                number,
                allowed,
                hidden,
                resolved,
                each.resolved_by_id,
            )
        )
    return tuple(found)


def _number(row: Rejection, source: Feed | None) -> str:
    return str(row.columns.get(source.key[0], "")) if source else ""


def _in_order(items: dict[str, str], source: Feed) -> dict[str, str]:
    """As the columns stand in the file; the database keeps them by length."""
    place = {name: number for number, name in enumerate(source.columns)}
    return dict(sorted(items.items(), key=lambda each: place.get(each[0], len(place))))


def _allowed(row: Rejection, source: Feed, masked: bool) -> dict[str, str]:
    """The items that may be seen; of someone masked only the key and what is known to tell no place."""
    if not masked:
        return dict(row.columns)
    told: dict[str, bool] = dict.fromkeys(source.key, False)
    for each in source.facts:
        for name in each.items:
            told[name] = told.get(name, False) or is_masked(each.fact.key)
    return {name: text for name, text in row.columns.items() if told.get(name, True) is False}
