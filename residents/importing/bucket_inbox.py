"""An inbox in a bucket: complete sets are imported once; nothing is moved, deleted or marked there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.db.models import QuerySet
from django.utils import timezone

from residents.importing import bucket as storage
from residents.importing import order, parcel
from residents.importing.arrival import Arrival, arrival
from residents.importing.bucket import Bucket, Stored
from residents.importing.delivery_set import import_set
from residents.importing.file_name import is_delivery
from residents.importing.on_disk import LOST
from residents.importing.queue import work_off
from residents.importing.refusal import ImportFailed
from residents.models import Delivery, InboxObject

QUIET = timedelta(seconds=30)
"""So long nothing of a set must have changed, by our own clock, before it is taken for whole."""
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Set:
    """Objects that belong together: a ZIP, those of a folder (`name/`), or the loose ones (no name)."""

    name: str
    members: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be imported now of a set, and the files in it."""

    members: list[Stored]
    files: list[Arrival]


def sync(bucket: Bucket, now: datetime) -> list[Delivery]:
    """Import every complete set in the bucket that is new; returns what became of its files.

    As in a folder, a sub-folder or ZIP is a set, so are all loose objects together; the set with the
    oldest file comes first. What cannot be read is tried again by a later look, as is what another
    import keeps waiting; the others are imported all the same. Raises BucketAway or ImportBusy in the
    end, ImportFailed at once.
    """
    found = list(_sets(bucket, storage.listed(bucket)))
    _note(bucket, [member for each in found for member in each.members], now)
    due = sorted(_due(bucket, found, now), key=lambda each: order.first_moment(each.files))
    return work_off(due, partial(_import, bucket, now))


def sets(bucket: Bucket) -> list[list[Arrival]]:
    """What lies there now, whoever took it in before: the sets, or the one object at that address.

    Raises BucketAway.
    """
    found = storage.listed(bucket)
    if found or not bucket.prefix:
        whole = [_arrivals(bucket, each.name, each.members) for each in _sets(bucket, found)]
        return sorted(whole, key=order.first_moment) or [_nothing(bucket)]
    key = bucket.prefix.removesuffix("/")
    beside = storage.listed(replace(bucket, prefix=key))
    one = next((each for each in beside if each.key == key), None)
    if one is None:
        return [_nothing(bucket)]
    return [_arrivals(bucket, _file(one) if parcel.names_zip(key) else "", [one])]


def _nothing(bucket: Bucket) -> list[Arrival]:
    return parcel.folder(str(bucket), [], timezone.now())


def _import(bucket: Bucket, now: datetime, due: _Due) -> list[Delivery]:
    """What became of the set's files; nothing where it is no longer as it was listed."""
    if not all(storage.is_there(bucket, each) for each in due.members):
        return []
    try:
        done = import_set(due.files)
    except ImportFailed:
        _again(bucket, due.members, now)
        raise
    if any(each.reason == LOST for each in done):
        _again(bucket, due.members, now)
    else:
        _rows(bucket, due.members).update(taken_at=now, tries=0, again_at=None)
    return done


def _arrivals(bucket: Bucket, name: str, members: Sequence[Stored]) -> list[Arrival]:
    files = [
        arrival(
            _file(each),
            each.size,
            each.modified,
            partial(storage.opened, bucket, each),
            near=storage.NEAR,
        )
        for each in members
    ]
    if not name:
        return parcel.loose(files)
    if not name.endswith("/"):
        return parcel.unzipped(files[0])
    return parcel.folder(name.rstrip("/"), files, max(each.modified for each in members))


def _sets(bucket: Bucket, found: Iterable[Stored]) -> Iterator[_Set]:
    """Sub-folders and ZIPs by name, then the loose ones; what lies deeper or is hidden is left alone."""
    named: dict[str, list[Stored]] = {}
    loose = []
    for each in sorted(found, key=lambda one: one.key):
        first, *rest = each.key.removeprefix(bucket.prefix).split("/")
        if first.startswith(".") or each.key.endswith("/") or len(rest) > 1:
            continue
        if rest or parcel.names_zip(first):
            named.setdefault(f"{first}/" if rest else first, []).append(each)
        elif is_delivery(first):
            loose.append(each)
    for name in sorted(named):
        yield _Set(name, tuple(named[name]))
    if loose:
        yield _Set("", tuple(loose))


def _note(bucket: Bucket, found: Collection[Stored], now: datetime) -> None:
    """Write down since when each object is as it is, and forget those that are gone."""
    known = {each.place: each for each in InboxObject.objects.filter(place__startswith=str(bucket))}
    rows = {_place(bucket, each): each for each in found}
    fresh = [
        InboxObject(place=place, etag=each.etag, size=each.size, since=now)
        for place, each in rows.items()
        if place not in known or not _is_same(known[place], each)
    ]
    InboxObject.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["place"],
        update_fields=["etag", "size", "since", "taken_at", "tries", "again_at"],
    )
    InboxObject.objects.filter(pk__in=known.keys() - rows.keys()).delete()


def _due(bucket: Bucket, found: Iterable[_Set], now: datetime) -> Iterator[_Due]:
    for each in found:
        if members := _members_due(bucket, each, now):
            yield _Due(members, _arrivals(bucket, each.name, members))


def _members_due(bucket: Bucket, found: _Set, now: datetime) -> list[Stored]:
    """The objects to import now. Of loose ones those dealt with stay out, but a manifest wants all."""
    rows = {each.place: each for each in _rows(bucket, found.members)}
    state = [(each, rows.get(_place(bucket, each))) for each in found.members]
    waits = any(
        row is None
        or not _is_same(row, each)
        or row.since > now - QUIET
        or (row.again_at and row.again_at > now)
        for each, row in state
    )
    new = [each for each, row in state if row and not row.taken_at]
    if waits or not new:
        return []
    is_whole = found.name or any(_file(each) == parcel.MANIFEST for each in found.members)
    return list(found.members) if is_whole else new


def _again(bucket: Bucket, members: Sequence[Stored], now: datetime) -> None:
    """Try again later, each time after twice as long: an attempt leaves a line on the board."""
    for row in _rows(bucket, members):
        row.tries = min(row.tries + 1, 100)
        row.again_at = now + min(timedelta(minutes=2 ** min(row.tries, 10)), _LONGEST_WAIT)
        row.save()


def _rows(bucket: Bucket, members: Iterable[Stored]) -> QuerySet[InboxObject]:
    return InboxObject.objects.filter(pk__in=[_place(bucket, each) for each in members])


def _is_same(row: InboxObject, found: Stored) -> bool:
    return (row.etag, row.size) == (found.etag, found.size)


def _file(stored: Stored) -> str:
    return stored.key.rpartition("/")[2]


def _place(bucket: Bucket, stored: Stored) -> str:
    return f"{storage.SCHEME}{bucket.name}/{stored.key}"
