"""Where the lines of a 全件 are kept: parts of many stretches, of which one at a time is in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import psycopg
from django.db import connection

from residents.importing import stretches
from residents.importing.stretches import STRETCH, Array
from residents.models import Delivery, LineChanges, LineHashes

NUMBER = np.dtype("S16")  # a 宛名番号 and its filling
_MOST = 1 << 16  # lines of a part
_INSERT = """
INSERT INTO residents_linehashes (delivery_id, part, layout, stretches, keys, numbers)
VALUES (%s, %s, %s, %b, %b, %b)
"""


class Piece(NamedTuple):
    """Stretches with the keys of their lines, and whose they are; blank for a line that was rejected."""

    stretches: Array
    keys: Array
    numbers: Array


class _Part(NamedTuple):
    """A part of a delivery, and which of all stretches it has."""

    delivery: UUID
    part: int
    stretches: slice


@dataclass(frozen=True, slots=True)
class Stored:
    """The lines of a 全件: the stretches of an earlier one (`base`) that it has too, and its own."""

    base: UUID
    stretches: Array
    stands: Array
    own: int
    _parts: list[_Part]

    def lines(self, which: Array) -> Iterator[Piece]:
        """The lines of some stretches, told by a mask, part by part."""
        for part in self._parts:
            wanted = which[part.stretches]
            if wanted.any():
                found = self.stretches[part.stretches]
                lines = np.repeat(wanted, found["lines"])
                keys, numbers = (bytes_ for bytes_ in _read(part, "keys, numbers"))
                yield Piece(
                    found[wanted],
                    np.frombuffer(keys, "<u8").reshape(-1, 2)[lines],
                    np.frombuffer(numbers, NUMBER)[lines],
                )

    def numbers(self) -> Iterator[tuple[int, Array]]:
        """Part by part the place of its first line among all, and whose its lines are."""
        firsts = stretches.firsts(self.stretches)
        for part in self._parts:
            (numbers,) = _read(part, "numbers")
            yield int(firsts[part.stretches.start]), np.frombuffer(numbers, NUMBER)


def load(delivery: Delivery, layout: str) -> Stored | None:
    """The lines of a 全件; None if they were not kept, or were read as another layout."""
    changes = LineChanges.objects.filter(delivery=delivery).first()
    base = changes.base_id if changes else delivery.pk
    parts, tables, begun = [], [np.empty(0, STRETCH)], 0
    for owner in dict.fromkeys((base, delivery.pk)):
        kept = LineHashes.objects.filter(delivery=owner, layout=layout).order_by("part")
        for number, table in kept.values_list("part", "stretches"):
            tables.append(np.frombuffer(table, STRETCH))
            parts.append(_Part(owner, number, slice(begun, begun + len(tables[-1]))))
            begun = parts[-1].stretches.stop
    own = sum(part.delivery != base for part in parts)
    if not parts or (changes and not own):
        return None
    found = np.concatenate(tables)
    stands = np.ones(len(found), bool)
    if changes:
        stands[np.frombuffer(changes.dropped, "<u4")] = False
    return Stored(base, found, stands, parts[-own].stretches.start if own else len(found), parts)


def write(delivery: UUID, layout: str, pieces: Iterable[Piece]) -> None:
    """Keep the lines of a 全件, or of one with a base those it has not."""
    last: list[Piece] = []
    lines = part = 0
    for piece in chain.from_iterable(map(_cut, pieces)):
        if last and lines + len(piece.keys) > _MOST:
            _insert(delivery, part, layout, last)
            last, lines, part = [], 0, part + 1
        last.append(piece)
        lines += len(piece.keys)
    _insert(delivery, part, layout, last)


def cuts(found: Array) -> Iterator[tuple[slice, slice]]:
    """Stretches some at a time, so that their lines make a part, and these lines."""
    firsts = stretches.firsts(found)
    begin = 0
    while begin < len(found):
        fit = int(np.searchsorted(firsts, firsts[begin] + _MOST, side="right")) - 1
        end = max(fit, begin + 1)
        yield slice(begin, end), slice(int(firsts[begin]), int(firsts[end]))
        begin = end


def _cut(piece: Piece) -> Iterator[Piece]:
    for some, lines in cuts(piece.stretches):
        yield Piece(piece.stretches[some], piece.keys[lines], piece.numbers[lines])


def _insert(delivery: UUID, part: int, layout: str, pieces: list[Piece]) -> None:
    blobs = [np.concatenate(each).tobytes() if each else b"" for each in zip(*pieces, strict=True)]
    with _cursor() as cursor:
        cursor.execute(_INSERT, [delivery, part, layout, *(blobs or [b""] * 3)])


def _read(part: _Part, columns: str) -> tuple[bytes, ...]:
    statement = f"SELECT {columns} FROM residents_linehashes WHERE delivery_id = %s AND part = %s"
    with _cursor() as cursor:
        cursor.execute(statement, [part.delivery, part.part], binary=True)
        return cursor.fetchone() or ()


def _cursor() -> Any:
    """Bytes as they are: as text they would be twice as long."""
    connection.ensure_connection()
    return psycopg.Cursor(connection.connection)
