"""The first 全件 of a feed: what its rows make is built as they are read, and never staged.

The register holds nothing of the feed then, so there is nothing to compare with. People of whom a row
was rejected or comes twice are staged as ever, and the code of every other night deals with them.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress, groupby, islice
from operator import attrgetter
from typing import Any

import numpy as np
import orjson
import polars as pl
from django.db import connection
from psycopg import Copy
from psycopg.copy import QueuedLibpqWriter

from residents import record_items
from residents.feed import Feed, Target
from residents.importing import building, plain, search_keys, staging
from residents.importing.blocks import Block
from residents.importing.first_tables import MODELS, Aside, Straight
from residents.importing.rows import Row
from residents.importing.suspicions import Suspicions
from residents.models import Delivery

_BLOCKS = 8  # between two commands; the people of them who must wait are in memory
_NUMBER, _VERSION = attrgetter("number"), attrgetter("version_key")


class NotGrouped(Exception):
    """The rows of a record, or a rejected row and the others of its person, are not side by side."""


@dataclass(slots=True)
class First:
    """What the first 全件 of a feed makes, and into which tables."""

    feed: Feed
    suspicions: Suspicions
    into: Aside | Straight
    count: int = 0
    _records: array[int] = field(default_factory=lambda: array("q"))
    _people: array[int] = field(default_factory=lambda: array("q"))
    _odd: set[int] = field(default_factory=set)

    def copy(self, delivery: Delivery, blocks: Iterator[Block]) -> None:
        """Build what the rows say. Raises NotGrouped and what `blocks` raises; all is undone then."""
        self.into.begin()
        waiting: list[Row] = []  # the last person of a block may go on in the next
        more = True
        while more:
            with _copying(self.into, delivery) as made:
                more = False
                for block in islice(blocks, _BLOCKS):
                    more = True
                    waiting = self._copy_block(made, block, waiting)
                if not more:
                    self._copy_people(made, waiting)
        self._refuse_scattered()
        self.into.end()

    def _copy_block(self, made: _Made, block: Block, waiting: list[Row]) -> list[Row]:
        numbers = block.numbers
        chosen = self._plain(block, numbers, waiting)
        cells = block.cells.filter(chosen)
        if not self._copy_plain(made, cells):
            chosen = chosen & False
        rest = [*waiting, *block.rows((~chosen).arg_true().to_list())]
        last = numbers[-1]
        goes_on = [bool(last) and row.number == last for row in rest]
        self._copy_people(
            made, [row for row, waits in zip(rest, goes_on, strict=True) if not waits]
        )
        return [*compress(rest, goes_on)]

    def _copy_plain(self, made: _Made, cells: pl.DataFrame) -> bool:
        """Build and send rows that are plain; whether they were after all."""
        if not len(cells):
            return True
        items, refs = record_items.known().names, self.into.refs(len(cells))
        lines = plain.lines(cells, items, self.feed, made.delivery, refs)
        if lines is None:
            return False
        made.stream.write(lines)
        numbers = cells[self.feed.key[0]]
        if refs is not None:
            made.identities.append(plain.identities(refs, numbers))
        self._people.extend(map(hash, numbers.to_list()))
        self.count += len(numbers)
        self.suspicions.note_places(cells)
        return True

    def _plain(self, block: Block, numbers: pl.Series, waiting: list[Row]) -> pl.Series:
        """Whose one row is plain; of the last one nobody knows yet whether it is the only one."""
        if self.feed.target is not Target.RESIDENT:
            return pl.repeat(False, len(numbers), eager=True)
        before = numbers.shift(1, fill_value=waiting[-1].number if waiting else "")
        after = numbers.shift(-1, fill_value=numbers[-1])
        single = (numbers != before) & (numbers != after)
        return single.scatter([*block.alone], False) & plain.are(block.cells)

    def _copy_people(self, made: _Made, rows: list[Row]) -> None:
        build = _BUILD[self.feed.target]
        for number, group in groupby(rows, key=_NUMBER):
            together = list(group)
            if _are_odd(together):
                self._odd.add(hash(number))
                made.staged += together
                continue
            for row in build(self, made, together):
                made.stream.write_row(row)

    def insert(self) -> None:
        """Put all of it where it belongs. Runs in the transaction that applies the delivery."""
        self.into.insert(self.count)

    def take(self, row: Row) -> None:
        """Remember that a record was built, in 8 bytes or, where people have several, 16."""
        self._people.append(hash(row.number))
        if self.feed.record:
            self._records.append(hash((row.number, row.record_key)))
        self.count += 1

    def _refuse_scattered(self) -> None:
        people = np.frombuffer(self._people, np.int64)
        records = np.frombuffer(self._records, np.int64) if self.feed.record else people
        odd = np.fromiter(self._odd, np.int64, len(self._odd))
        people.sort()
        records.sort()
        twice = (records[1:] == records[:-1]).any()
        # Two searches need no memory; isin would copy everybody.
        before, after = (np.searchsorted(people, odd, side=side) for side in ("left", "right"))
        if twice or (before < after).any():
            raise NotGrouped
        self._records, self._people = array("q"), array("q")


@dataclass(slots=True)
class _Made:
    """What is being copied: into the stream at once, and what must wait until it is closed."""

    delivery: str
    stream: Copy
    staged: list[Row] = field(default_factory=list)
    keys: list[tuple[str, str, str]] = field(default_factory=list)
    identities: list[bytes] = field(default_factory=list)


class _Writer(QueuedLibpqWriter):
    """Sends in a thread of its own."""

    QUEUE_SIZE = 64  # pieces of 128 KiB at most


@contextmanager
def _copying(into: Aside | Straight, delivery: Delivery) -> Iterator[_Made]:
    """One COPY; PostgreSQL works on it while the next rows are built."""
    with connection.cursor() as cursor:
        writer = _Writer(cursor.cursor)
        with cursor.copy(into.people, writer=writer) as stream:
            made = _Made(str(delivery.pk), stream)
            yield made
        if made.staged:
            staging.copy(delivery.pk, made.staged)
        if made.keys:
            with cursor.copy(into.keys) as stream:
                for row in made.keys:
                    stream.write_row(row)
        if made.identities:
            with cursor.copy(into.identities) as stream:
                stream.write(b"".join(made.identities))


def begins(delivery: Delivery, feed: Feed, earlier: Sequence[Delivery]) -> bool:
    """Whether nothing of the feed is held, and nothing earlier of the set brings any."""
    if delivery.kind != Delivery.Kind.FULL or feed.target not in MODELS or earlier:
        return False
    held = MODELS[feed.target]._default_manager.all()
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


def _residents(first: First, into: _Made, rows: list[Row]) -> Iterator[tuple[Any, ...]]:
    if len(rows) > 1:
        rows.sort(key=_VERSION, reverse=True)
    top = rows[0]
    records = [orjson.loads(row.record) for row in rows]
    first.suspicions.note_new(records[0])
    first.take(top)
    made = building.resident(
        first.feed, into.delivery, top.number, _hash(rows), top.record_text, records[0]
    )
    own = search_keys.Columns(*made[-4:])
    ref = first.into.ref()
    if ref:
        into.identities.append(f"{ref}\t{top.number}\tnow\n".encode())
    into.keys += [(ref or top.number, *key) for key in search_keys.also(records, own)]
    yield (ref, *made) if ref else made


def _holdings(first: First, into: _Made, rows: list[Row]) -> Iterator[tuple[Any, ...]]:
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
        made = building.holding(first.feed, into.delivery, key, _hash(versions), top.record, record)
        yield (top.number, *made)


def _hash(rows: Sequence[Row]) -> bytes:
    """As latest.prepare makes it: of one row its own, else over all versions, oldest first."""
    if len(rows) == 1:
        return rows[0].row_hash
    return hashlib.sha256(b"".join([row.row_hash for row in reversed(rows)])).digest()


_BUILD = {Target.RESIDENT: _residents, Target.HOLDING: _holdings}
