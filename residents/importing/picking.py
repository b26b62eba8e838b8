"""Some lines of a surveyed file, read again without the rest of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import compress
from typing import IO

import numpy as np

from residents.importing import rows, stretches
from residents.importing.columns import Columns
from residents.importing.lines import Lines
from residents.importing.streams import Parts
from residents.importing.stretches import Array
from residents.importing.survey import Survey, hashed_lines

_CHUNK = 1 << 20


def with_keys(found: Survey) -> Survey:
    """The survey with the hash of every row."""
    if found.keys is not None:
        return found
    return replace(found, keys=keys(found, np.arange(len(found.stretches))))


def keys(found: Survey, which: Array) -> Array:
    """The hashes of the rows of some stretches (indices, ascending)."""
    if found.keys is not None:
        return found.keys[stretches.places(found.stretches, which)]
    digests = bytearray()
    with found.received.arrival.open() as raw:
        for text in _texts(raw, found, which):
            digests += hashed_lines(text)
    return np.frombuffer(digests, "<u8").reshape(-1, 2)


@contextmanager
def picked(found: Survey, wanted: Array) -> Iterator[tuple[Columns, Lines]]:
    """The columns, and the wanted rows (indices, ascending) with their line numbers in the file."""
    feed, arrival = found.received.feed, found.received.arrival
    if found.sizes is None:
        mask = np.zeros(found.rows, bool)
        mask[wanted] = True
        with arrival.open() as raw, rows.open_table(raw, feed) as (columns, lines):
            yield columns, compress(lines, mask)
        return
    numbers = (wanted + found.first_line).tolist()
    with arrival.open() as raw:
        stream = io.BufferedReader(Parts(_lines(raw, found, wanted)))
        with rows.open_table(stream, feed) as (columns, lines):
            yield (
                columns,
                ((line, cells) for line, (_, cells) in zip(numbers, lines, strict=True)),
            )


def _lines(raw: IO[bytes], found: Survey, wanted: Array) -> Iterator[bytes]:
    yield found.header
    firsts = stretches.firsts(found.stretches)
    of_each = np.searchsorted(firsts, wanted, side="right") - 1
    which, begins = np.unique(of_each, return_index=True)
    places = np.split(wanted - firsts[of_each], begins[1:])
    for text, at in zip(_texts(raw, found, which), places, strict=True):
        lines = text.split(b"\n")
        yield b"".join([lines[place] + b"\n" for place in at.tolist()])


def _texts(raw: IO[bytes], found: Survey, which: Array) -> Iterator[bytes]:
    """The bytes of some stretches."""
    assert found.sizes is not None
    ends = np.cumsum(found.sizes, dtype=np.int64)[which] + len(found.header)
    sizes = found.sizes[which]
    position = 0
    for begin, size in zip((ends - sizes).tolist(), sizes.tolist(), strict=True):
        _skip(raw, begin - position, found.received.arrival.near)
        yield raw.read(size)
        position = begin + size


def _skip(raw: IO[bytes], size: int, near: int) -> None:
    if size > near and raw.seekable():
        raw.seek(size, io.SEEK_CUR)
        return
    while size > 0:
        size -= len(raw.read(min(size, _CHUNK))) or size
