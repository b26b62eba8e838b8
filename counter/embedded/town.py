"""Fills the demo's empty register with a made-up town, once, also when it was interrupted."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from django.db import connection

SEED = 1
USUAL_RESIDENTS = 20_000

Command = Callable[..., None]


class OtherTown(Exception):
    """The register already holds a town of another size."""


def settle(var: Path, residents: int | None, *, run: Command, say: Callable[[str], None]) -> None:
    """Make the town and import it unless that is done; run starts one of our commands.

    residents is the size asked for, None if nobody asked. Raises OtherTown.
    """
    town = var / "town"
    size = _size(town)
    if size is not None and residents not in (None, size):
        raise OtherTown(
            f"The demo's town has {size:,} residents. To make another, add --reset "
            "(this throws the demo's data away)."
        )
    if size is None:
        size = residents or USUAL_RESIDENTS
        say(f"Making a town of {size:,} residents (none of them exists) …")
        _make(town, size, run=run)
    marker = town / "imported"
    if marker.exists() and marker.read_text() == _register():
        return
    say("Importing the town into the register …")
    run("import_exports", str(town / "day00"))
    marker.write_text(_register())


def forget(var: Path) -> None:
    """Remove the town's files."""
    shutil.rmtree(var / "town", ignore_errors=True)


def _size(town: Path) -> int | None:
    made = town / "made.json"
    return int(json.loads(made.read_text())["residents"]) if made.exists() else None


def _make(town: Path, size: int, *, run: Command) -> None:
    shutil.rmtree(town, ignore_errors=True)
    run("make_town", str(town), "--residents", str(size), "--seed", str(SEED))
    # Written last: a town without it was interrupted and is made again.
    (town / "made.json").write_text(json.dumps({"residents": size, "seed": SEED}))


def _register() -> str:
    """Tell this very database from one made anew, so that a stale marker is not believed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || ' ' || oid FROM pg_control_system(), pg_database "
            "WHERE datname = current_database()"
        )
        return str(cursor.fetchone()[0])
