"""Applying 住民基本台帳: residents, what they are found by, and their households."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from residents import record_items
from residents.importing import (
    building,
    households,
    images,
    latest,
    phones,
    protections,
    search_keys,
)
from residents.importing.first import First
from residents.importing.latest import Counts, Work
from residents.models import Delivery

_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT latest.ref, latest.number, latest.version_key, latest.row_hash, resident.ref IS NULL AS new,
    resident.gone_at IS NOT NULL AS returned, resident.household_number AS household_before
FROM latest LEFT JOIN residents_resident resident ON resident.ref = latest.ref
WHERE resident.ref IS NULL OR {news};
ANALYZE changed;
"""
# A hash from before records were texts is blank: whose one row is the same gets the hash of it.
_SAME = """
WITH same AS (
    DELETE FROM changed USING residents_stagedrow staged, residents_resident resident
    WHERE resident.ref = changed.ref AND resident.row_hash = '' AND resident.gone_at IS NULL
        AND staged.delivery_id = %(delivery)s AND staged.reason = ''
        AND staged.number = changed.number AND staged.row_hash = changed.row_hash
        AND staged.record_text = resident.record
    RETURNING changed.ref, changed.row_hash
)
UPDATE residents_resident resident SET row_hash = same.row_hash
FROM same WHERE resident.ref = same.ref;
"""
_GOING = """
CREATE TEMP TABLE going ON COMMIT DROP AS
SELECT resident.ref, resident.household_number
FROM residents_resident resident
WHERE resident.gone_at IS NULL AND {scope} AND %(ends)s
    AND NOT EXISTS (SELECT FROM latest WHERE latest.ref = resident.ref)
    AND NOT EXISTS (SELECT FROM blocked WHERE blocked.ref = resident.ref)
"""
_MOVED = """
DROP TABLE IF EXISTS moved;
CREATE TEMP TABLE moved ON COMMIT DROP AS
SELECT household_before AS number FROM changed WHERE household_before IS NOT NULL
UNION SELECT household_number FROM fresh_resident
UNION SELECT household_number FROM going;
"""
_COUNT = """
SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new),
    count(*) FILTER (WHERE returned), (SELECT count(*) FROM latest),
    (
        SELECT count(*) FROM residents_resident resident
        WHERE resident.gone_at IS NULL AND resident.ref IN (SELECT ref FROM blocked)
    ), (SELECT count(*) FROM going)
FROM changed
"""
_HELD = "SELECT count(*) FROM residents_resident WHERE gone_at IS NULL"
_ROWS = """
SELECT changed.ref, changed.number, changed.row_hash, resident.record, staged.record_text
FROM changed JOIN residents_stagedrow staged ON staged.number = changed.number
LEFT JOIN residents_resident resident ON resident.ref = changed.ref AND NOT changed.new
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
ORDER BY changed.ref, staged.version_key DESC
"""
_COLUMNS = f"ref, {building.RESIDENT}"
_FRESH = """
DROP TABLE IF EXISTS fresh_resident, fresh_key;
CREATE TEMP TABLE fresh_resident (LIKE residents_resident) ON COMMIT DROP;
CREATE TEMP TABLE fresh_key (ref uuid, kind text, key text COLLATE "C") ON COMMIT DROP;
"""
_COPIES = {
    "resident": f"COPY fresh_resident ({_COLUMNS}) FROM STDIN",
    "key": "COPY fresh_key (ref, kind, key) FROM STDIN",
}
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_APPLY = f"""
INSERT INTO residents_resident ({_COLUMNS}, gone_at)
SELECT {_COLUMNS}, NULL FROM fresh_resident
ON CONFLICT (ref) DO UPDATE SET {_SET}, gone_at = NULL;
"""
# A 差分 seldom has all of a person's rows: what they were found by before still finds them.
_OLD_KEYS = """
INSERT INTO fresh_key (ref, kind, key)
SELECT key.ref, key.kind, key.key
FROM residents_searchkey key JOIN changed ON changed.ref = key.ref
WHERE key.kind <> 'phone';
"""
_KEYS = """
DELETE FROM residents_searchkey key USING changed
WHERE key.ref = changed.ref AND key.kind <> 'phone' AND NOT changed.new;
INSERT INTO residents_searchkey (ref, kind, key) SELECT DISTINCT ref, kind, key FROM fresh_key;
"""
# Whoever 連絡先 or 支援措置 told of before 住民基本台帳 did.
_MET_BEFORE = """
INSERT INTO changed (ref, new)
SELECT resident.ref, TRUE FROM residents_resident resident
WHERE resident.ref IN (
    SELECT ref FROM residents_protection UNION SELECT ref FROM residents_holding WHERE feed = %s
) AND resident.ref NOT IN (SELECT ref FROM changed)
"""
_END = "UPDATE residents_resident SET gone_at = %s WHERE ref IN (SELECT ref FROM going)"


def apply(work: Work) -> Counts:
    """Make the residents what the delivery's latest rows say; runs in a transaction.

    Whoever the 全件 lacks keeps their row and is marked gone; nobody is deleted.
    """
    delivery = work.delivery
    latest.prepare(work)
    before = latest.held_before(work, _HELD)
    named: dict[str, Any] = {"delivery": delivery.pk, "ends": work.may_end}
    news = f"resident.gone_at IS NOT NULL OR {work.news('resident')}"
    same = _SAME if work.is_full else ""
    with connection.cursor() as cursor:
        cursor.execute(_GOING.format(scope=work.scope("resident")), named)
        cursor.execute(_CHANGED.format(news=news) + same + _FRESH, named)
        latest.rebuild(_ROWS, named, _Builder(work), _COPIES)
        _keep_images(delivery)
        cursor.execute(_APPLY + ("" if work.is_full else _OLD_KEYS) + _KEYS)
        cursor.execute(_END, [delivery.as_of])
        cursor.execute(_MOVED)
        cursor.execute(_COUNT)
        counts = latest.counted(work, before, *cursor.fetchone())
        if work.first:
            _insert_first(work.first)
        households.refresh()
        phones.refresh_new()
        protections.await_news(delivery.as_of)
        latest.note_gone(work)
    return counts


def _insert_first(first: First) -> None:
    first.insert()
    with connection.cursor() as cursor:
        cursor.execute(_MET_BEFORE, [phones.FEED])


def _keep_images(delivery: Delivery) -> None:
    which = "SELECT ref FROM changed WHERE NOT new UNION ALL SELECT ref FROM going"
    images.keep(delivery.pk, images.Table.RESIDENT, which)
    images.keep_keys(delivery.pk)


class _Builder:
    """Turns all rows of one person into a resident and search keys."""

    def __init__(self, work: Work) -> None:
        self.delivery = str(work.delivery.pk)
        self.feed = work.feed
        self.suspicions = work.suspicions
        self.is_full = work.is_full

    def __call__(
        self, ref: UUID, rows: list[tuple[Any, ...]]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        _, number, row_hash, held, text = rows[0]
        records = [record_items.decode(row[-1]) for row in rows]
        before = None if held is None else record_items.decode(held)
        self.suspicions.note(ref, records[0], before)
        if before and not self.is_full:
            records.append(before)
        yield (
            "resident",
            (
                ref,
                *building.resident(self.feed, self.delivery, number, row_hash, text, records[0]),
            ),
        )
        for kind, key in search_keys.also(records):
            yield "key", (ref, kind, key)
