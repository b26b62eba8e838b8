"""The latest row of each record in staging, those that changed, and the way through Python and back.

`latest` and `blocked` are temporary tables of the applying transaction. A record is blocked when its
newest row was rejected: what the register has of it stays, rather than an older row replacing it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from uuid import UUID

from django.db import connection

from residents.importing.refusal import FileHeld

_PREPARE = """
DROP TABLE IF EXISTS blocked, latest, changed;
CREATE TEMP TABLE blocked ON COMMIT DROP AS
SELECT identity.ref, top.record_key
FROM (
    SELECT DISTINCT ON (number, record_key) number, record_key, reason
    FROM residents_stagedrow
    WHERE delivery_id = %(delivery)s AND number <> '' AND reason <> 'duplicate_key'
    ORDER BY number, record_key, version_key = '' DESC, version_key DESC, reason <> '' DESC
) top
JOIN residents_identity identity ON identity.number = top.number
WHERE top.reason <> '';
CREATE TEMP TABLE latest ON COMMIT DROP AS
SELECT identity.ref, staged.number, staged.record_key, max(staged.version_key) AS version_key,
    sha256(string_agg(staged.row_hash, ''::bytea ORDER BY staged.version_key)) AS row_hash
FROM residents_stagedrow staged
JOIN residents_identity identity ON identity.number = staged.number
WHERE staged.delivery_id = %(delivery)s AND staged.reason = ''
    AND NOT EXISTS (
        SELECT FROM blocked
        WHERE blocked.ref = identity.ref
            AND (blocked.record_key IS NULL OR blocked.record_key = staged.record_key)
    )
GROUP BY identity.ref, staged.number, staged.record_key;
ANALYZE latest;
"""
_NAMELESS = """
SELECT EXISTS (
    SELECT FROM residents_stagedrow WHERE delivery_id = %s AND reason <> '' AND number = ''
)
"""
_BATCH = 2000
_MASS = 0.1  # share of the register whose disappearance a person must look at first


@dataclass(frozen=True, slots=True)
class Counts:
    """What applying one delivery did, in records."""

    new: int = 0
    changed: int = 0
    gone: int = 0
    unchanged: int = 0


def prepare(delivery: UUID) -> None:
    """Build `blocked` and `latest` for a delivery."""
    with connection.cursor() as cursor:
        cursor.execute(_PREPARE, {"delivery": delivery})


def may_end_records(delivery: UUID) -> bool:
    """Whether absence says anything: not while a rejected row may be about just anybody."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMELESS, [delivery])
        return not cursor.fetchone()[0]


def hold_mass(going: int, held: int, what: str, floor: int = 0) -> None:
    """Raise FileHeld when more than a tenth of what is held would end at once."""
    if going > floor and going > held * _MASS:
        raise FileHeld(
            "mass_deletion",
            f"この全件には、登録されている{what}{held}件のうち{going}件がありません。"
            "抽出もれでないか確かめ、正しいファイルを受け取り直してください。"
            "正しい場合は、2人の確認で保留を解いてから反映します。",
        )


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


def array(values: Sequence[str]) -> str:
    """A text[] literal; several times faster than leaving a list to the driver."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


def _fetched(reading: Any) -> Iterator[tuple[Any, ...]]:
    while rows := reading.fetchmany(_BATCH):
        yield from rows


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)
