"""The latest row of each record in staging, those that changed, and the way through Python and back.

`touched`, `blocked` and `latest` are temporary tables of the applying transaction. A record is blocked
when its newest row was rejected: what the register has of it stays, rather than an older row
replacing it. `touched` are the people a delivery speaks of; of a 全件 read whole it is everyone. What
the latest row of a 差分 says, as it would be stored, is `said`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import connection

from residents.feed import Feed
from residents.importing.first import First
from residents.importing.staging import TOUCHED
from residents.importing.suspicions import Suspicions
from residents.models import Delivery

_PREPARE = f"""
DROP TABLE IF EXISTS touched, blocked, latest, changed, going;
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT identity.ref
FROM (
    SELECT DISTINCT number FROM residents_stagedrow
    WHERE delivery_id = %(delivery)s AND number <> '' AND NOT %(whole)s
) met
JOIN residents_identity identity ON identity.number = met.number;
CREATE TEMP TABLE blocked ON COMMIT DROP AS
SELECT identity.ref, top.record_key
FROM (
    SELECT DISTINCT ON (number, record_key) number, record_key, reason
    FROM residents_stagedrow
    WHERE delivery_id = %(delivery)s AND number <> ''
        AND reason NOT IN ('duplicate_key', '{TOUCHED}')
        AND number IN (
            SELECT number FROM residents_stagedrow WHERE delivery_id = %(delivery)s AND reason <> ''
        )
    ORDER BY number, record_key, version_key = '' DESC, version_key DESC, reason <> '' DESC
) top
JOIN residents_identity identity ON identity.number = top.number
WHERE top.reason <> '';
CREATE TEMP TABLE latest ON COMMIT DROP AS
SELECT identity.ref, staged.number, staged.record_key, max(staged.version_key) AS version_key,
    CASE WHEN count(*) = 1
        THEN string_agg(staged.row_hash, ''::bytea ORDER BY staged.version_key)
        ELSE sha256(string_agg(staged.row_hash, ''::bytea ORDER BY staged.version_key))
    END AS row_hash,
    (array_agg(CASE WHEN staged.record_text <> '' THEN staged.record_text
        ELSE staged.record::text END ORDER BY staged.version_key DESC
    ) FILTER (WHERE %(changes)s))[1] AS said
FROM residents_stagedrow staged
JOIN residents_identity identity ON identity.number = staged.number
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
    AND NOT EXISTS (
        SELECT FROM blocked
        WHERE blocked.ref = identity.ref
            AND (blocked.record_key IS NULL OR blocked.record_key = staged.record_key)
    )
GROUP BY identity.ref, staged.number, staged.record_key;
ANALYZE touched;
ANALYZE latest;
"""
_NAMELESS = """
SELECT EXISTS (
    SELECT FROM residents_stagedrow WHERE delivery_id = %s AND reason <> '' AND number = ''
)
"""
_BATCH = 2000


@dataclass(frozen=True, slots=True)
class Counts:
    """What applying one delivery did, in records; the feed had `before` and has `held` now."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    before: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Work:
    """One delivery being applied, and what is noticed on the way.

    `first` is what was built of the first 全件 of a feed; what is staged of it is the rest.
    """

    delivery: Delivery
    feed: Feed
    suspicions: Suspicions
    first: First | None = None

    @property
    def is_full(self) -> bool:
        """Whether absence may say something (全件)."""
        return self.delivery.kind == Delivery.Kind.FULL

    @property
    def may_end(self) -> bool:
        """Whether somebody's absence says anything; before a first 全件 nobody was there."""
        return not self.first and may_end_records(self.delivery)

    def scope(self, table: str) -> str:
        """The condition that keeps a query to the people the delivery speaks of."""
        if self.delivery.whole and self.is_full:
            return "TRUE"
        return f"{table}.ref IN (SELECT ref FROM touched)"

    def news(self, held: str) -> str:
        """The condition under which a row of `latest` changes the row of table `held`.

        A 差分 seldom has a person's older rows, so it is the latest one that is compared; and what
        is older than what is held is no news.
        """
        if self.is_full:
            # The second is how the hash of one row was kept once.
            return f"{held}.row_hash NOT IN (latest.row_hash, sha256(latest.row_hash))"
        return f"{_version_key(held)} <= latest.version_key AND {held}.record::text <> latest.said"


