"""The first 全件 of a feed: what its rows make is built as they are read, and never staged.

The register holds nothing of the feed then, so there is nothing to compare with. People of whom a row
was rejected or comes twice are staged as ever, and the code of every other night deals with them.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import compress, groupby, repeat
from operator import attrgetter
from typing import Any

import numpy as np
import orjson
from django.db import connection

from residents.feed import Feed, Target
from residents.importing import building, plain, search_keys, staging, tables
from residents.importing.blocks import Block
from residents.importing.rows import Row
from residents.importing.suspicions import Suspicions
from residents.models import Delivery, Holding, Resident

_WORTH = 10_000  # records above which a table is filled without its indexes
_FEW = 4  # a table with less than a quarter of what comes is as good as empty
_NUMBER, _VERSION = attrgetter("number"), attrgetter("version_key")
_MODELS = {Target.RESIDENT: Resident, Target.HOLDING: Holding}
_COLUMNS = {
    Target.RESIDENT: building.RESIDENT,
    Target.HOLDING: f"number, {building.HOLDING}",
}
_MAKE = """
DROP TABLE IF EXISTS {made}, {made}_key;
CREATE TEMP TABLE {made} AS
SELECT {columns} FROM {table} WITH NO DATA;
CREATE TEMP TABLE {made}_key AS
SELECT ''::text AS number, kind, key FROM residents_searchkey WITH NO DATA;
"""
_IDENTITIES = """
INSERT INTO residents_identity (ref, number, created_at)
SELECT gen_random_uuid(), number, now()
FROM (SELECT DISTINCT number FROM {made}) met
WHERE NOT EXISTS (SELECT FROM residents_identity known WHERE known.number = met.number)
"""
_INSERT = """
INSERT INTO {table} (ref, {columns})
SELECT identity.ref, {selected} FROM {made} made JOIN residents_identity identity USING (number)
"""
_KEYS = """
INSERT INTO residents_searchkey (ref, kind, key)
SELECT identity.ref, made.kind, made.key
FROM {made}_key made JOIN residents_identity identity USING (number)
"""


class NotGrouped(Exception):
    """The rows of a record, or a rejected row and the others of its person, are not side by side."""


@dataclass(slots=True)
class First:
    """What the first 全件 of a feed makes, in temporary tables until it is applied."""

    feed: Feed
    suspicions: Suspicions
    count: int = 0
    _records: array[int] = field(default_factory=lambda: array("q"))
    _people: array[int] = field(default_factory=lambda: array("q"))
    _odd: set[int] = field(default_factory=set)

    @property
    def made(self) -> str:
        """The temporary table."""
        return f"first_{self.feed.code}"

    @property
    def table(self) -> str:
        """The table it will be in."""
        return str(_MODELS[self.feed.target]._meta.db_table)

    def copy(self, delivery: Delivery, blocks: Iterable[Block]) -> None:
        """Build what the rows say. Raises NotGrouped and what `blocks` raises; all is undone then."""
        with connection.cursor() as cursor:
            cursor.execute(_MAKE.format(made=self.made, table=self.table, columns=self._shown()))
        waiting: list[Row] = []  # the last person of a block may go on in the next
        for block in blocks:
            waiting = self._copy_block(delivery, block, waiting)
        self._copy_people(delivery, [], waiting)
        self._refuse_scattered()

    def _copy_block(self, delivery: Delivery, block: Block, waiting: list[Row]) -> list[Row]:
        numbers = block.numbers
        chosen = self._plain(block, numbers, waiting)
        made = plain.lines(block, chosen, str(delivery.pk)) if any(chosen) else []
        if made is None:
            chosen, made = [False] * len(numbers), []
        self._take_plain(block, [at for at, each in enumerate(chosen) if each])
        rest = [*waiting, *(block.row(at) for at, each in enumerate(chosen) if not each)]
        last = numbers[-1]
        goes_on = [bool(last) and row.number == last for row in rest]
        people = [row for row, waits in zip(rest, goes_on, strict=True) if not waits]
        self._copy_people(delivery, made, people)
        return [*compress(rest, goes_on)]

    def _plain(self, block: Block, numbers: list[str], waiting: list[Row]) -> list[bool]:
        """Whose one row is plain; of the last one nobody knows yet whether it is the only one."""
        if self.feed.target is not Target.RESIDENT:
            return [False] * len(numbers)
        before = [waiting[-1].number if waiting else "", *numbers[:-1]]
        after = [*numbers[1:], numbers[-1]]
        together = enumerate(zip(before, numbers, after, strict=True))
        single = [one != own != two and at not in block.alone for at, (one, own, two) in together]
        return plain.rows(block, single)

    def _copy_people(self, delivery: Delivery, made: list[str], rows: list[Row]) -> None:
        build = partial(_BUILD[self.feed.target], self, str(delivery.pk))
        staged: list[Row] = []
        keys: list[tuple[str, str, str]] = []
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {self.made} ({self._columns}) FROM STDIN") as stream,
        ):
            if made:
                stream.write("\n".join([*made, ""]))
            for number, group in groupby(rows, key=_NUMBER):
                together = list(group)
                if _are_odd(together):
                    self._odd.add(hash(number))
                    staged += together
                    continue
                for row in build(together, keys):
                    stream.write_row(row)
        self._finish(delivery, staged, keys)

    def add_identities(self) -> None:
        """Give everyone a ref who has none."""
        with connection.cursor() as cursor:
            cursor.execute(_IDENTITIES.format(made=self.made))

    def insert(self) -> None:
        """Put all of it where it belongs. Runs in the transaction that applies the delivery.

        A large one fills a table as good as empty without its indexes; who reads it waits meanwhile.
        """
        columns = [each for each in self._columns.split(", ") if self._is_kept(each)]
        statement = _INSERT.format(
            made=self.made,
            table=self.table,
            columns=", ".join(columns),
            selected=", ".join(f"made.{each}" for each in columns),
        )
        named = {"table": self.table, "made": self.made}
        with connection.cursor() as cursor:
            if self.count < _WORTH or tables.has_more(self.table, self.count // _FEW):
                cursor.execute(statement)
            else:
                with tables.bare(self.table):
                    cursor.execute(statement)
            cursor.execute(_KEYS.format(**named))

    def _take_plain(self, block: Block, places: Sequence[int]) -> None:
        numbers = block.columns[self.feed.key[0]]
        taken = [numbers[at] for at in places]
        self._records.extend(map(hash, zip(taken, repeat(""))))
        self._people.extend(map(hash, taken))
        self.count += len(taken)
        self.suspicions.note_places(block.columns, places)

    def take(self, row: Row) -> None:
        """Remember that a record was built, in 16 bytes."""
        self._records.append(hash((row.number, row.record_key)))
        self._people.append(hash(row.number))
        self.count += 1

    @property
    def _columns(self) -> str:
        return _COLUMNS[self.feed.target]

    def _is_kept(self, column: str) -> bool:
        return column != "number" or self.feed.target is Target.RESIDENT

    def _shown(self) -> str:
        """The columns as SELECT has them; a holding has no number of its own."""
        return ", ".join(
            each if self._is_kept(each) else "''::text AS number"
            for each in self._columns.split(", ")
        )

    def _finish(
        self, delivery: Delivery, staged: list[Row], keys: list[tuple[str, str, str]]
    ) -> None:
        if staged:
            staging.copy(delivery.pk, staged)
        if keys:
            with (
                connection.cursor() as cursor,
                cursor.copy(f"COPY {self.made}_key FROM STDIN") as stream,
            ):
                for row in keys:
                    stream.write_row(row)

    def _refuse_scattered(self) -> None:
        records = np.frombuffer(self._records, np.int64)
        people = np.frombuffer(self._people, np.int64)
        odd = np.fromiter(self._odd, np.int64, len(self._odd))
        if len(np.unique(records)) < len(records) or np.isin(odd, people).any():
            raise NotGrouped
        self._records, self._people = array("q"), array("q")


def begins(delivery: Delivery, feed: Feed, earlier: Sequence[Delivery]) -> bool:
    """Whether nothing of the feed is held, and nothing earlier of the set brings any."""
    if delivery.kind != Delivery.Kind.FULL or feed.target not in _MODELS or earlier:
        return False
    held = _MODELS[feed.target]._default_manager.all()
    if feed.target is Target.HOLDING:
        held = held.filter(feed=feed.code)
    return not held.exists()


def drop_all() -> None:
    """Drop the temporary tables of this session."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD TEMP")


