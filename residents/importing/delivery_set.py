"""Importing one set of deliveries: received, staged, checked, and applied in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator

import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from residents.feed import Target
from residents.importing import holdings, people, protections, rows, staging
from residents.importing.incoming import Incoming, receive
from residents.importing.latest import may_end_records
from residents.importing.lock import import_lock
from residents.importing.oddities import Oddities
from residents.importing.parcel import Arrival
from residents.importing.progress import Progress, Silence
from residents.importing.refusal import FileHeld, FileRefused, FileReplayed, ImportFailed
from residents.models import Delivery

_APPLY = {
    Target.PROTECTION: protections.apply,
    Target.RESIDENT: people.apply,
    Target.HOLDING: holdings.apply,
}
_TABLES = {
    Target.PROTECTION: ("residents_protection",),
    Target.RESIDENT: ("residents_resident", "residents_searchkey", "residents_household"),
    Target.HOLDING: ("residents_holding",),
}
_UNFINISHED = (Delivery.State.RECEIVED, Delivery.State.STAGED, Delivery.State.CHECKED)
_IDENTITIES = """
INSERT INTO residents_identity (ref, number, created_at)
SELECT gen_random_uuid(), number, now()
FROM (SELECT DISTINCT number FROM residents_stagedrow WHERE reason = '') met
WHERE NOT EXISTS (SELECT FROM residents_identity known WHERE known.number = met.number)
"""
_REPORT_EVERY = 1000


def import_set(arrivals: Iterable[Arrival], progress: Progress | None = None) -> list[Delivery]:
    """Import files that belong together: all are applied in one transaction, or none.

    A file applied before (`replay`) and a 差分 whose 全件 is in the set are refused alone; any other
    refusal or hold refuses or holds the whole set. Nothing is raised for a bad file: the returned
    deliveries say what became of each. Raises ImportBusy, and ImportFailed when the database does.
    """
    progress = progress or Silence()
    with import_lock():
        _close_interrupted()
        try:
            incoming = _receive(arrivals)
            moving = [each for each in incoming if each.received]
            _stop_set(incoming, moving)
            _stage(moving, progress)
            _stop_set(incoming, moving)
            _reject_repeats(moving)
            _apply(moving, progress)
        except (DatabaseError, psycopg.Error) as error:
            # PostgreSQL quotes the row at fault, and what is raised ends in a log.
            raise ImportFailed(_sqlstate(error)) from None
        finally:
            staging.clear()
    return [each.delivery for each in incoming]


def _sqlstate(error: BaseException) -> str:
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    return f"SQLSTATE {getattr(cause, 'sqlstate', None) or 'unknown'}"


def _close_interrupted() -> None:
    """A crash leaves staged rows and unfinished deliveries; nothing of them was applied."""
    staging.clear()
    Delivery.objects.filter(state__in=_UNFINISHED).update(
        state=Delivery.State.REFUSED,
        reason="interrupted",
        message="取込が途中で止まりました。何も変えていません。もう一度取り込んでください。",
    )


def _receive(arrivals: Iterable[Arrival]) -> list[Incoming]:
    set_id = uuid.uuid4()
    first: dict[object, Incoming] = {}
    incoming = [receive(each, set_id) for each in arrivals]
    for each in incoming:
        if each.received:
            same = (each.delivery.feed, each.delivery.as_of, each.delivery.sha256)
            if first.setdefault(same, each) is each:
                each.delivery.save()
            else:
                each.repeat(FileReplayed(first[same].delivery.pk))
    return sorted(incoming, key=lambda each: each.place)


def _stop_set(incoming: list[Incoming], moving: list[Incoming]) -> None:
    """Once a file of the set is refused or held, take every other out of `moving` as well."""
    cause = next((each for each in incoming if _stops_others(each, moving)), None)
    if cause is None:
        return
    kind = FileHeld if isinstance(cause.refusal, FileHeld) else FileRefused
    message = f"同じ組の{cause.arrival.name}を反映できないため、これも反映していません。"
    for each in moving:
        if each.refusal is None:
            each.refuse(kind("set", message))
    moving.clear()


def _stops_others(each: Incoming, moving: list[Incoming]) -> bool:
    if each.refusal is None or isinstance(each.refusal, FileReplayed):
        return False
    covered = each.delivery.kind == Delivery.Kind.CHANGES and any(
        other.delivery.feed == each.delivery.feed and other.delivery.as_of >= each.delivery.as_of
        for other in moving
    )
    return not covered


def _stage(moving: list[Incoming], progress: Progress) -> None:
    for each in moving:
        with each.timed():
            try:
                _stage_one(each, progress)
            except FileRefused as refusal:
                each.refuse(refusal)


def _stage_one(each: Incoming, progress: Progress) -> None:
    arrival, delivery = each.arrival, each.delivery
    with (
        arrival.open() as raw,
        progress.reading(arrival.name, arrival.size, raw) as advance,
        rows.open_table(raw, each.feed) as (columns, lines),
        transaction.atomic(),
    ):
        checked = rows.checked(lines, columns, each.feed, timezone.localdate(delivery.as_of))
        staging.copy(delivery.pk, _counted(checked, delivery, advance))
    if arrival.expected_rows not in (None, delivery.rows):
        promised = arrival.expected_rows
        message = (
            f"manifest.csvの件数{promised}に対し、{delivery.rows}件でした。受け取り直してください。"
        )
        raise FileRefused("count", message)
    delivery.state = Delivery.State.STAGED
    delivery.save()


def _counted(
    checked: Iterator[rows.Row], delivery: Delivery, advance: Callable[[], None]
) -> Iterator[rows.Row]:
    for row in checked:
        delivery.rows += 1
        delivery.rejected += bool(row.reason)
        if delivery.rows % _REPORT_EVERY == 0:
            advance()
        yield row
    advance()


def _reject_repeats(moving: list[Incoming]) -> None:
    repeats = staging.reject_repeats() if moving else {}
    for each in moving:
        each.delivery.rejected += repeats.get(each.delivery.pk, 0)


def _apply(moving: list[Incoming], progress: Progress) -> None:
    if not moving:
        return
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES)
    at = moving[0]
    try:
        with transaction.atomic():
            for at in moving:
                progress.say(f"反映中　{at.arrival.name}")
                with at.timed():
                    _apply_one(at)
    except FileHeld as held:
        at.refuse(held)
        _stop_set(moving, moving)
        return
    _analyze({table for each in moving for table in _TABLES[each.feed.target]})


def _apply_one(each: Incoming) -> None:
    delivery, feed = each.delivery, each.feed
    _hold_empty(each)
    oddities = Oddities(feed)
    counts = _APPLY[feed.target](delivery, feed, oddities)
    if delivery.rejected and not may_end_records(delivery.pk):
        each.notes.append(
            "だれの行か分からない取込不可の行があるため、消えた人の判定はしていません。"
        )
    staging.keep_rejections(delivery.pk)
    each.applied(counts, oddities)


def _hold_empty(each: Incoming) -> None:
    """An export without a single usable row is a mistake, unless nothing was ever held of it."""
    if each.delivery.rows > each.delivery.rejected:
        return
    before = Delivery.objects.filter(
        feed=each.feed.code, state=Delivery.State.APPLIED, rows__gt=0
    ).exists()
    if before or each.feed.target is Target.RESIDENT or each.delivery.rejected:
        raise FileHeld(
            "empty",
            "取り込める行が1件もありません。抽出もれでないか確かめ、正しいファイルを受け取り直して"
            "ください。正しい場合は、2人の確認で保留を解いてから反映します。",
        )


def _analyze(tables: set[str]) -> None:
    with connection.cursor() as cursor:
        for table in sorted(tables | {"residents_identity"}):
            cursor.execute(f"ANALYZE {table}")