def _version_key(table: str) -> str:
    """SQL that sorts a held row among `latest.version_key` (rows.Row.version_key)."""
    digits = "lpad({}::text, 20, '0')".format
    match table:
        case "resident":
            return f"{digits('resident.history_no')} || chr(31) || {digits('resident.branch_no')}"
        case "protection":
            return digits("protection.history_no")
    return f"""COALESCE((
        SELECT string_agg(
            CASE WHEN part ~ '^[0-9]+$' THEN lpad(part, greatest(20, length(part)), '0')
                ELSE part END, chr(31) ORDER BY place
        ) FROM unnest({table}.version) WITH ORDINALITY AS parts (part, place)
    ), '') COLLATE "C" """


def prepare(work: Work) -> None:
    """Build `touched`, `blocked` and `latest` for a delivery."""
    whole = work.delivery.whole and work.is_full
    with connection.cursor() as cursor:
        named: dict[str, Any] = {
            "delivery": work.delivery.pk,
            "whole": whole,
            "changes": not work.is_full,
        }
        cursor.execute(_PREPARE, named)


def may_end_records(delivery: Delivery) -> bool:
    """Whether absence says anything: not in a 差分, nor while a rejected row may be about anybody."""
    if delivery.kind != Delivery.Kind.FULL:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_NAMELESS, [delivery.pk])
        return not cursor.fetchone()[0]


def held_before(work: Work, count: str) -> int:
    """How many records the feed has: as the last delivery left it, or counted by the statement."""
    if work.first:
        return 0
    applied = Delivery.objects.filter(feed=work.feed.code, state=Delivery.State.APPLIED)
    last = applied.order_by("-applied_at", "-as_of", "-sequence").first()
    if last is not None and last.held_after is not None:
        return last.held_after
    with connection.cursor() as cursor:
        cursor.execute(count, {"feed": work.feed.code})
        return int(cursor.fetchone()[0])


def counted(
    work: Work,
    before: int,
    new: int,
    changed: int,
    returned: int,
    said: int,
    blocked: int,
    gone: int,
) -> Counts:
    """The counts of an applied delivery: `said` latest rows of those touched, of `before` records.

    What a 全件 did not change includes all whom it need not have touched.
    """
    built = work.first.count if work.first else 0
    new, said = new + built, said + built
    held = before + new + returned - gone
    partly = work.is_full and not work.delivery.whole
    unchanged = held - new - changed - blocked if partly else said - new - changed
    return Counts(new, changed, gone, unchanged, before, held)


def note_gone(work: Work) -> None:
    """Keep a few of those that are missing, and of those built from a first 全件, as examples."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ref FROM going LIMIT 5")
        work.suspicions.note_examples("gone", (ref for (ref,) in cursor.fetchall()))
        if work.first:
            cursor.execute(
                f"SELECT ref FROM {work.first.into.table} WHERE delivery_id = %s LIMIT 5",
                [work.delivery.pk],
            )
            work.suspicions.note_examples("new", (ref for (ref,) in cursor.fetchall()))


def rebuild(
    select: str,
    parameters: dict[str, Any],
    build: Callable[[UUID, list[tuple[Any, ...]]], Iterable[tuple[str, tuple[Any, ...]]]],
    copies: dict[str, str],
) -> None:
    """Read changed rows in batches, build table rows from each ref's group, and COPY them.

    `select` gives the ref first and is ordered by it; `build` yields (name of a copy, row).
    """
    with connection.connection.cursor(name="changed") as reading:
        reading.execute(select, parameters)
        groups = groupby(_fetched(reading), key=lambda row: row[0])
        while batch := [(ref, list(rows)) for ref, rows in islice(groups, _BATCH)]:
            built = [made for ref, rows in batch for made in build(ref, rows)]
            for name, statement in copies.items():
                _copy(statement, (row for into, row in built if into == name))


def _fetched(reading: Any) -> Iterator[tuple[Any, ...]]:
    while rows := reading.fetchmany(_BATCH):
        yield from rows


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)
