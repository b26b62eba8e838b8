"""Filling a table as good as empty: indexes and keys are taken off, and made again from all rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Primary and unique keys come before what refers to them.
_CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
        conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint
WHERE contype IN ('p', 'u', 'f') AND %(table)s::regclass IN (conrelid, confrelid)
ORDER BY contype = 'f', conname
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = %(table)s::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))
ORDER BY indexrelid
"""


@contextmanager
def bare(table: str) -> Iterator[None]:
    """Inside, the table has no index and no foreign key; runs in a transaction.

    Readers of the table, and of those that refer to it or that it refers to, wait for the commit; so
    none of these may be a table that everybody reads.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS, {"table": table})
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, {"table": table})
        indexes = cursor.fetchall()
        # A foreign key that is still to be checked keeps its table from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for drop, _ in (*reversed(constraints), *indexes):
            cursor.execute(drop)
        yield
        for _, make in (*constraints, *indexes):
            cursor.execute(make)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def has_more(table: str, rows: int) -> bool:
    """Whether the table has more rows than so many; counts no further."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {table} OFFSET %s)", [rows])
        return bool(cursor.fetchone()[0])
