"""Importing one set of deliveries: received, staged, checked, and applied in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from django.db import DatabaseError, transaction

from residents import feed, record_items
from residents.importing import (
    applying,
    file_name,
    first,
    first_tables,
    lock,
    order,
    reading,
    releasing,
    staging,
    states,
)
from residents.importing.arrival import Arrival
from residents.importing.file_name import FileName
from residents.importing.incoming import Incoming, receive
from residents.importing.progress import Progress, Silence
from residents.importing.refusal import FileRefused, FileReplayed, ImportFailed
from residents.models import Delivery


def import_set(arrivals: Iterable[Arrival], progress: Progress | None = None) -> list[Delivery]:
    """Import files that belong together: all are applied in one transaction, or none.

    A file applied before (`replay`), and a 差分 whose 全件 is in the set, are refused alone; any other
    refusal or hold refuses or holds the whole set. Nothing is raised for a bad file: the returned
    deliveries say what became of each. What waited for one of them is applied after it, and is
    returned as well. Raises ImportBusy, and ImportFailed when the database does.
    """
    progress = progress or Silence()
    files = list(arrivals)
    with working(_feeds_beside_others(files)):
        _close_interrupted()
        incoming = _receive(files)
        moving = [each for each in incoming if each.received]
        _stop_set(incoming, moving)
        is_applied = _filled_empty_register(moving, progress)
        if not is_applied:
            _stage(moving, progress)
            _stop_set(incoming, moving)
            _reject_repeats(moving)
        with lock.applying():
            if not is_applied:
                applying.apply(moving, progress)
            waited = releasing.go_on(progress)
    return [*(each.delivery for each in incoming), *waited]


@contextmanager
def working(feeds: Collection[str] | None = None) -> Iterator[None]:
    """Hold the import lock, of these feeds or of all, and leave nothing staged.

    Raises ImportBusy and ImportFailed.
    """
    with lock.import_lock(feeds):
        try:
            record_items.append_missing(feed.feed(feed.REGISTER).columns)
            staging.begin()
            yield
        except (DatabaseError, psycopg.Error) as error:
            # PostgreSQL quotes the row at fault, and what is raised ends in a log.
            raise ImportFailed(_sqlstate(error)) from None
        finally:
            first.drop_all()


def _feeds_beside_others(files: Iterable[Arrival]) -> set[str] | None:
    """The feeds of the set; None where one of them fills its table first, which nobody may do beside it."""
    feeds = {name.feed.code for each in files if (name := _name(each))}
    applied = Delivery.objects.filter(feed__in=feeds, state=Delivery.State.APPLIED)
    return feeds if feeds == set(applied.values_list("feed", flat=True)) else None


def _name(arrival: Arrival) -> FileName | None:
    try:
        return file_name.read(arrival.name)
    except FileRefused:
        return None  # the gates say so


def _sqlstate(error: BaseException) -> str:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    return getattr(cause, "sqlstate", None) or "unknown"


def _close_interrupted() -> None:
    """A crash leaves unfinished deliveries, of which nothing was applied; those that move are let be."""
    refusal = FileRefused(
        "interrupted",
        "取込が途中で止まりました。何も変えていません。もう一度取り込んでください。",
    )
    unfinished = Delivery.objects.filter(state__in=states.UNFINISHED)
    for pk, code in list(unfinished.values_list("pk", "feed")):
        with lock.these_alone([code]) as nobody_moves_it:
            if nobody_moves_it and (left := unfinished.filter(pk=pk).first()):
                Incoming(left).refuse(refusal)


def _receive(arrivals: Iterable[Arrival]) -> list[Incoming]:
    """Pass the files through the gates one by one, then ask in their order whether it is their turn."""
    set_id = uuid.uuid4()
    incoming = sorted(
        (receive(each, set_id) for each in arrivals), key=lambda each: str(each.received is None)
    )
    incoming.sort(key=lambda each: each.place)
    before: list[Delivery] = []
    for each in incoming:
        if each.received:
            _take_turn(each, before)
    return incoming


def _take_turn(each: Incoming, before: list[Delivery]) -> None:
    delivery = each.delivery
    try:
        for other in before:
            if order.same_file(other) == order.same_file(delivery):
                raise FileReplayed(other.pk)
        waits = order.check(delivery, before)
    except FileReplayed as refusal:
        each.repeat(refusal)
    except FileRefused as refusal:
        each.received = None
        each.refuse(refusal)
    else:
        each.holds += [waits] if waits else []
        before.append(delivery)
        delivery.save()


def _stop_set(incoming: list[Incoming], moving: list[Incoming]) -> None:
    """Once a file of the set is refused, take every other out of `moving` as well."""
    cause = next((each for each in incoming if _stops_others(each, moving)), None)
    if cause is None:
        return
    name = cause.delivery.file_name
    message = f"同じ組の{name}を反映できないため、これも反映していません。"
    for each in moving:
        if each.refusal is None:
            each.refuse(FileRefused("set", message))
    moving.clear()


def _stops_others(each: Incoming, moving: list[Incoming]) -> bool:
    if each.refusal is None or isinstance(each.refusal, FileReplayed):
        return False
    covered = each.delivery.kind == Delivery.Kind.CHANGES and any(
        other.delivery.feed == each.delivery.feed
        and other.delivery.kind == Delivery.Kind.FULL
        and other.delivery.as_of >= each.delivery.as_of
        for other in moving
    )
    return not covered


def _filled_empty_register(moving: list[Incoming], progress: Progress) -> bool:
    """Read and apply the first of all sets in one transaction, which needs no second copy of it.

    If anything of it must be refused or looked at, all is undone, and it goes the way of every other.
    """
    if not moving or not first_tables.is_empty():
        return False
    holds = [[*each.holds] for each in moving]
    try:
        with lock.applying(), transaction.atomic():
            if not first_tables.is_empty():
                raise applying.Held
            _stage(moving, progress, straight=True)
            if any(each.refusal for each in moving):
                raise applying.Held
            _reject_repeats(moving)
            applying.add_identities()
            applying.apply_all(moving, progress)
    except applying.Held:
        for each, before in zip(moving, holds, strict=True):
            each.start_over(before)
        return False
    applying.analyze(moving)
    return True


def _stage(moving: list[Incoming], progress: Progress, *, straight: bool = False) -> None:
    for place, each in enumerate(moving):
        with each.timed():
            try:
                earlier = [other.delivery for other in moving[:place]]
                _stage_one(each, earlier, progress, straight=straight)
            except FileRefused as refusal:
                each.refuse(refusal)


def _stage_one(
    each: Incoming, earlier: Sequence[Delivery], progress: Progress, *, straight: bool
) -> None:
    arrival, delivery = each.arrival, each.delivery
    assert arrival
    assert each.received
    each.reading = reading.stage(delivery, each.received, earlier, progress, straight=straight)
    if arrival.expected_rows not in (None, delivery.rows):
        promised = arrival.expected_rows
        message = (
            f"manifest.csvの件数{promised}に対し、{delivery.rows}件でした。受け取り直してください。"
        )
        raise FileRefused("count", message)
    states.move(delivery, Delivery.State.STAGED)


def _reject_repeats(moving: list[Incoming]) -> None:
    repeats = staging.reject_repeats() if moving else {}
    for each in moving:
        each.delivery.rejected += repeats.get(each.delivery.pk, 0)
