"""Fills the demo's empty register with a made-up town, once, also when it was interrupted."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

SEED = 1
USUAL_RESIDENTS = 20_000
EXPORTED_AT = 3  # o'clock
STAMP = re.compile(r"_\d{14}_")

REFUSED = 4

Run = Callable[..., int]


class NoTown(Exception):
    """The town cannot be made or imported, or another one is there; the text says what to do."""


def settle(var: Path, residents: int | None, *, run: Run, say: Callable[[str], None]) -> None:
    """Make the town and import it unless that is done.

    run starts one of our commands and returns its exit code; residents is the size asked for,
    None if nobody asked. Raises NoTown.
    """
    town = var / "town"
    size = _size(town)
    if size is not None and residents not in (None, size):
        raise NoTown(
            f"The demo's town has {size:,} residents. To make another, add --reset "
            "(this throws the demo's data away)."
        )
    if size is None:
        size = USUAL_RESIDENTS if residents is None else residents
        say(f"Making a town of {size:,} residents (none of them exists) …")
        _make(town, size, run=run)
    marker = town / "imported"
    if marker.exists() and marker.read_text() == _register():
        return
    _date(town / "day00", timezone.localtime())
    say("Importing the town into the register …")
    _import(town / "day00", run=run)
    marker.write_text(_register())


def showcase(var: Path) -> list[dict[str, str]]:
    """Return the households made for showing something: their 宛名番号, a title and what it is."""
    households: list[dict[str, str]] = json.loads((var / "town" / "showcase.json").read_text())
    return households


def forget(var: Path) -> None:
    """Remove the town's files."""
    shutil.rmtree(var / "town", ignore_errors=True)


def _size(town: Path) -> int | None:
    made = town / "made.json"
    return int(json.loads(made.read_text())["residents"]) if made.exists() else None


def _make(town: Path, size: int, *, run: Run) -> None:
    shutil.rmtree(town, ignore_errors=True)
    if run("make_town", str(town), "--residents", str(size), "--seed", str(SEED)):
        raise NoTown("The town could not be made.")
    # Written last: a town without it was interrupted and is made again.
    (town / "made.json").write_text(json.dumps({"residents": size, "seed": SEED}))


def _date(exports: Path, now: datetime) -> None:
    """Name the files after last night, when core systems would have sent them; what they hold stays."""
    at = now.replace(hour=EXPORTED_AT, minute=0, second=0, microsecond=0)
    at -= timedelta(days=at > now)
    dated = f"_{at:%Y%m%d%H%M%S}_"
    for path in exports.glob("*.csv"):
        path.rename(path.with_name(STAMP.sub(dated, path.name)))
    manifest = exports / "manifest.csv"
    manifest.write_bytes(STAMP.sub(dated, manifest.read_bytes().decode()).encode())


def _import(exports: Path, *, run: Run) -> None:
    code = run("import_exports", str(exports))
    if code == REFUSED and _was_applied(exports):
        return
    if code:
        raise NoTown(f"The import of {exports} ended with {code}.")


def _was_applied(exports: Path) -> bool:
    """Tell whether a start that was killed after the import, before it noted so, had done it."""
    names = {path.name for path in exports.glob("*.csv")} - {"manifest.csv"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT file_name FROM residents_delivery WHERE state = 'applied' "
            "AND file_name = ANY(%s)",
            [list(names)],
        )
        return {name for (name,) in cursor.fetchall()} == names


def _register() -> str:
    """Tell this very database from one made anew, so that a stale marker is not believed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || ' ' || oid FROM pg_control_system(), pg_database "
            "WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0])
