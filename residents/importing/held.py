"""Held rows: what a held delivery would apply, kept in the database until it is released or refused."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import connection

from residents.models import BeforeImage, Delivery, LineChanges, LineHashes

_COLUMNS = (
    "delivery_id, line, number, record_key, version_key, record, record_text, row_hash, reason, "
    "message"
)


def keep(deliveries: Collection[UUID]) -> None:
    """Copy the staged rows of these deliveries, so that nobody needs their files again."""
    _run(
        f"INSERT INTO residents_heldrow ({_COLUMNS})"
        f" SELECT {_COLUMNS} FROM residents_stagedrow WHERE delivery_id = ANY(%s)",
        deliveries,
    )


def stage(deliveries: Collection[UUID]) -> None:
    """Put the kept rows of these deliveries back into staging."""
    _run(
        f"INSERT INTO residents_stagedrow ({_COLUMNS})"
        f" SELECT {_COLUMNS} FROM residents_heldrow WHERE delivery_id = ANY(%s)",
        deliveries,
    )


def drop(deliveries: Collection[UUID]) -> None:
    """Forget the kept rows of these deliveries."""
    _run("DELETE FROM residents_heldrow WHERE delivery_id = ANY(%s)", deliveries)


def forget_unused(feed: str) -> None:
    """Drop the line hashes and images of a feed that nothing will ask for again.

    The last two 全件 keep their hashes, so that undoing one leaves the night before to compare with.
    """
    applied = Delivery.objects.filter(feed=feed, state=Delivery.State.APPLIED)
    full = applied.filter(kind=Delivery.Kind.FULL).order_by("-applied_at", "-as_of", "-sequence")
    kept = list(full.values_list("pk", flat=True)[:2])
    waiting = Delivery.objects.filter(feed=feed, state=Delivery.State.HELD)
    kept += waiting.values_list("pk", flat=True)
    LineChanges.objects.filter(delivery__feed=feed).exclude(delivery__in=kept).delete()
    bases = LineChanges.objects.filter(delivery__feed=feed).values_list("base", flat=True)
    unused = LineHashes.objects.filter(delivery__feed=feed).exclude(delivery__in=kept)
    unused.exclude(delivery__in=list(bases)).delete()


def forget(delivery: UUID) -> None:
    """Drop what would undo a delivery: it is undone."""
    LineChanges.objects.filter(delivery=delivery).delete()
    LineHashes.objects.filter(delivery=delivery).delete()
    BeforeImage.objects.filter(delivery=delivery).delete()


def _run(statement: str, deliveries: Collection[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(deliveries)])
