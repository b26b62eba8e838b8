"""The rows of a file by the thousand: most are told to be plain by their columns, the rest one by one.

A value of a column is looked at when it is met first; codes, days, names and towns come again and again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice

import orjson

from residents import personal_number, record_items, record_text, unseen
from residents.feed import Feed, Target, code_lists
from residents.importing import oddities
from residents.importing.columns import Columns
from residents.importing.dates import DateChecks
from residents.importing.lines import Lines
from residents.importing.rows import NUMBER, SEPARATOR, VERSION, Check, Row, digest
from residents.layout import Item, ItemType

_ROWS = 1000
_REMEMBERED = 50_000  # values of a column
# What JSON would escape, and what the sender lost.
_NOT_AS_IT_IS = re.compile('["\\\\\ufffd]')
_DIGITS = re.compile("[0-9|]+")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that follow one another: their lines, cells by item, and what is stored of each.

    `records` are JSON, of residents their text (residents/record_text.py).

    Of the rows in `alone`, by their place in the block, only the Row counts: they were rejected, or
    are good and have something out of the ordinary.
    """

    feed: Feed
    lines: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    records: Sequence[bytes]
    alone: Mapping[int, Row]

    @property
    def numbers(self) -> list[str]:
        """The 宛名番号 of each row; blank where it cannot be told."""
        numbers = list(self.columns[self.feed.key[0]])
        for place, row in self.alone.items():
            numbers[place] = row.number
        return numbers

    def row(self, place: int) -> Row:
        """One of the rows."""
        if place in self.alone:
            return self.alone[place]
        columns, feed, stored = self.columns, self.feed, self.records[place]
        record, text = stored.decode(), ""
        if feed.target is Target.RESIDENT:
            cells = ((name, each[place]) for name, each in columns.items())
            text = record
            record = orjson.dumps({name: cell for name, cell in cells if cell}).decode()
        return Row(
            self.lines[place],
            columns[feed.key[0]][place],
            SEPARATOR.join(
                [columns[name][place] if name in columns else "" for name in feed.record]
            ),
            tuple([columns[name][place] for name in feed.versions]),
            record,
            digest(stored),
            record_text=text,
        )

    def __iter__(self) -> Iterator[Row]:
        return map(self.row, range(len(self.lines)))


def read(lines: Lines, columns: Columns, feed: Feed, as_of: date) -> Iterator[Block]:
    """All lines, in blocks; `as_of` is the day of the export. Raises what `lines` raises."""
    check = Check(feed, columns, as_of)
    needed = (feed.key[0], *feed.versions)
    look = _Look(feed, columns, as_of) if columns.places.keys() >= {*needed} else None
    while taken := list(islice(lines, _ROWS)):
        if look and not feed.legacy:
            yield look.at(taken, check)
        else:
            yield _one_by_one(taken, check, feed)


def checked(lines: Lines, columns: Columns, feed: Feed, as_of: date) -> Iterator[Row]:
    """Each line as a Row, good or rejected; `as_of` is the day of the export, for dates to come."""
    return chain.from_iterable(read(lines, columns, feed, as_of))


def _one_by_one(taken: list[tuple[int, list[str]]], check: Check, feed: Feed) -> Block:
    rows = dict(enumerate(check.row(*each) for each in taken))
    lines, blank = [line for line, _ in taken], [""] * len(rows)
    return Block(feed, lines, {feed.key[0]: blank}, [b""] * len(rows), rows)


