"""The import lock: two imports never run at once, whichever process they are in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from residents.importing.refusal import ImportBusy

_KEY = 4_101_150_001


@contextmanager
def import_lock() -> Iterator[None]:
    """Hold the lock, or raise ImportBusy at once when somebody else does."""
    with connection.cursor() as cursor:
        # The lock of a killed worker goes with its connection, also from the middle of a statement.
        cursor.execute("SET client_connection_check_interval = '1s'")
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
        if not cursor.fetchone()[0]:
            raise ImportBusy
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


def may_change_until_commit() -> bool:
    """Take the lock until the transaction ends; False at once when somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_KEY])
        return bool(cursor.fetchone()[0])
