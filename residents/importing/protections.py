"""Applying 支援措置: added and changed, never removed or weakened because a delivery lacks it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from residents.facts import parse_partial_date
from residents.feed import Feed
from residents.importing import latest
from residents.importing.latest import Counts
from residents.importing.oddities import Oddities
from residents.models import Delivery

# A version older than what stands is no news: the newer one was only left out.
_CHANGED = """
CREATE TEMP TABLE changed ON COMMIT DROP AS
SELECT latest.*, protection.ref IS NULL AS new
FROM latest LEFT JOIN residents_protection protection ON protection.ref = latest.ref
WHERE protection.ref IS NULL
    OR protection.row_hash <> latest.row_hash
        AND protection.history_no <= latest.version_key::bigint;
"""
_ROWS = """
SELECT changed.ref, changed.row_hash, staged.record::text
FROM changed JOIN residents_stagedrow staged
    ON staged.number = changed.number AND staged.version_key = changed.version_key
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
ORDER BY changed.ref
"""
_COLUMNS = "ref, kind, history_no, starts_on, ends_on, record, row_hash, delivery_id"
_FRESH = """
DROP TABLE IF EXISTS fresh_protection;
CREATE TEMP TABLE fresh_protection (LIKE residents_protection) ON COMMIT DROP;
"""
_COPIES = {"protection": f"COPY fresh_protection ({_COLUMNS}) FROM STDIN"}
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[1:])
_APPLY = f"""
INSERT INTO residents_protection ({_COLUMNS}) SELECT {_COLUMNS} FROM fresh_protection
ON CONFLICT (ref) DO UPDATE SET {_SET}
"""


def apply(delivery: Delivery, feed: Feed, oddities: Oddities) -> Counts:
    """Make the protections what the delivery's latest rows say; runs in a transaction.

    Nothing ends by absence: only 区分 3 ends a measure (住民記録システム標準仕様書 3.1).
    """
    latest.prepare(delivery.pk)
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED + _FRESH)
        builder = _Builder(delivery, feed, oddities)
        latest.rebuild(_ROWS, {"delivery": delivery.pk}, builder, _COPIES)
        cursor.execute(_APPLY)
        cursor.execute(
            "SELECT count(*) FILTER (WHERE new), count(*) FILTER (WHERE NOT new),"
            " (SELECT count(*) FROM latest) - count(*) FROM changed"
        )
        new, changed, unchanged = cursor.fetchone()
    return Counts(new, changed, 0, unchanged)


class _Builder:
    """Turns the latest row of one person into a protection."""

    def __init__(self, delivery: Delivery, feed: Feed, oddities: Oddities) -> None:
        self.delivery = delivery
        (self.version,) = feed.versions
        self.oddities = oddities

    def __call__(
        self, ref: UUID, rows: list[tuple[Any, ...]]
    ) -> Iterator[tuple[str, tuple[Any, ...]]]:
        _, row_hash, text = rows[0]
        record = json.loads(text)
        self.oddities.note(record)
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
