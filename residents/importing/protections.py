"""Applying 支援措置: added and changed, never removed or weakened because a delivery lacks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from residents.facts import parse_partial_date
from residents.importing import images, latest
from residents.importing.latest import Counts, Work

# A version older than what stands is no news: the newer one was only left out.
_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT latest.*, protection.ref IS NULL AS new
FROM latest LEFT JOIN residents_protection protection ON protection.ref = latest.ref
WHERE protection.ref IS NULL
    OR {news} AND protection.history_no <= latest.version_key::bigint;
"""
_COUNT = """
SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new),
    (SELECT count(*) FROM latest), (SELECT count(*) FROM residents_protection)
FROM changed
"""
_ROWS = """
SELECT changed.ref, changed.row_hash, protection.record::text, staged.record::text
FROM changed JOIN residents_stagedrow staged
    ON staged.number = changed.number AND staged.version_key = changed.version_key
LEFT JOIN residents_protection protection ON protection.ref = changed.ref
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
ORDER BY changed.ref
"""
_COLUMNS = "ref, kind, history_no, starts_on, ends_on, record, row_hash, delivery_id"
_FRESH = """
DROP TABLE IF EXISTS fresh_protection;
CREATE TEMP TABLE fresh_protection (LIKE residents_protection) ON COMMIT DROP;
ALTER TABLE fresh_protection DROP COLUMN awaiting;
"""
_COPIES = {"protection": f"COPY fresh_protection ({_COLUMNS}) FROM STDIN"}
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_APPLY = f"""
INSERT INTO residents_protection ({_COLUMNS}) SELECT {_COLUMNS} FROM fresh_protection
ON CONFLICT (ref) DO UPDATE SET {_SET}
"""

# Until the feed is as new as the register, an address that is new may already be a secret one.
_AWAIT = """
UPDATE residents_protection protection SET awaiting = TRUE
FROM changed
WHERE protection.ref = changed.ref AND protection.kind = '3' AND NOT protection.awaiting
    AND %(as_of)s > COALESCE((
        SELECT max(as_of) FROM residents_delivery WHERE feed = 'protection' AND state = 'applied'
    ), '-infinity')
"""
_ARRIVED = """
UPDATE residents_protection SET awaiting = FALSE
WHERE awaiting AND NOT EXISTS (
    SELECT FROM residents_delivery
    WHERE feed = 'juki' AND state = 'applied' AND as_of > %(as_of)s
)
"""


def await_news(as_of: datetime) -> None:
    """Mask everyone in `changed` who was ever protected, while the feed is older than their row."""
    with connection.cursor() as cursor:
        cursor.execute(_AWAIT, {"as_of": as_of})


def apply(work: Work) -> Counts:
    """Make the protections what the delivery's latest rows say; runs in a transaction.

    Nothing ends by absence: only 区分 3 ends a measure (住民記録システム標準仕様書 3.1).
    """
    latest.prepare(work)
    named = {"delivery": work.delivery.pk}
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED.format(news=work.news("protection")) + _FRESH, named)
        latest.rebuild(_ROWS, named, _Builder(work), _COPIES)
        which = "SELECT ref FROM changed WHERE NOT new"
        images.keep(work.delivery.pk, images.Table.PROTECTION, which)
        cursor.execute(_APPLY)
        cursor.execute(_ARRIVED, {"as_of": work.delivery.as_of})
        cursor.execute(_COUNT)
        new, changed, said, held = cursor.fetchone()
    return Counts(new, changed, 0, said - new - changed, held - new, held)


class _Builder:
    """Turns the latest row of one person into a protection."""

    def __init__(self, work: Work) -> None:
        self.delivery = work.delivery
        (self.version,) = work.feed.versions
        self.suspicions = work.suspicions

    def __call__(
        self, ref: UUID, rows: list[tuple[Any, ...]]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        _, row_hash, held, text = rows[0]
        record = json.loads(text)
        self.suspicions.note(ref, record, json.loads(held) if held else None)
        starts = parse_partial_date(record.get("支援措置開始年月日", ""))
        ends = parse_partial_date(record.get("支援措置終了年月日", ""))
        yield (
            "protection",
            (
                ref,
                record["支援措置区分"],
                int(record[self.version]),
                starts and starts.earliest,
                ends and ends.latest,
                text,
                row_hash,
                self.delivery.pk,
            ),
        )
