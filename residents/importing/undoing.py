"""Undoing applied deliveries (取消): every row as it was before, the newest delivery first.

支援措置 is the exception: a measure a delivery brought or strengthened stays standing, and is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from residents import feed
from residents.feed import Target
from residents.importing import held, households, images, order, phones, states
from residents.importing.releasing import TwoNeeded
from residents.models import Delivery, Rejection

Table = images.Table

# NOT IN is hashed whatever the statistics say: nobody has counted the images of a delivery yet.
_CHANGED = """
DROP TABLE IF EXISTS changed;
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT image.ref, FALSE AS new FROM residents_beforeimage image
WHERE image.delivery_id = %(delivery)s AND image."table" = %(table)s
UNION
SELECT made.ref, TRUE FROM {table} made
WHERE made.delivery_id = %(delivery)s AND made.{key} NOT IN (
    SELECT {kept} FROM residents_beforeimage image
    WHERE image.delivery_id = %(delivery)s AND image."table" = %(table)s
)
"""
_MOVED = """
DROP TABLE IF EXISTS moved;
CREATE TEMP TABLE moved ON COMMIT DROP AS
SELECT resident.household_number AS number
FROM residents_resident resident JOIN changed ON changed.ref = resident.ref
UNION
SELECT image.row->>'household_number' FROM residents_beforeimage image
WHERE image.delivery_id = %(delivery)s AND image."table" = 'residents_resident'
"""
_NEW_RESIDENTS = """
DELETE FROM residents_searchkey key USING changed WHERE key.ref = changed.ref AND changed.new;
DELETE FROM residents_resident made USING changed WHERE made.ref = changed.ref AND changed.new;
"""
_NEW_HOLDINGS = """
DELETE FROM residents_holding made
WHERE made.delivery_id = %(delivery)s AND made.id NOT IN (
    SELECT (image.row->>'id')::bigint FROM residents_beforeimage image
    WHERE image.delivery_id = %(delivery)s AND image."table" = 'residents_holding'
)
"""
_STANDING = """
SELECT now.ref FROM residents_protection now
LEFT JOIN residents_beforeimage image
    ON image.delivery_id = %(delivery)s AND image."table" = 'residents_protection'
    AND image.ref = now.ref
WHERE now.delivery_id = %(delivery)s AND now.kind <> '3'
    AND (image.ref IS NULL OR image.row->>'kind' = '3')
ORDER BY now.ref
"""
_NOT_WEAKER = "AND (was.kind <> '3' OR restored.kind = '3')"


class NotApplied(Exception):
    """There is no such delivery, or it is not applied."""


class TooLate(Exception):
    """The rows as they were before are no longer kept (residents/retention.toml)."""


class LaterOnes(Exception):
    """Later deliveries of the feed must be undone first; `deliveries` are all, the newest first."""

    def __init__(self, deliveries: list[Delivery]) -> None:
        super().__init__(len(deliveries))
        self.deliveries = deliveries


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone, newest first, and the refs whose 支援措置 stayed although it came with it."""

    deliveries: tuple[Delivery, ...]
    protected: tuple[UUID, ...]


def to_undo(delivery: UUID) -> list[Delivery]:
    """This delivery and every later one of its feed, the newest first. Raises NotApplied."""
    applied = Delivery.objects.filter(state=Delivery.State.APPLIED)
    chosen = applied.filter(pk=delivery).first()
    if chosen is None:
        raise NotApplied
    of_feed = applied.filter(feed=chosen.feed, applied_at__gte=chosen.applied_at)
    return sorted(of_feed, key=_applied, reverse=True)


def roll_back(delivery: UUID, by: Sequence[int], *, also_later: bool = False) -> Undone:
    """Make the register what it was before this delivery, in one transaction.

    `by` are the account ids of the two people who decided it; `also_later` confirms that later
    deliveries of the feed go with it. The caller holds the import lock (delivery_set.working).
    Raises TwoNeeded, NotApplied, LaterOnes and TooLate.
    """
    if len(set(by)) < 2:
        raise TwoNeeded
    deliveries = to_undo(delivery)
    if len(deliveries) > 1 and not also_later:
        raise LaterOnes(deliveries)
    for each in deliveries:
        _refuse_without_images(each)
    protected: set[UUID] = set()
    with transaction.atomic():
        for each in deliveries:
            protected |= set(_undo(each, by))
    return Undone(tuple(deliveries), tuple(sorted(protected)))


def _refuse_without_images(delivery: Delivery) -> None:
    """Each record it changed or ended has one image, or the register would not be as before."""
    kept = images.BeforeImage.objects.filter(delivery=delivery).exclude(table=Table.KEY)
    if kept.count() != delivery.changed + delivery.gone:
        raise TooLate


def _applied(delivery: Delivery) -> tuple[object, ...]:
    return delivery.applied_at, *order.moment(delivery)


def _undo(delivery: Delivery, by: Sequence[int]) -> list[UUID]:
    standing = _UNDO[feed.feed(delivery.feed).target](delivery)
    resolved = Rejection.objects.filter(resolved_by=delivery)
    resolved.update(resolved_at=None, resolved_by=None)
    held.forget(delivery.pk)
    states.move(delivery, Delivery.State.ROLLED_BACK, by=by)
    return standing


def _undo_residents(delivery: Delivery) -> list[UUID]:
    named: dict[str, Any] = {"delivery": delivery.pk, "table": Table.RESIDENT.value}
    changed = _CHANGED.format(table=Table.RESIDENT.value, key="ref", kept="image.ref")
    with connection.cursor() as cursor:
        cursor.execute(changed, named)
        cursor.execute(_MOVED, named)
        images.restore(delivery.pk, Table.RESIDENT)
        images.restore_keys(delivery.pk)
        cursor.execute(_NEW_RESIDENTS)
    households.refresh()
    return []


def _undo_holdings(delivery: Delivery) -> list[UUID]:
    named: dict[str, Any] = {"delivery": delivery.pk, "table": Table.HOLDING.value}
    kept = "(image.row->>'id')::bigint"
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED.format(table=Table.HOLDING.value, key="id", kept=kept), named)
        images.restore(delivery.pk, Table.HOLDING, key="id")
        cursor.execute(_NEW_HOLDINGS, named)
    if delivery.feed == phones.FEED:
        phones.refresh_changed()
    return []


def _undo_protections(delivery: Delivery) -> list[UUID]:
    """Nothing that protects somebody is taken back; what a delivery ended stands again."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"delivery": delivery.pk})
        standing = [ref for (ref,) in cursor.fetchall()]
    images.restore(delivery.pk, Table.PROTECTION, condition=_NOT_WEAKER)
    return standing


_UNDO: dict[Target, Callable[[Delivery], list[UUID]]] = {
    Target.RESIDENT: _undo_residents,
    Target.HOLDING: _undo_holdings,
    Target.PROTECTION: _undo_protections,
}
