"""Applying the feeds of the other core systems: one holding per record, the latest version of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from residents.importing import building, images, latest, phones
from residents.importing.latest import Counts, Work

_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT latest.*, holding.id, holding.id IS NULL AS new, holding.gone_at IS NOT NULL AS returned
FROM latest LEFT JOIN residents_holding holding
    ON holding.ref = latest.ref AND holding.feed = %(feed)s
    AND holding.record_key = latest.record_key
WHERE holding.id IS NULL OR {news};
ANALYZE changed;
"""
_GOING = """
CREATE TEMP TABLE going ON COMMIT DROP AS
SELECT holding.id, holding.ref
FROM residents_holding holding
WHERE holding.feed = %(feed)s AND holding.gone_at IS NULL AND {scope} AND %(ends)s
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
_COUNT = """
SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new),
    count(*) FILTER (WHERE returned), (SELECT count(*) FROM latest),
    (
        SELECT count(*) FROM residents_holding holding
        WHERE holding.feed = %(feed)s AND holding.gone_at IS NULL AND EXISTS (
            SELECT FROM blocked
            WHERE blocked.ref = holding.ref
                AND (blocked.record_key IS NULL OR blocked.record_key = holding.record_key)
        )
    ), (SELECT count(*) FROM going)
FROM changed
"""
_HELD = "SELECT count(*) FROM residents_holding WHERE feed = %(feed)s AND gone_at IS NULL"
_ROWS = """
SELECT changed.ref, changed.record_key, changed.row_hash, holding.record::text, staged.record::text
FROM changed JOIN residents_stagedrow staged
    ON staged.number = changed.number AND staged.record_key = changed.record_key
    AND staged.version_key = changed.version_key
LEFT JOIN residents_holding holding ON holding.id = changed.id
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
ORDER BY changed.ref
"""
_COLUMNS = f"ref, {building.HOLDING}"
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
ON CONFLICT (ref, feed, record_key) DO UPDATE SET {_SET}, gone_at = NULL;
"""
_FIRST = """
INSERT INTO changed (ref) SELECT DISTINCT ref FROM residents_holding WHERE delivery_id = %s
    AND ref NOT IN (SELECT ref FROM changed)
"""
_END = "UPDATE residents_holding SET gone_at = %s WHERE id IN (SELECT id FROM going)"


def apply(work: Work) -> Counts:
    """Make the feed's holdings what the delivery's latest rows say; what a 全件 lacks is marked gone.

    Runs in a transaction.
    """
    delivery, feed = work.delivery, work.feed
    latest.prepare(work)
    before = latest.held_before(work, _HELD)
    named: dict[str, Any] = {"delivery": delivery.pk, "feed": feed.code, "ends": work.may_end}
    news = f"holding.gone_at IS NOT NULL OR {work.news('holding')}"
    with connection.cursor() as cursor:
        cursor.execute(_GOING.format(scope=work.scope("holding")), named)
        cursor.execute(_CHANGED.format(news=news) + _FRESH, named)
        latest.rebuild(_ROWS, named, _Builder(work), _COPIES)
        which = "SELECT id FROM changed WHERE NOT new UNION ALL SELECT id FROM going"
        images.keep(delivery.pk, images.Table.HOLDING, which, key="id")
        cursor.execute(_APPLY)
        cursor.execute(_END, [delivery.as_of])
        cursor.execute(_COUNT, named)
        counts = latest.counted(work, before, *cursor.fetchone())
        if work.first:
            work.first.insert()
        latest.note_gone(work)
        if feed.code == phones.FEED:
            cursor.execute("INSERT INTO changed (ref) SELECT ref FROM going")
            cursor.execute(_FIRST, [delivery.pk])
            phones.refresh_changed()
    return counts


class _Builder:
    """Turns the latest row of one record into a holding."""

    def __init__(self, work: Work) -> None:
        self.delivery = str(work.delivery.pk)
        self.feed = work.feed
        self.suspicions = work.suspicions

    def __call__(
        self, ref: UUID, rows: list[tuple[Any, ...]]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        for _, record_key, row_hash, held, text in rows:
            record = json.loads(text)
            self.suspicions.note(ref, record, json.loads(held) if held else None)
            made = building.holding(self.feed, self.delivery, record_key, row_hash, text, record)
            yield "holding", (ref, *made)
