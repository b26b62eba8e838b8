"""The lines of the last 全件, as hashes in the database, and how the next one differs from them.

All are written down now and then; on other nights only the lines of those whose lines have changed since.
A line that was rejected has no hash, so it is looked at again every night; of its 宛名番号 one entry is
kept that no line can match, so that the person is not forgotten when the line is gone.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from residents.importing.survey import Array, Survey
from residents.models import Delivery, LineChanges, LineHashes

_PARTS = 16
_MANY = 0.1  # share of lines above which all are written down again
_SHIFT = np.uint64(60)
_WIDTH = 16  # bytes of a 宛名番号 and its filling
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(slots=True)
class Differences:
    """How a file differs from the 全件 before: the rows that are new, and whose lines are missing."""

    basis: Delivery
    unchanged: Array
    owners: Array
    vanished: list[str] = field(default_factory=list)

    @property
    def rows(self) -> Array:
        """The indices of the rows that were not in the file before."""
        return np.flatnonzero(~self.unchanged)

    def of(self, numbers: Collection[str]) -> Array:
        """The indices of the unchanged rows of these people."""
        marks = np.unique(_marks(_packed(numbers)))
        return np.flatnonzero(self.unchanged & np.isin(self.owners, marks))


def last_full(feed: str) -> Delivery | None:
    """The 全件 of the feed that was applied last."""
    full = Delivery.objects.filter(feed=feed, kind=Delivery.Kind.FULL, state=Delivery.State.APPLIED)
    return full.order_by("applied_at", "as_of", "sequence").last()


def compare(found: Survey, basis: Delivery) -> Differences | None:
    """How the surveyed file differs from an applied 全件; None where that cannot be told."""
    stored = _Stored.of(basis)
    if not stored.is_as(found.layout):
        return None
    count = len(found.keys)
    result = Differences(basis, np.zeros(count, bool), np.zeros(count, np.uint64))
    order = np.argsort(found.keys[:, 0])
    places = np.split(order, _bounds(found.keys[order, 0]))
    vanished: set[bytes] = set()
    for part, keys, numbers in stored.parts():
        vanished.update(_match(found.keys, places[part], keys, numbers, result).tolist())
    result.vanished = sorted(number.decode() for number in vanished)
    return result


def _match(new: Array, places: Array, old: Array, numbers: Array, result: Differences) -> Array:
    """Mark the rows at `places` that are among the old lines; returns whose old lines are missing."""
    if not len(old) or not len(places):
        return np.unique(numbers)
    first = new[places, 0]
    at = np.minimum(np.searchsorted(old[:, 0], first), len(old) - 1)
    same = (old[at, 0] == first) & (old[at, 1] == new[places, 1])
    # The same line twice: the second will be rejected, so both are looked at.
    twice = first[1:] == first[:-1]
    same[1:] &= ~twice
    same[:-1] &= ~twice
    result.unchanged[places[same]] = True
    result.owners[places[same]] = _marks(numbers[at[same]])
    missing = np.ones(len(old), bool)
    missing[at[same]] = False
    return np.unique(numbers[missing])


class Accepted:
    """The rows that were staged: their indices, and whose they are; 20 bytes each."""

    def __init__(self) -> None:
        self._indices = array("I")
        self._numbers = bytearray()

    def add(self, index: int, number: str) -> None:
        """Note one row."""
        self._indices.append(index)
        self._numbers += number.encode().ljust(_WIDTH, b"\0")

    def extend(self, indices: Iterable[int], numbers: Iterable[str]) -> None:
        """Note many rows."""
        self._indices.extend(indices)
        self._numbers += np.array([*numbers], f"S{_WIDTH}").tobytes()

    @property
    def indices(self) -> Array:
        """The indices of the rows in the file."""
        return np.frombuffer(self._indices, np.uint32)

    @property
    def numbers(self) -> Array:
        """The 宛名番号 of the same rows."""
        return np.frombuffer(self._numbers, f"S{_WIDTH}")


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

    With `differences`, what was not touched is as in the 全件 before. `rejected` are the people with a
    rejected row; without `ends` those who are missing were not marked gone, and are looked at again.
    """
    lost = set(rejected)
    if differences and not ends:
        lost.update(differences.vanished)
    odd = _packed(lost)
    lines = _lines(found, accepted, odd)
    if differences is None:
        _write_all(delivery, found.layout, lines)
        return
    met = np.concatenate([accepted.numbers, odd, _packed(differences.vanished)])
    _, keys, numbers = zip(*lines, strict=True)
    stored = _Stored.of(differences.basis).changed(
        np.unique(met), np.concatenate(keys), np.concatenate(numbers)
    )
    if len(stored.touched) > _MANY * len(found.keys):
        _write_all(delivery, found.layout, stored.parts())
        return
    LineChanges.objects.create(
        delivery=delivery,
        base=stored.base,
        layout=found.layout,
        touched=stored.touched.tobytes(),
        keys=stored.keys.astype("<u8").tobytes(),
        numbers=stored.numbers.tobytes(),
    )