def _are_odd(rows: Sequence[Row]) -> bool:
    """Whether a row of a person was rejected or comes twice."""
    if len(rows) == 1:
        return bool(rows[0].reason)
    known = {(row.record_key, row.version_key) for row in rows}
    return len(known) < len(rows) or any(row.reason for row in rows)


def _residents(
    first: First, delivery: str, rows: list[Row], keys: list[tuple[str, str, str]]
) -> Iterator[tuple[Any, ...]]:
    if len(rows) > 1:
        rows.sort(key=_VERSION, reverse=True)
    top = rows[0]
    records = [orjson.loads(row.record) for row in rows]
    first.suspicions.note_new(records[0])
    first.take(top)
    made = building.resident(first.feed, delivery, top.number, _hash(rows), top.record, records[0])
    own = search_keys.Columns(*made[-4:])
    keys += [(top.number, *key) for key in search_keys.also(records, own)]
    yield made


def _holdings(
    first: First, delivery: str, rows: list[Row], keys: list[tuple[str, str, str]]
) -> Iterator[tuple[Any, ...]]:
    if len(rows) > 1:
        rows.sort(key=_VERSION, reverse=True)
    by_record: dict[str, list[Row]] = {}
    for row in rows:
        by_record.setdefault(row.record_key or "", []).append(row)
    for key, versions in by_record.items():
        top = versions[0]
        record = orjson.loads(top.record)
        first.suspicions.note_new(record)
        first.take(top)
        made = building.holding(first.feed, delivery, key, _hash(versions), top.record, record)
        yield (top.number, *made)


def _hash(rows: Sequence[Row]) -> bytes:
    """As latest.prepare makes it: over all versions of the record, oldest first."""
    return hashlib.sha256(b"".join([row.row_hash for row in reversed(rows)])).digest()


_BUILD = {Target.RESIDENT: _residents, Target.HOLDING: _holdings}