class _Look:
    """How the columns of one file are looked at, prepared once."""

    def __init__(self, feed: Feed, columns: Columns, as_of: date) -> None:
        self._feed = feed
        self._width = columns.width
        dates = DateChecks(feed, as_of)
        items = {each.name: each for each in feed.items}
        self._columns = [
            (name, place, _Column(items[name], feed, dates))
            for name, place in columns.places.items()
        ]
        self._rising = [each for each in dates.rising if columns.places.keys() >= {*each}]
        self._is_resident = feed.target is Target.RESIDENT
        self._lacking = any(
            each.required and each.name not in columns.places for each in feed.items
        )

    def at(self, taken: list[tuple[int, list[str]]], check: Check) -> Block:
        """Look at some rows; those that are not plain are checked by themselves."""
        lines, cells = zip(*taken, strict=True)
        alone = {place for place, each in enumerate(cells) if len(each) != self._width}
        if alone:
            blank = [""] * self._width
            cells = tuple(blank if at in alone else each for at, each in enumerate(cells))
        every = list(zip(*cells, strict=True))
        columns = {name: every[place] for name, place, _ in self._columns}
        for name, _, column in self._columns:
            column.look(columns[name])
            alone.update(column.odd_places(columns[name]))
        for first, then in self._rising:
            pairs = enumerate(zip(columns[first], columns[then], strict=True))
            alone.update(at for at, (one, other) in pairs if other and one > other)
        if self._lacking:
            alone.update(range(len(lines)))
        records = self._texts(columns) if self._is_resident else self._objects(columns)
        rows = {at: check.row(*taken[at]) for at in sorted(alone)}
        return Block(self._feed, lines, columns, records, rows)

    def _texts(self, columns: Mapping[str, Sequence[str]]) -> list[bytes]:
        """Each row as record_text.encode has it; who needs an escape is alone in the block."""
        blank = [""] * len(next(iter(columns.values())))
        ordered = [columns.get(name, blank) for name in record_items.known().names]
        rows = map(record_text.SEPARATOR.join, zip(*ordered, strict=True))
        return [row.rstrip(record_text.SEPARATOR).encode() for row in rows]

    def _objects(self, columns: Mapping[str, Sequence[str]]) -> list[bytes]:
        """Each row as JSON."""
        members = [column.members(columns[name]) for name, _, column in self._columns]
        return [b"{%b}" % text[:-1] for text in map(b"".join, zip(*members, strict=True))]


class _Column:
    """One column of a file: the values met, as members of a JSON object, and which are odd.

    A value is odd if the checks of a row, or what is noted of a row that is stored, may have something
    to say of it.
    """

    def __init__(self, item: Item, feed: Feed, dates: DateChecks) -> None:
        self._item = item
        self._dates = dates
        codes = code_lists().get(item.codes)
        self._codes = codes.keys() if codes is not None else None
        self._form = NUMBER if item.name == feed.key[0] else None
        versions = item.name in feed.versions
        if versions and item.type == ItemType.NUMBER:
            self._form = VERSION
        self._start = orjson.dumps(item.name) + b':"'
        self._needed = item.required or versions or self._form is not None
        self._odd: set[str] = set()
        self._met: set[str] = set()
        self._known: dict[str, bytes] = {}

    def look(self, cells: Sequence[str]) -> None:
        """Note which of the values not met yet are odd."""
        if self._met.issuperset(cells):
            return
        new = {*cells} - self._met
        if self._may_be_odd(new):
            self._odd.update(text for text in new if self._may_be_odd((text,)))
        if self._item.digits:  # one number comes seldom again
            return
        if len(self._met) > _REMEMBERED:
            self._met.clear()
        self._met |= new

    def members(self, cells: Sequence[str]) -> list[bytes]:
        """Each cell as `"item":"text",`, or nothing where it is blank."""
        if self._item.digits:
            return [*map(self._member, cells)]
        if not self._known.keys() >= {*cells}:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            self._known.update({text: self._member(text) for text in {*cells}})
        return [*map(self._known.__getitem__, cells)]

    def _member(self, text: str) -> bytes:
        return b'%b%b",' % (self._start, text.encode()) if text else b""

    def odd_places(self, cells: Sequence[str]) -> Iterable[int]:
        """Where the cells are that must be looked at by themselves."""
        odd = self._odd
        if not odd or odd.isdisjoint(cells):
            return ()
        return (place for place, text in enumerate(cells) if text in odd)

    def _may_be_odd(self, texts: Collection[str]) -> bool:
        if "" in texts:
            return self._needed or self._may_be_odd([text for text in texts if text])
        if not texts:
            return False
        item, together = self._item, "|".join(texts)
        if _NOT_AS_IT_IS.search(together) or oddities.has_private(together):
            return True
        if unseen.in_line(together) or (item.length and max(map(len, texts)) > item.length):
            return True
        if self._codes is not None and not self._codes >= {*texts}:
            return True
        if self._form and not all(map(self._form.fullmatch, texts)):
            return True
        if self._dates.may_be_wrong(item, texts):
            return True
        by_nature = item.digits and _DIGITS.fullmatch(together)
        return not by_nature and personal_number.may_be_in(texts)
