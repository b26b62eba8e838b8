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

SEED = 1
CLERK = "clerk"


@dataclass(frozen=True, slots=True)
class Town:
    """The town measured: its residents' rows as exported, and a clerk to act as."""

    residents: int
    people: tuple[dict[str, str], ...]
    clerk: Account


@contextmanager
def own_town(residents: int) -> Iterator[Town]:
    """A fresh database with a town of that size, dropped again whatever happens."""
    with _own_database(), TemporaryDirectory() as folder:
        call_command(
            "make_town", folder, f"--residents={residents}", f"--seed={SEED}", stdout=StringIO()
        )
        day = Path(folder) / "day00"
        with suppress(SystemExit):
            call_command("import_exports", str(day), "--json", stdout=StringIO())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        people = tuple(_people(day))
        yield Town(len(people), people, _clerk())


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


def _clerk() -> Account:
    account = Account.objects.create_user("bench")
    account.groups.add(Group.objects.get(name=CLERK))
    return account
