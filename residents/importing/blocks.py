"""The rows of a file by the thousand: most are told to be plain by their columns, the rest one by one.

A text of a column is looked at when it is met first; codes, days, names and towns come again and again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain

import polars as pl

from residents import personal_number, unseen
from residents.feed import Feed, code_lists
from residents.importing import oddities
from residents.importing.columns import Columns
from residents.importing.dates import DateChecks
from residents.importing.frames import Frame
from residents.importing.rows import LONGEST_KEY, NUMBER, VERSION, Check, Row
from residents.layout import Item, ItemType

_REMEMBERED = 50_000  # texts of a column
# What COPY would escape, and what the sender lost.
_NOT_AS_IT_IS = re.compile("[\\\\\ufffd]")
_DIGITS = re.compile("[0-9|]+")


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that follow one another: the line each begins on, and their cells by item.

    Of the rows in `alone`, by their place in the block, only the Row counts: they were rejected, or
    are good and have something out of the ordinary. Every other one is as good as `check` finds it.
    """

    check: Check
    lines: Sequence[int]
    cells: pl.DataFrame
    alone: Mapping[int, Row]

    @property
    def feed(self) -> Feed:
        """What the rows are of."""
        return self.check.feed

    @property
    def numbers(self) -> pl.Series:
        """The 宛名番号 of each row; blank where it cannot be told."""
        numbers = [row.number for row in self.alone.values()]
        return self.cells[self.check.number].scatter([*self.alone], numbers)

    def rows(self, places: Sequence[int]) -> Iterator[Row]:
        """Some of the rows, in the order of `places`."""
        lines, alone, names = self.lines, self.alone, self.cells.columns
        for place, cells in zip(places, self.cells[places].iter_rows(), strict=True):
            if place in alone:
                yield alone[place]
                continue
            record = {name: text for name, text in zip(names, cells, strict=True) if text}
            yield self.check.good(lines[place], record)

    def __iter__(self) -> Iterator[Row]:
        return self.rows(range(len(self.lines)))


def read(frames: Iterable[Frame], columns: Columns, feed: Feed, as_of: date) -> Iterator[Block]:
    """All rows, in blocks; `as_of` is the day of the export. Raises what `frames` raises."""
    check = Check(feed, columns, as_of)
    needed = {feed.key[0], *feed.versions}
    if feed.legacy or not columns.places.keys() >= needed:
        return map(partial(_one_by_one, check), frames)
    return map(_Look(check).at, frames)


def checked(frames: Iterable[Frame], columns: Columns, feed: Feed, as_of: date) -> Iterator[Row]:
    """Each row, good or rejected; `as_of` is the day of the export, for dates to come."""
    return chain.from_iterable(read(frames, columns, feed, as_of))


def _one_by_one(check: Check, frame: Frame) -> Block:
    every = range(len(frame.lines))
    blank = pl.DataFrame({check.number: pl.repeat("", len(every), eager=True)})
    return Block(check, frame.lines, blank, _alone(check, frame, every))


def _alone(check: Check, frame: Frame, places: Sequence[int]) -> dict[int, Row]:
    cells = zip(places, frame.cells[places].iter_rows(), strict=True)
    return {at: check.row(frame.lines[at], frame.ragged.get(at, each)) for at, each in cells}


class _Look:
    """How the columns of one file are looked at, prepared once."""

    def __init__(self, check: Check) -> None:
        self._check = check
        feed, places = check.feed, check.columns.places
        items = {each.name: each for each in feed.items}
        self._columns = {name: _Column(items[name], feed, check.dates) for name in places}
        self._cells = [pl.col(str(place)).alias(name) for name, place in places.items()]
        wrong = [
            (pl.col(then) != "") & (pl.col(first) > pl.col(then))
            for first, then in check.dates.rising
            if places.keys() >= {first, then}
        ]
        self._rising = pl.any_horizontal(wrong).arg_true() if wrong else None
        self._lacking = not places.keys() >= check.required.keys()

    def at(self, frame: Frame) -> Block:
        """Look at some rows; those that are not plain are checked by themselves."""
        cells = frame.cells.select(self._cells)
        odd = {*frame.ragged}
        for name, texts in self._met(cells).items():
            if wrong := self._columns[name].odd_among(texts, len(cells)):
                odd.update(cells[name].is_in(wrong).arg_true())
        if self._rising is not None:
            odd.update(cells.select(self._rising).to_series())
        if self._lacking:
            odd.update(range(len(cells)))
        return Block(self._check, frame.lines, cells, _alone(self._check, frame, sorted(odd)))

    def _met(self, cells: pl.DataFrame) -> dict[str, list[str]]:
        """The texts of each column, but for those that hold nothing but plain numbers."""
        plain = {name: each.plain for name, each in self._columns.items() if each.plain}
        asked = [pl.col(name).str.contains(form).all() for name, form in plain.items()]
        sure = cells.select(asked).row(0, named=True) if asked else {}
        left = [name for name in self._columns if not sure.get(name)]
        return cells.select(pl.col(left).unique().implode()).row(0, named=True) if left else {}


class _Column:
    """One column of a file: the texts met, and which of them are odd.

    A text is odd if the checks of a row, or what is noted of a row that is stored, may have something
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
        self._needed = item.required or versions or self._form is not None
        # A number that no other check has anything to say of; most are met once.
        sure = item.digits and self._codes is None and item.type == ItemType.HALF_WIDTH
        some = f"{int(self._needed)},{min(item.length or 15, 15)}"
        self.plain = rf"\A[0-9]{{{some}}}\z" if sure else ""
        self._fine: set[str] = set()
        self._odd: set[str] = set()

    def odd_among(self, texts: Sequence[str], rows: int) -> list[str]:
        """Those of the texts of so many rows for which a row must be looked at by itself."""
        met = {*texts}
        odd = met & self._odd
        if new := met - self._fine - odd:
            odd.update(self._odd_among([*new]))
            self._remember(new - odd, odd, rows)
        return [*odd]

    def _odd_among(self, texts: Sequence[str]) -> list[str]:
        """Those that may be odd; few are, so halves without any are passed over."""
        if not self._may_be_odd(texts):
            return []
        if len(texts) == 1:
            return [*texts]
        middle = len(texts) // 2
        return [*self._odd_among(texts[:middle]), *self._odd_among(texts[middle:])]

    def _remember(self, fine: Collection[str], odd: Collection[str], rows: int) -> None:
        """Texts of which most rows have another are as well looked at again; days are not many."""
        if len(self._fine) + len(self._odd) > _REMEMBERED:
            self._fine.clear()
            self._odd.clear()
        if self._item.type == ItemType.DATE or 2 * len(fine) < rows:
            self._fine.update(fine)
            self._odd.update(odd)

    def _may_be_odd(self, texts: Collection[str]) -> bool:
        if "" in texts:
            return self._needed or self._may_be_odd([text for text in texts if text])
        if not texts:
            return False
        item, together = self._item, "|".join(texts)
        if _NOT_AS_IT_IS.search(together) or oddities.has_private(together):
            return True
        longest = min(item.length or LONGEST_KEY, LONGEST_KEY)
        if unseen.in_line(together) or max(map(len, texts)) > longest:
            return True
        if self._codes is not None and not self._codes >= {*texts}:
            return True
        if self._form and not all(map(self._form.fullmatch, texts)):
            return True
        if self._dates.may_be_wrong(item, texts):
            return True
        by_nature = item.digits and _DIGITS.fullmatch(together)
        return not by_nature and personal_number.may_be_in(texts)
