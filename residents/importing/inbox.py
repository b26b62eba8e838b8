"""The inbox: a folder where the core systems leave their exports, imported as they become complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from residents.importing import parcel
from residents.importing.delivery_set import import_set
from residents.importing.file_name import is_delivery
from residents.importing.parcel import Arrival
from residents.models import Delivery

_QUIET = timedelta(seconds=30)  # nothing written for so long: the sender is done


def sync(folder: Path, now: datetime) -> list[Delivery]:
    """Import every complete set in the folder that is new; returns what became of its files.

    A sub-folder or ZIP is a set, so are all loose files together. Nothing is moved or deleted: what
    was dealt with is recognised by name, size and time, so that a night's files are read once.
    Raises ImportBusy.
    """
    deliveries = []
    for arrivals in parcel.sets(_complete(folder, now)):
        if not all(_is_known(arrival) for arrival in arrivals):
            deliveries += import_set(arrivals)
    return deliveries


def _complete(folder: Path, now: datetime) -> Iterator[Path]:
    """Sub-folders and ZIPs by name, then loose files, as far as each set is complete."""
    entries = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    loose = [each for each in entries if is_delivery(each.name)]
    for each in entries:
        if each.is_dir() or each.suffix.lower() == ".zip":
            files = [inner for inner in each.iterdir() if inner.is_file()] if each.is_dir() else []
            if (files or each.is_file()) and _is_quiet([each, *files], now):
                yield each
    if _is_quiet(loose, now):
        yield from loose


def _is_quiet(paths: list[Path], now: datetime) -> bool:
    return all(parcel.modified_at(path) <= now - _QUIET for path in paths)


def _is_known(arrival: Arrival) -> bool:
    seen = Delivery.objects.filter(
        file_name=arrival.name, file_size=arrival.size, file_modified=arrival.modified
    )
    return seen.exclude(reason="interrupted").exists()
