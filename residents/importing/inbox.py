"""The inbox: where the core systems leave their exports, imported as they become complete."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from residents.importing import bucket, bucket_inbox, order, parcel
from residents.importing.arrival import Arrival
from residents.importing.bucket import Bucket, BucketAway
from residents.importing.delivery_set import import_set
from residents.importing.file_name import is_delivery
from residents.importing.queue import work_off
from residents.importing.refusal import ImportBusy, ImportFailed
from residents.models import Delivery, InboxLook

_QUIET = timedelta(seconds=30)  # nothing written for so long: the sender is done


def place(address: str | Path) -> Path | Bucket:
    """The folder or s3://bucket/folder a setting names. Raises BucketAway."""
    named = str(address)
    return bucket.at(named) if named.startswith(bucket.SCHEME) else Path(named)


def look(address: str | Path, now: datetime) -> list[Delivery]:
    """Import what is new at that place, and write down for operators whether it could be looked at.

    Raises ImportBusy, and ImportFailed once that is written down.
    """
    noted = _noted(address, now)
    try:
        found = place(address)
        deliveries = (
            bucket_inbox.sync(found, now) if isinstance(found, Bucket) else sync(found, now)
        )
    except BucketAway as away:
        _say(noted, away.message)
        return []
    except OSError as error:
        # Its text has the path, which an operator knows; its kind says what is the matter.
        _say(noted, f"受け取りのフォルダーを読めません（{type(error).__name__}）。")
        return []
    except ImportBusy:
        _say(noted, "")
        raise
    except ImportFailed as failure:
        _say(noted, f"データベースの異常で取り込めませんでした（{failure}）。何も変えていません。")
        raise
    _say(noted, "")
    return deliveries


def sync(folder: Path, now: datetime) -> list[Delivery]:
    """Import every complete set in the folder that is new; returns what became of its files.

    A sub-folder or ZIP is a set, so are all loose files together; the set with the oldest file comes
    first. Nothing is moved or deleted: what was dealt with is recognised by name, size and time, so
    that a night's files are read once. Raises ImportBusy in the end, where another import kept some of
    it waiting, and OSError where the folder cannot be read.
    """
    return work_off(sorted(_sets(folder, now), key=order.first_moment), _take_in)


def _take_in(arrivals: list[Arrival]) -> list[Delivery]:
    return [] if all(map(_is_known, arrivals)) else import_set(arrivals)


def _sets(folder: Path, now: datetime) -> Iterator[list[Arrival]]:
    """Sub-folders and ZIPs by name, then loose files, as far as each set is complete.

    Loose files that were dealt with stay out, lest a refused one stops all that come after it; but a
    manifest among them wants all.
    """
    every = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    entries = [each for each in every if each.is_dir() or each.is_file()]  # no broken link, no pipe
    loose = [each for each in entries if is_delivery(each.name) and each.is_file()]
    for each in entries:
        if each.is_dir() or parcel.names_zip(each.name):
            files = [inner for inner in each.iterdir() if inner.is_file()] if each.is_dir() else []
            if (files or each.is_file()) and _is_quiet([each, *files], now):
                yield from parcel.sets([each])
    if _is_quiet(loose, now):
        has_manifest = any(each.name == parcel.MANIFEST for each in loose)
        for found in parcel.sets(loose):
            yield found if has_manifest else [each for each in found if not _is_known(each)]


def _is_quiet(paths: list[Path], now: datetime) -> bool:
    return all(parcel.modified_at(path) <= now - _QUIET for path in paths)


def _is_known(arrival: Arrival) -> bool:
    seen = Delivery.objects.filter(
        file_name=arrival.name[:255], file_size=arrival.size, file_modified=arrival.modified
    )
    return seen.exclude(reason="interrupted").exists()


def _noted(address: str | Path, now: datetime) -> InboxLook:
    return InboxLook.objects.update_or_create(place=str(address), defaults={"at": now})[0]


def _say(noted: InboxLook, wrong: str) -> None:
    """What is wrong, and since when the inbox could not be read."""
    noted.wrong_since = (noted.wrong_since or noted.at) if wrong else None
    noted.wrong = wrong
    noted.save()
