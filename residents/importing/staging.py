"""Staging: the rows of the deliveries being imported, in an unlogged table emptied afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from residents.importing.rows import Row

_COPY = """
COPY residents_stagedrow
    (delivery_id, line, number, record_key, version_key, record, row_hash, reason, message)
FROM STDIN
"""
_REPEATS = """
WITH repeated AS (
    SELECT delivery_id, number, record_key, version_key, min(line) AS first
    FROM residents_stagedrow
    WHERE reason = ''
    GROUP BY delivery_id, number, record_key, version_key
    HAVING count(*) > 1
), rejected AS (
    UPDATE residents_stagedrow staged
    SET reason = 'duplicate_key',
        message = format('同じ宛名番号と履歴番号の行が前にあります（%s行目を使います）。', first)
    FROM repeated
    WHERE staged.delivery_id = repeated.delivery_id AND staged.number = repeated.number
        AND staged.record_key = repeated.record_key
        AND staged.version_key = repeated.version_key
        AND staged.reason = '' AND staged.line > repeated.first
    RETURNING staged.delivery_id
)
SELECT delivery_id, count(*) FROM rejected GROUP BY delivery_id
"""
_REJECTIONS = """
INSERT INTO residents_rejection (delivery_id, line, reason, message, columns)
SELECT delivery_id, line, reason, message, record
FROM residents_stagedrow WHERE delivery_id = %s AND reason <> ''
"""


def clear() -> None:
    """Empty the staging table; only the holder of the import lock may."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE residents_stagedrow")


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
                    row.row_hash,
                    row.reason,
                    row.message,
                )
            )


def reject_repeats() -> dict[UUID, int]:
    """Reject rows whose key stood on an earlier line; returns how many of each delivery."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE residents_stagedrow")
        cursor.execute(_REPEATS)
        return dict(cursor.fetchall())


def keep_rejections(delivery: UUID) -> None:
    """Store the rejected rows of a delivery as Rejections."""
    with connection.cursor() as cursor:
        cursor.execute(_REJECTIONS, [delivery])
