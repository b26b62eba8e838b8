"""Staging: the rows of the deliveries being imported, in a temporary table that goes with its session.

It has the name of the table it is made after, and hides it: two imports never meet in it, nothing of
it is written to the log, and PostgreSQL drops it when an import is killed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from residents.importing.rows import Row
from residents.models import Delivery

_COPY = """
COPY residents_stagedrow
    (delivery_id, line, number, record_key, version_key, record, record_text, row_hash, reason, message)
FROM STDIN
"""
_REPEATS = """
WITH repeated AS (
    SELECT delivery_id, number, record_key, version_key, min(line) AS first,
        count(DISTINCT row_hash) > 1 AS differ
    FROM residents_stagedrow
    WHERE reason = ''
    GROUP BY delivery_id, number, record_key, version_key
    HAVING count(*) > 1
), rejected AS (
    UPDATE residents_stagedrow staged
    SET reason = CASE WHEN differ THEN 'conflicting_key' ELSE 'duplicate_key' END,
        message = format(
            CASE WHEN differ
            THEN '同じ宛名番号と履歴番号で内容の違う行があります（最初は%s行目）。どれも反映していません。'
            ELSE '同じ行が前にあります（%s行目を使います）。' END,
            first
        )
    FROM repeated
    WHERE staged.delivery_id = repeated.delivery_id AND staged.number = repeated.number
        AND staged.record_key = repeated.record_key
        AND staged.version_key = repeated.version_key
        AND staged.reason = '' AND (differ OR staged.line > repeated.first)
    RETURNING staged.delivery_id
)
SELECT delivery_id, count(*) FROM rejected GROUP BY delivery_id
"""
_REJECTIONS = """
INSERT INTO residents_rejection (delivery_id, line, reason, message, columns)
SELECT delivery_id, line, reason, message, record
FROM residents_stagedrow WHERE delivery_id = %(delivery)s AND reason NOT IN ('', 'touched')
ORDER BY line
"""
# What a newer delivery says of the same people stands in its own list, if anything is left to say.
_RESOLVE = """
UPDATE residents_rejection rejection SET resolved_at = now(), resolved_by_id = %(delivery)s
FROM residents_delivery earlier
WHERE earlier.id = rejection.delivery_id AND earlier.feed = %(feed)s AND earlier.id <> %(delivery)s
    AND rejection.resolved_at IS NULL
    AND (%(full)s OR rejection.columns->>'宛名番号' IN (
        SELECT number FROM residents_stagedrow WHERE delivery_id = %(delivery)s
    ))
"""
# Rows the sender damaged, but for those that were as damaged in a delivery applied before.
_NEWLY_LOST = """
SELECT count(*) FROM residents_stagedrow staged
WHERE staged.delivery_id = %s AND staged.reason = 'lost_character' AND NOT EXISTS (
    SELECT FROM residents_rejection rejection
    JOIN residents_delivery earlier ON earlier.id = rejection.delivery_id
    WHERE earlier.feed = %s AND earlier.state = 'applied' AND rejection.reason = staged.reason
        AND rejection.columns = staged.record::jsonb
)
"""
TOUCHED = "touched"  # the reason of a row that only names somebody the file has no line of


def begin() -> None:
    """Make the table of this session, empty."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.residents_stagedrow")
        cursor.execute("CREATE TEMP TABLE residents_stagedrow (LIKE residents_stagedrow)")


def copy(delivery: UUID, rows: Iterable[Row]) -> None:
    """Stream rows into staging. What `rows` raises goes through, and nothing is staged then."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as stream:
        for row in rows:
            stream.write_row(
                (
                    delivery,
                    row.line,
                    row.number,
                    row.record_key,
                    row.version_key,
                    row.record,
                    row.record_text,
                    row.row_hash,
                    row.reason,
                    row.message,
                )
            )


def reject_repeats() -> dict[UUID, int]:
    """Reject rows whose key comes twice; returns how many of each delivery.

    Of equal rows the first is used; of rows that differ none, for nobody knows which is right (T-19).
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residents_stagedrow")
        cursor.execute(_REPEATS)
        return dict(cursor.fetchall())


def touch(delivery: UUID, numbers: Iterable[str]) -> None:
    """Name people whom the delivery has no line of, but must be looked at all the same."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as stream:
        for number in numbers:
            stream.write_row((delivery, 0, number, None, "", "{}", "", b"", TOUCHED, ""))


def rejected_lines(delivery: UUID) -> tuple[list[int], list[str]]:
    """The lines that were rejected, and the 宛名番号 they are known to be about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT line, number FROM residents_stagedrow"
            " WHERE delivery_id = %s AND reason NOT IN ('', 'touched')",
            [delivery],
        )
        rows = cursor.fetchall()
    return [line for line, _ in rows], sorted({number for _, number in rows if number})


def newly_lost(delivery: Delivery) -> int:
    """How many rows have U+FFFD that had not been seen with it in just this way."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWLY_LOST, [delivery.pk, delivery.feed])
        return int(cursor.fetchone()[0])


def keep_rejections(delivery: Delivery) -> None:
    """Store the rejected rows of a delivery as Rejections, and resolve those it answers."""
    named: dict[str, Any] = {"delivery": delivery.pk, "feed": delivery.feed}
    with connection.cursor() as cursor:
        cursor.execute(_REJECTIONS, named)
        cursor.execute(_RESOLVE, {**named, "full": delivery.kind == Delivery.Kind.FULL})
