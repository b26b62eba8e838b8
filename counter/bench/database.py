"""A database of the benchmark's own: made, filled with a made-up town, measured, dropped."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from consent.models import Account
from residents.town import crowd

SEED = 1
CLERK = "clerk"
MADE = 20_000
"""Residents made and imported one by one; a larger town is grown from them in the database."""


@dataclass(frozen=True, slots=True)
class Town:
    """The town measured: rows of its residents as exported, nobody's copy among them, and a clerk."""

    residents: int
    people: tuple[dict[str, str], ...]
    clerk: Account


@contextmanager
def own_town(residents: int, *, keep: bool = False) -> Iterator[Town]:
    """A database with a town of that size: a fresh one dropped again whatever happens, or one kept.

    The one that is kept is made the first time; whatever broke off while making it is gone on with.
    """
    with _own_database(f"town_{residents}" if keep else "", keep=keep):
        if _held() < residents:
            _make_town(residents)
        yield Town(residents, tuple(crowd.originals()), clerk("bench"))


@contextmanager
def empty_database(residents: int) -> Iterator[int]:
    """A fresh database for a benchmark that fills it itself; gives the size asked for."""
    with _own_database():
        yield residents


@contextmanager
def _own_database(name: str = "", *, keep: bool = False) -> Iterator[None]:
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_kakanai_{name or os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(usual, verbosity=0, keepdb=keep)


def _held() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM residents_resident")
        return int(cursor.fetchone()[0])


def _make_town(residents: int) -> None:
    made = f"--residents={min(residents, MADE)}"
    with TemporaryDirectory() as folder:
        call_command("make_town", folder, made, f"--seed={SEED}", stdout=StringIO())
        with suppress(SystemExit):
            day = str(Path(folder) / "day00")
            call_command("import_exports", day, "--json", stdout=StringIO())
    if residents > MADE:
        crowd.grow(residents)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if residents > MADE else "ANALYZE")


def clerk(name: str) -> Account:
    """Another clerk; one alone may not search for ever. A town that is kept has those of before."""
    account = Account.objects.create_user(f"{name}-{uuid4().hex[:8]}")
    account.groups.add(Group.objects.get(name=CLERK))
    return account
