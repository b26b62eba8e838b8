"""The lines of the last 全件, as hashes in the database, and how the next one differs from them.

They are compared by stretches of a few lines, and where these differ, line by line. All are written
down now and then; on other nights only the stretches that are new. A stretch with a line that was
rejected is never found again, so its lines are looked at every night; and of each 宛名番号 with such a
line an entry is kept that no line matches, so that the person is not forgotten when the line is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from residents.importing import line_store, picking, stretches
from residents.importing.line_store import NUMBER, Piece, Stored
from residents.importing.stretches import STRETCH, Array
from residents.importing.survey import Survey
from residents.models import Delivery, LineChanges

_MANY = 0.2  # share of lines above which all are written down again
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SIEVE = 20  # bits


@dataclass(frozen=True, slots=True)
class Differences:
    """How a file differs from the 全件 before: the rows that are new, and whose lines are missing.

    `same` is for each stretch of the file the place of the stored one it equals, or -1; `keys` are
    those of the rows in the others; of these `known` are not new, and whose they are.
    """

    basis: Delivery
    found: Survey
    stored: Stored
    same: Array
    keys: Array
    rows: Array
    known: Array
    owners: Array
    vanished: list[str]

    def of(self, numbers: Collection[str]) -> Array:
        """The indices of the unchanged rows of these people."""
        sieve = _Sieve(numbers)
        rows = [self.known[sieve.let_through(self.owners)]]
        firsts = stretches.firsts(self.stored.stretches)
        now = np.full(len(self.stored.stretches), -1, np.int64)
        now[self.same[self.same >= 0]] = np.flatnonzero(self.same >= 0)
        begins = stretches.firsts(self.found.stretches)
        for first, owners in self.stored.numbers():
            lines = sieve.let_through(owners) + first
            of_each = np.searchsorted(firsts, lines, side="right") - 1
            there = now[of_each] >= 0
            lines, of_each = lines[there], of_each[there]
            rows.append(begins[now[of_each]] + lines - firsts[of_each])
        return np.sort(np.concatenate(rows))


def last_full(feed: str) -> Delivery | None:
    """The 全件 of the feed that was applied last."""
    full = Delivery.objects.filter(feed=feed, kind=Delivery.Kind.FULL, state=Delivery.State.APPLIED)
    return full.order_by("applied_at", "as_of", "sequence").last()


def compare(found: Survey, basis: Delivery) -> Differences | None:
    """How the surveyed file differs from an applied 全件; None where that cannot be told."""
    stored = line_store.load(basis, found.layout)
    if stored is None:
        return None
    standing = np.flatnonzero(stored.stands)
    same = stretches.matches(found.stretches["key"], stored.stretches["key"][standing])
    same[same >= 0] = standing[same[same >= 0]]
    left = stored.stands.copy()
    left[same[same >= 0]] = False
    _, old, numbers = _joined(stored.lines(left))
    changed = np.flatnonzero(same < 0)
    keys, places = picking.keys(found, changed), stretches.places(found.stretches, changed)
    at = stretches.matches(keys, old)
    is_known = at >= 0
    numbers_left = np.ones(len(old), bool)
    numbers_left[at[is_known]] = False
    vanished = {number.decode() for number in np.unique(numbers[numbers_left]).tolist()} - {""}
    return Differences(
        basis,
        found,
        stored,
        same,
        keys,
        rows=places[~is_known],
        known=places[is_known],
        owners=numbers[at[is_known]],
        vanished=sorted(vanished),
    )


@dataclass(slots=True)
class Accepted:
    """The rows that were staged: their indices, and whose they are."""

    _some: list[tuple[range | Array, Array]] = field(default_factory=list)
    _indices: list[int] = field(default_factory=list)
    _numbers: list[str] = field(default_factory=list)

    def add(self, index: int, number: str) -> None:
        """Note one row."""
        self._indices.append(index)
        self._numbers.append(number)
        if len(self._indices) >= _TOGETHER:
            self._pack()

    def extend(self, indices: Iterable[int], numbers: Iterable[str]) -> None:
        """Note many rows, which follow one another."""
        self._indices.extend(indices)
        self._numbers.extend(numbers)
        self._pack()

    def numbers(self, rows: Array) -> Array:
        """Whose these rows of the file are (indices, ascending); blank where one was not accepted."""
        self._pack()
        found = np.zeros(len(rows), NUMBER)
        for places, numbers in self._some:  # each in order
            if len(rows) and places[-1] >= rows[0] and places[0] <= rows[-1]:
                indices = np.asarray(places)
                at = np.minimum(np.searchsorted(rows, indices), len(rows) - 1)
                there = rows[at] == indices
                found[at[there]] = numbers[there]
        return found

    def _pack(self) -> None:
        if not self._indices:
            return
        indices, numbers = np.array(self._indices, np.uint32), np.array(self._numbers, "S")
        order = np.argsort(indices)
        places: range | Array = indices[order]
        together = range(int(places[0]), int(places[-1]) + 1)
        if len(together) == len(indices):
            places = together  # four bytes a row less
        self._some.append((places, numbers[order]))
        self._indices, self._numbers = [], []


_TOGETHER = 1000


def store(
    delivery: Delivery,
    found: Survey,
    accepted: Accepted,
    *,
    differences: Differences | None,
    rejected: Iterable[str],
    ends: bool,
) -> None:
    """Keep the hashes of a 全件's lines for the next one.

    With `differences`, what did not differ is as in the 全件 before. `rejected` are the people with a
    rejected row; without `ends` those who are missing were not marked gone, and are looked at again.
    """
    lost = set(rejected)
    if differences is None:
        pieces = chain(_pieces(found, accepted), _unmatched(lost))
        line_store.write(delivery.pk, found.layout, pieces)
        return
    if not ends:
        lost.update(differences.vanished)
    stored, changed = differences.stored, np.flatnonzero(differences.same < 0)
    kept = np.zeros(len(stored.stretches), bool)
    kept[differences.same[differences.same >= 0]] = True
    new = chain([_changed(differences, accepted)], _unmatched(lost))
    own = kept.copy()
    own[: stored.own] = False
    many = found.stretches["lines"][changed].sum() + stored.stretches["lines"][own].sum()
    if many > _MANY * found.rows:
        line_store.write(delivery.pk, found.layout, chain(stored.lines(kept), new))
        return
    line_store.write(delivery.pk, found.layout, chain(stored.lines(own), new))
    dropped = np.flatnonzero(~kept[: stored.own]).astype("<u4")
    LineChanges.objects.create(delivery=delivery, base_id=stored.base, dropped=dropped.tobytes())


def _pieces(found: Survey, accepted: Accepted) -> Iterator[Piece]:
    """All lines of a file."""
    assert found.keys is not None
    for some, lines in line_store.cuts(found.stretches):
        numbers = accepted.numbers(np.arange(lines.start, lines.stop))
        yield _marked(found.stretches[some], found.keys[lines], numbers)


def _changed(differences: Differences, accepted: Accepted) -> Piece:
    """The lines of the stretches that are not as they were."""
    found, which = differences.found.stretches, np.flatnonzero(differences.same < 0)
    places = stretches.places(found, which)
    numbers = accepted.numbers(places)
    numbers[np.searchsorted(places, differences.known)] = differences.owners
    return _marked(found[which], differences.keys, numbers)


def _marked(some: Array, keys: Array, numbers: Array) -> Piece:
    """A line nobody has is found by nothing, nor is the stretch it is in."""
    nobodys = numbers == b""
    if nobodys.any():
        some, keys = some.copy(), keys.copy()
        keys[nobodys] = 0
        some["key"][np.logical_or.reduceat(nobodys, stretches.firsts(some)[:-1])] = 0
    return Piece(some, keys, numbers)


def _unmatched(numbers: Collection[str]) -> Iterator[Piece]:
    """An entry for each of these people that no line matches."""
    if numbers:
        keys = np.zeros((len(numbers), 2), np.uint64)
        yield Piece(stretches.table(bytes(16), np.array([len(numbers)])), keys, _packed(numbers))


def _joined(pieces: Iterable[Piece]) -> Piece:
    nothing = Piece(np.empty(0, STRETCH), np.empty((0, 2), np.uint64), np.empty(0, NUMBER))
    return Piece(*map(np.concatenate, zip(nothing, *pieces, strict=True)))


class _Sieve:
    """Tells whose lines are of certain people; where two have the same 64 bits, one more is let through."""

    def __init__(self, numbers: Collection[str]) -> None:
        self._marks = np.unique(_marks(_packed(numbers)))
        self._coarse = np.zeros(1 << _SIEVE, bool)
        self._coarse[self._marks >> np.uint64(64 - _SIEVE)] = True

    def let_through(self, numbers: Array) -> Array:
        """The places of their lines."""
        marks = _marks(numbers)
        some = np.flatnonzero(self._coarse[marks >> np.uint64(64 - _SIEVE)])
        return some[np.isin(marks[some], self._marks)]


def _packed(numbers: Collection[str]) -> Array:
    return np.array([number.encode() for number in sorted(numbers)], NUMBER)


def _marks(numbers: Array) -> Array:
    """64 bits of each 宛名番号."""
    halves = np.ascontiguousarray(numbers).view("<u8").reshape(-1, 2)
    return (halves[:, 0] * _MIX ^ halves[:, 1]) * _MIX
