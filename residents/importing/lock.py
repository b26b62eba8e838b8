"""Who may import what at the same time, in whichever process: locks that go with their connection.

Deliveries of different feeds are read side by side, and applied one set after the other. Whatever else
changes what an import relies on (releasing, undoing, disposal) waits until nobody imports.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import connection

from residents.importing.refusal import ImportBusy

_KEY = 4_101_150_001  # shared by those who import beside each other, else of one alone
_APPLYING = 4_101_150_003
_FEED = 4_101_150  # with a second number for the feed


@contextmanager
def import_lock(feeds: Collection[str] | None = None) -> Iterator[None]:
    """Hold everything, or these feeds only; raises ImportBusy at once when somebody else does."""
    with connection.cursor() as cursor:
        # The lock of a killed worker goes with its connection, also from the middle of a statement.
        cursor.execute("SET client_connection_check_interval = '1s'")
        cursor.execute("SET lock_timeout = 0")  # a page has no patience, an import all
    if feeds is None:
        with _taken("pg_try_advisory_lock(%s)", "pg_advisory_unlock(%s)", _KEY) as free:
            if not free:
                raise ImportBusy
            yield
        return
    with (
        _taken("pg_try_advisory_lock_shared(%s)", "pg_advisory_unlock_shared(%s)", _KEY) as free,
        these_alone(feeds if free else ()) as are_free,
    ):
        if not free or not are_free:
            raise ImportBusy
        yield


@contextmanager
def these_alone(feeds: Collection[str]) -> Iterator[bool]:
    """Hold these feeds, which the caller may hold already; tells False when another has one of them."""
    held: list[str] = []
    try:
        for feed in sorted(feeds):
            if not _ask("pg_try_advisory_lock(%s, hashtext(%s))", _FEED, feed):
                break
            held.append(feed)
        yield len(held) == len(feeds)
    finally:
        for feed in held:
            _ask("pg_advisory_unlock(%s, hashtext(%s))", _FEED, feed)


@contextmanager
def applying() -> Iterator[None]:
    """Be the one who changes the register; waits for whoever does."""
    with _taken("pg_advisory_lock(%s)", "pg_advisory_unlock(%s)", _APPLYING):
        yield


def is_applying() -> bool:
    """Whether somebody changes the register now, in whichever process; waits for nobody."""
    return _ask(
        "EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND classid = %s AND objid = %s"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))",
        _APPLYING >> 32,
        _APPLYING & 0xFFFF_FFFF,
    )


def may_change_until_commit() -> bool:
    """Hold everything until the transaction ends; False at once when somebody else has any of it."""
    return _ask("pg_try_advisory_xact_lock(%s)", _KEY)


@contextmanager
def _taken(take: str, leave: str, key: int) -> Iterator[bool]:
    free = _ask(take, key)
    try:
        yield free
    finally:
        if free:
            _ask(leave, key)


def _ask(function: str, *keys: int | str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}", keys)
        return cursor.fetchone()[0] is not False