@dataclass(frozen=True, slots=True)
class _Stored:
    """The lines of a 全件: those of `base`, but for the people in `touched`, who have these."""

    base: Delivery
    touched: Array
    keys: Array
    numbers: Array
    layout: str = ""

    @classmethod
    def of(cls, delivery: Delivery) -> _Stored:
        changes = LineChanges.objects.select_related("base").filter(delivery=delivery).first()
        if changes is None:
            return cls(delivery, _packed(()), np.zeros((0, 2), np.uint64), _packed(()))
        touched = np.frombuffer(changes.touched, f"S{_WIDTH}")
        return cls(changes.base, touched, *_unpacked(changes), changes.layout)

    def is_as(self, layout: str) -> bool:
        """Whether all of it is there, and was read as a file of that layout is."""
        every = LineHashes.objects.filter(delivery=self.base, layout=layout)
        return self.layout in ("", layout) and every.count() == _PARTS

    def changed(self, touched: Array, keys: Array, numbers: Array) -> _Stored:
        """The lines after the `touched` have got these `keys`, which are lines of the `numbers`."""
        kept = ~np.isin(_marks(self.numbers), _marks(touched))
        return _Stored(
            self.base,
            np.union1d(self.touched, touched),
            np.concatenate([self.keys[kept], keys]),
            np.concatenate([self.numbers[kept], numbers]),
        )

    def parts(self) -> Iterator[tuple[int, Array, Array]]:
        """Each part with its keys, sorted, and whose they are."""
        marks = np.unique(_marks(self.touched))
        part_of = self.keys[:, 0] >> _SHIFT
        for each in LineHashes.objects.filter(delivery=self.base).order_by("part").iterator(1):
            keys, numbers = _unpacked(each)
            if len(marks):
                kept, own = ~np.isin(_marks(numbers), marks), part_of == each.part
                keys, numbers = _sorted(
                    np.concatenate([keys[kept], self.keys[own]]),
                    np.concatenate([numbers[kept], self.numbers[own]]),
                )
            yield each.part, keys, numbers


def _lines(found: Survey, accepted: Accepted, odd: Array) -> Iterator[tuple[int, Array, Array]]:
    """The accepted lines of a file but for those of the people in `odd`, of whom one entry stays."""
    indices, numbers = accepted.indices, accepted.numbers
    marks, part_of = _marks(odd), (found.keys[indices, 0] >> _SHIFT).astype(np.uint8)
    for part in range(_PARTS):
        at = np.flatnonzero(part_of == part)
        at = at[~np.isin(_marks(numbers[at]), marks)]
        keys, owners = found.keys[indices[at]], numbers[at]
        if part == 0:
            keys = np.concatenate([np.zeros((len(odd), 2), np.uint64), keys])
            owners = np.concatenate([odd, owners])
        yield part, *_sorted(keys, owners)


def _sorted(keys: Array, numbers: Array) -> tuple[Array, Array]:
    order = np.argsort(keys[:, 0], kind="stable")
    return keys[order], numbers[order]


def _bounds(first: Array) -> Array:
    return np.searchsorted(first, np.arange(1, _PARTS, dtype=np.uint64) << _SHIFT)


def _write_all(delivery: Delivery, layout: str, parts: Iterable[tuple[int, Array, Array]]) -> None:
    for part, keys, numbers in parts:
        LineHashes.objects.create(
            delivery=delivery,
            part=part,
            layout=layout,
            keys=keys.astype("<u8").tobytes(),
            numbers=numbers.tobytes(),
        )


def _unpacked(stored: LineHashes | LineChanges) -> tuple[Array, Array]:
    keys = np.frombuffer(stored.keys, "<u8").reshape(-1, 2)
    return keys, np.frombuffer(stored.numbers, f"S{_WIDTH}")


def _packed(numbers: Collection[str]) -> Array:
    return np.array([number.encode() for number in sorted(numbers)], f"S{_WIDTH}")


def _marks(numbers: Array) -> Array:
    """64 bits of each 宛名番号. Two with the same bits only make one more person be looked at."""
    halves = np.ascontiguousarray(numbers).view("<u8").reshape(-1, 2)
    return halves[:, 0] * _MIX ^ halves[:, 1]
