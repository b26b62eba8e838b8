"""Applying a staged set: all of it in one transaction, or none and it is held for two people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from django.db import connection, transaction

from residents.feed import Target
from residents.importing import held, holdings, latest, people, protections, reading, staging
from residents.importing.incoming import Incoming
from residents.importing.latest import Work
from residents.importing.progress import Progress
from residents.importing.refusal import FileHeld
from residents.importing.suspicions import Suspicions
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
_IDENTITIES = """
INSERT INTO residents_identity (ref, number, created_at)
SELECT gen_random_uuid(), number, now()
FROM (SELECT DISTINCT number FROM residents_stagedrow WHERE reason = '') met
WHERE NOT EXISTS (SELECT FROM residents_identity known WHERE known.number = met.number)
"""
_NEW_STATISTICS = 0.1  # share of a feed whose change makes PostgreSQL's statistics stale


class Held(Exception):
    """Something in the set must be looked at first; the transaction is undone."""


def apply(moving: Sequence[Incoming], progress: Progress, by: Sequence[int] = ()) -> None:
    """Apply what is staged of these deliveries, in order; or hold them all, and say why.

    `by` are the two accounts that looked at it: then nothing is held any more.
    """
    if not moving:
        return
    add_identities()
    try:
        with transaction.atomic():
            apply_all(moving, progress, by)
    except Held:
        _hold(moving)
        return
    analyze(moving)


def add_identities() -> None:
    """Give everyone of whom a row is staged a ref who has none."""
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES)


def apply_all(moving: Sequence[Incoming], progress: Progress, by: Sequence[int] = ()) -> None:
    """Apply the deliveries one after the other. Runs in a transaction; raises Held."""
    if not by and any(each.holds for each in moving):
        raise Held
    for each in moving:
        progress.say(f"反映中　{each.delivery.file_name}")
        with each.timed():
            _apply_one(each, by)
    if not by and any(each.holds for each in moving):
        raise Held


def _apply_one(each: Incoming, by: Sequence[int]) -> None:
    delivery = each.delivery
    first = each.reading.first if each.reading else None
    work = Work(delivery, each.feed, first.suspicions if first else Suspicions(each.feed), first)
    before = Delivery.objects.filter(feed=delivery.feed, state=Delivery.State.APPLIED)
    was_filled = before.filter(rows__gt=0, kind=Delivery.Kind.FULL).exists()
    counts = _APPLY[each.feed.target](work)
    each.holds += _empty(each, was_filled=was_filled)
    each.holds += work.suspicions.holds(delivery, counts.gone, counts.before)
    delivery.summary |= work.suspicions.summary(asdict(counts))
    if delivery.rejected and each.delivery.kind == Delivery.Kind.FULL:
        _note_no_end(each)
    staging.keep_rejections(delivery)
    each.applied(counts, work.suspicions, by)
    _keep_hashes(each)
    held.forget_unused(delivery.feed)


def _keep_hashes(each: Incoming) -> None:
    if each.reading:
        each.reading.store(each.delivery, ends=latest.may_end_records(each.delivery))


def _note_no_end(each: Incoming) -> None:
    if not latest.may_end_records(each.delivery):
        each.notes.append(
            "だれの行か分からない取込不可の行があるため、消えた人の判定はしていません。"
        )


def _empty(each: Incoming, *, was_filled: bool) -> list[FileHeld]:
    """A 全件 without a single usable row is a mistake, unless nothing was ever held of it."""
    delivery = each.delivery
    if delivery.rows > delivery.rejected or delivery.kind != Delivery.Kind.FULL:
        return []
    if was_filled or each.feed.target is Target.RESIDENT or delivery.rejected:
        return [
            FileHeld(
                "empty",
                "取り込める行が1件もありません。抽出もれでないか確かめ、正しいファイルを受け取り直して"
                "ください。正しい場合は、2人の確認で保留を解いてから反映します。",
            )
        ]
    return []


def _hold(moving: Sequence[Incoming]) -> None:
    """Hold the set: what it would apply is kept, so that nobody must send its files again."""
    cause = next(each for each in moving if each.holds)
    because = FileHeld(
        "set", f"同じ組の{cause.delivery.file_name}を反映できないため、これも反映していません。"
    )
    for each in moving:
        if each.reading and each.reading.first:
            reading.stage_instead(each.delivery, each.reading)
            each.delivery.rejected += staging.reject_repeats().get(each.delivery.pk, 0)
    with transaction.atomic():
        held.keep([each.delivery.pk for each in moving])
        for each in moving:
            delivery = each.delivery
            delivery.state = Delivery.State.STAGED  # as the transaction left it
            delivery.new = delivery.changed = delivery.gone = delivery.unchanged = 0
            delivery.applied_at = delivery.held_after = None
            each.hold(each.holds or [because])
            _keep_hashes(each)


def analyze(moving: Sequence[Incoming]) -> None:
    """Tell PostgreSQL of the tables that are much changed."""
    tables = {
        table
        for each in moving
        if _is_much(each.delivery)
        for table in (*_TABLES[each.feed.target], "residents_identity")
    }
    with connection.cursor() as cursor:
        for table in sorted(tables):
            cursor.execute(f"ANALYZE {table}")


def _is_much(delivery: Delivery) -> bool:
    touched = delivery.new + delivery.changed + delivery.gone
    return touched > _NEW_STATISTICS * (delivery.held_after or 0)
