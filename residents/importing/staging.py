"""Staging: the rows of the deliveries being imported, in an unlogged table emptied afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from residents.importing.rows import Row

_COPY = """
COPY residents_stagedrow
    (delivery_id, line, number, record_key, version_key, version, record, row_hash, reason, message)
FROM STDIN
"""
_DUPLICATES = """
UPDATE residents_stagedrow staged
SET reason = 'duplicate_key',
    message = format('同じ宛名番号と履歴番号の行が前にあります（%%s行目を使います）。', kept.line)
FROM (
    SELECT line AS repeated, min(line) OVER same AS line
    FROM residents_stagedrow
    WHERE delivery_id = %(delivery)s AND reason = ''
    WINDOW same AS (PARTITION BY number, record_key, version_key)
) kept
WHERE staged.delivery_id = %(delivery)s AND staged.line = kept.repeated AND kept.line < kept.repeated
"""
_COUNT = """
SELECT count(*), count(*) FILTER (WHERE reason <> '')
FROM residents_stagedrow WHERE delivery_id = %s
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
                    list(row.version),
                    row.record,
                    row.row_hash,
                    row.reason,
                    row.message,
                )
            )


def check_keys(delivery: UUID) -> tuple[int, int]:
    """Reject rows whose key stood on an earlier line; returns how many rows there are, and rejected."""
    with connection.cursor() as cursor:
        cursor.execute(_DUPLICATES, {"delivery": delivery})
        cursor.execute("ANALYZE residents_stagedrow")
        cursor.execute(_COUNT, [delivery])
        rows, rejected = cursor.fetchone()
    return rows, rejected


def keep_rejections(delivery: UUID) -> None:
    """Store the rejected rows of a delivery as Rejections."""
    with connection.cursor() as cursor:
        cursor.execute(_REJECTIONS, [delivery])
