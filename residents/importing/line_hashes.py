"""The lines of the last 全件, as hashes in the database, and how the next one differs from them.

A line that was rejected has no hash, so it is looked at again every night; of its 宛名番号 one entry is
kept that no line can match, so that the person is not forgotten when the line is gone.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import numpy as np

from residents.importing.survey import Array, Survey
from residents.models import Delivery, LineHashes

_PARTS = 16
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
    stored = LineHashes.objects.filter(delivery=basis, layout=found.layout)
    if stored.count() != _PARTS:
        return None
    count = len(found.keys)
    result = Differences(basis, np.zeros(count, bool), np.zeros(count, np.uint64))
    order = np.argsort(found.keys[:, 0])
    first = found.keys[order, 0]
    bounds = np.searchsorted(first, np.arange(1, _PARTS, dtype=np.uint64) << _SHIFT)
    places = np.split(order, bounds)
    vanished: set[bytes] = set()
    for each in stored.order_by("part").iterator(1):
        keys, numbers = _unpacked(each)
        vanished.update(_match(found.keys, places[each.part], keys, numbers, result).tolist())
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
    """The rows that were staged: their indices, and whose they are; 24 bytes each."""

    def __init__(self) -> None:
        self._indices = array("q")
        self._numbers = bytearray()

    def add(self, index: int, number: str) -> None:
        """Note one row."""
        self._indices.append(index)
        self._numbers += number.encode().ljust(_WIDTH, b"\0")

    def extend(self, indices: Iterable[int], numbers: Iterable[str]) -> None:
        """Note many rows."""
        self._indices.extend(indices)
        self._numbers += b"".join([number.encode().ljust(_WIDTH, b"\0") for number in numbers])

    @property
    def indices(self) -> Array:
        """The indices of the rows in the file."""
        return np.frombuffer(self._indices, np.int64)

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

    With `differences`, what was not touched is taken over from the 全件 before. `rejected` are the
    people with a rejected row; without `ends` those who are missing were not marked gone, and are
    looked at again.
    """
    indices, numbers = accepted.indices, accepted.numbers
    lost = set(rejected)
    if differences and not ends:
        lost.update(differences.vanished)
    odd = _packed(lost)
    good = ~np.isin(_marks(numbers), _marks(odd))
    keys = np.concatenate([found.keys[indices[good]], np.zeros((len(odd), 2), np.uint64)])
    numbers = np.concatenate([numbers[good], odd])
    touched = np.unique(
        _marks(np.concatenate([numbers, _packed(differences.vanished if differences else ())]))
    )
    order = np.argsort(keys[:, 0])
    keys, numbers = keys[order], numbers[order]
    bounds = np.searchsorted(keys[:, 0], np.arange(1, _PARTS, dtype=np.uint64) << _SHIFT)
    for part, (own, owners) in enumerate(
        zip(np.split(keys, bounds), np.split(numbers, bounds), strict=True)
    ):
        if differences:
            own, owners = _with_before(differences, part, touched, own, owners)  # noqa: PLW2901
        LineHashes.objects.create(
            delivery=delivery,
            part=part,
            layout=found.layout,
            keys=own.astype("<u8").tobytes(),
            numbers=owners.tobytes(),
        )


def _with_before(
    differences: Differences, part: int, touched: Array, keys: Array, numbers: Array
) -> tuple[Array, Array]:
    old, owners = _unpacked(LineHashes.objects.get(delivery=differences.basis, part=part))
    kept = ~np.isin(_marks(owners), touched)
    keys = np.concatenate([old[kept], keys])
    numbers = np.concatenate([owners[kept], numbers])
    order = np.argsort(keys[:, 0], kind="stable")
    return keys[order], numbers[order]


def _unpacked(stored: LineHashes) -> tuple[Array, Array]:
    keys = np.frombuffer(stored.keys, "<u8").reshape(-1, 2)
    return keys, np.frombuffer(stored.numbers, f"S{_WIDTH}")


def _packed(numbers: Collection[str]) -> Array:
    return np.array([number.encode() for number in sorted(numbers)], f"S{_WIDTH}")


def _marks(numbers: Array) -> Array:
    """64 bits of each 宛名番号. Two with the same bits only make one more person be looked at."""
    halves = np.ascontiguousarray(numbers).view("<u8").reshape(-1, 2)
    return halves[:, 0] * _MIX ^ halves[:, 1]
