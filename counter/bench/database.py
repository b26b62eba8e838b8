"""A database of the benchmark's own: made, filled with a made-up town, measured, dropped."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection

from consent.models import Account
from residents import feed
from residents.town import crowd

SEED = 1
CLERK = "clerk"
MADE = 20_000
"""Residents made and imported one by one; a larger town is grown from them in the database."""


@dataclass(frozen=True, slots=True)
class Town:
    """The town measured: rows of its residents as exported (of a grown one the first), and a clerk."""

    residents: int
    people: tuple[dict[str, str], ...]
    clerk: Account


@contextmanager
def own_town(residents: int) -> Iterator[Town]:
    """A fresh database with a town of that size, dropped again whatever happens."""
    with _own_database(), TemporaryDirectory() as folder:
        call_command(
            "make_town",
            folder,
            f"--residents={min(residents, MADE)}",
            f"--seed={SEED}",
            stdout=StringIO(),
        )
        day = Path(folder) / "day00"
        with suppress(SystemExit):
            call_command("import_exports", str(day), "--json", stdout=StringIO())
        if residents > MADE:
            crowd.grow(residents)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        yield Town(residents, tuple(_people(day)), clerk("bench"))


@contextmanager
def empty_database(residents: int) -> Iterator[int]:
    """A fresh database for a benchmark that fills it itself; gives the size asked for."""
    with _own_database():
        yield residents


@contextmanager
def _own_database() -> Iterator[None]:
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_kakanai_{os.getpid()}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def _people(day: Path) -> Iterator[dict[str, str]]:
    """Everyone living here, one row each, from the register's own export."""
    juki = feed.feeds()["juki"]
    path = next(day.glob(f"{juki.business_id}_{juki.group}_*"))
    seen = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["住民状態"] == "1" and row["宛名番号"] not in seen:
                seen.add(row["宛名番号"])
                yield row


def clerk(name: str) -> Account:
    """Another clerk; one alone may not search for ever."""
    account = Account.objects.create_user(name)
    account.groups.add(Group.objects.get(name=CLERK))
    return account
