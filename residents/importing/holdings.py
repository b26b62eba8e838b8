"""Applying the feeds of the other core systems: one holding per record, the latest version of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from residents.facts import parse_partial_date
from residents.feed import Active, Feed
from residents.importing import latest, phones
from residents.importing.latest import Counts
from residents.importing.oddities import Oddities
from residents.models import Delivery

_FEW = 20  # below this, a tenth of a feed may end on any day
_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT latest.*, holding.id IS NULL AS new
FROM latest LEFT JOIN residents_holding holding
    ON holding.ref = latest.ref AND holding.feed = %(feed)s
    AND holding.record_key = latest.record_key
WHERE holding.id IS NULL OR holding.row_hash <> latest.row_hash OR holding.gone_at IS NOT NULL;
ANALYZE changed;
"""
_GOING = """
FROM residents_holding holding
WHERE holding.feed = %(feed)s AND holding.gone_at IS NULL
    AND NOT EXISTS (
        SELECT FROM latest
        WHERE latest.ref = holding.ref AND latest.record_key = holding.record_key
    )
    AND NOT EXISTS (
        SELECT FROM blocked
        WHERE blocked.ref = holding.ref
            AND (blocked.record_key IS NULL OR blocked.record_key = holding.record_key)
    )
"""
_ROWS = """
SELECT changed.ref, changed.record_key, changed.row_hash, staged.record::text
FROM changed JOIN residents_stagedrow staged
    ON staged.number = changed.number AND staged.record_key = changed.record_key
    AND staged.version_key = changed.version_key
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
ORDER BY changed.ref
"""
_COLUMNS = (
    "ref, feed, record_key, version, record, row_hash, active_from, active_until, active, "
    "delivery_id"
)
_FRESH = """
DROP TABLE IF EXISTS fresh_holding;
CREATE TEMP TABLE fresh_holding (LIKE residents_holding) ON COMMIT DROP;
ALTER TABLE fresh_holding DROP COLUMN id;
"""
_COPIES = {"holding": f"COPY fresh_holding ({_COLUMNS}) FROM STDIN"}
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[3:])
_APPLY = f"""
INSERT INTO residents_holding ({_COLUMNS}, gone_at)
SELECT {_COLUMNS}, NULL FROM fresh_holding
ON CONFLICT (ref, feed, record_key) DO UPDATE SET {_SET}, gone_at = NULL
WHERE residents_holding.row_hash <> excluded.row_hash OR residents_holding.gone_at IS NOT NULL;
"""


def apply(delivery: Delivery, feed: Feed, oddities: Oddities) -> Counts:
    """Make the feed's holdings what the delivery's latest rows say; what it lacks is marked gone.

    Raises FileHeld; runs in a transaction.
    """
    latest.prepare(delivery.pk)
    named = {"feed": feed.code}
    with connection.cursor() as cursor:
        going = _check_going(cursor, delivery, feed)
        cursor.execute(_CHANGED + _FRESH, named)
        builder = _Builder(delivery, feed, oddities)
        latest.rebuild(_ROWS, {"delivery": delivery.pk}, builder, _COPIES)
        cursor.execute(_APPLY)
        cursor.execute(
            "SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new),"
            " (SELECT count(*) FROM latest) - count(*) FROM changed"
        )
        new, changed, unchanged = cursor.fetchone()
        if going:
            _end(cursor, delivery, named)
    if feed.code == phones.FEED:
        phones.refresh_changed()
    return Counts(new, changed, going, unchanged)


def bounds(active: Active, record: Mapping[str, str]) -> tuple[date | None, date | None, bool]:
    """From and until when a record counts as held, and whether its codes let it count at all.

    An incomplete date is read in favour of holding. Without a start nothing is held yet; the open
    ends 0000-01-01 and 9999-12-31 are no bound.
    """
    start, until = record.get(active.start, ""), record.get(active.until, "")
    first, last = parse_partial_date(start), parse_partial_date(until)
    begun = bool(start) or not active.start
    counts = all(record.get(name, "") in codes for name, codes in active.where.items())
    return first.earliest if first else None, last.latest if last else None, begun and counts


def _check_going(cursor: Any, delivery: Delivery, feed: Feed) -> int:
    if not latest.may_end_records(delivery.pk):
        return 0
    named = {"feed": feed.code}
    cursor.execute(f"SELECT count(*) {_GOING}", named)
    (going,) = cursor.fetchone()
    cursor.execute(
        "SELECT count(*) FROM residents_holding WHERE feed = %(feed)s AND gone_at IS NULL", named
    )
    (held,) = cursor.fetchone()
    latest.hold_mass(going, held, feed.name, floor=_FEW)
    return going


def _end(cursor: Any, delivery: Delivery, named: dict[str, Any]) -> None:
    """Mark what is gone, and count those people as touched (`changed`)."""
    cursor.execute(
        f"WITH ended AS (UPDATE residents_holding SET gone_at = %(as_of)s"
        f" WHERE id IN (SELECT holding.id {_GOING}) RETURNING ref)"
        " INSERT INTO changed (ref) SELECT ref FROM ended",
        {**named, "as_of": delivery.as_of},
    )


class _Builder:
    """Turns the latest row of one record into a holding."""

    def __init__(self, delivery: Delivery, feed: Feed, oddities: Oddities) -> None:
        self.delivery = delivery
        self.feed = feed
        self.oddities = oddities

    def __call__(
        self, ref: UUID, rows: list[tuple[Any, ...]]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for _, record_key, row_hash, text in rows:
            record = json.loads(text)
            version = latest.array([record[name] for name in self.feed.versions])
            self.oddities.note(record)
            until = bounds(self.feed.active, record)
            yield (
                "holding",
                (
                    ref,
                    self.feed.code,
                    record_key,
                    version,
                    text,
                    row_hash,
                    *until,
                    self.delivery.pk,
                ),
            )
