"""A first look at a 全件: 128 bits for each of its lines, so that only those that differ need be read.

Where the lines of the file are its rows the raw bytes are hashed; where they need not be (quoted line
breaks, UTF-16, columns that must leave no trace, 個人番号 among them), the kept cells of each row are.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import compress, islice
from typing import IO, Any

import numpy as np
import xxhash

from residents.importing import rows
from residents.importing.columns import Columns
from residents.importing.gates import Received
from residents.importing.lines import LONGEST_LINE, Lines
from residents.importing.parcel import Arrival

_CHUNK = 1 << 22
_BYTEWISE = ("utf-8", "utf-8-sig", "cp932")
_NEW_LINE, _RETURN = 10, 13
_VERSION = b"1"  # raise it when rows are read another way: then nothing is compared with before

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Survey:
    """The hashes of a file's rows in order, as pairs of 64 bits; `layout` is how it was read.

    `starts` are the byte offsets of the rows and of the end; None where rows are not lines.
    """

    received: Received
    keys: Array
    starts: Array | None
    layout: str
    header: bytes

    @property
    def first_line(self) -> int:
        """The line number of the first row."""
        return 2 if self.received.feed.format.header else 1


def survey(received: Received) -> Survey:
    """Hash every row of the file. Raises FileRefused for one that cannot be read."""
    return _of_lines(received) or _of_rows(received)


@contextmanager
def picked(found: Survey, wanted: Array) -> Iterator[tuple[Columns, Lines]]:
    """The columns, and the wanted rows (indices, ascending) with their line numbers in the file."""
    feed, arrival = found.received.feed, found.received.arrival
    if found.starts is None:
        mask = np.zeros(len(found.keys), bool)
        mask[wanted] = True
        with arrival.open() as raw, rows.open_table(raw, feed) as (columns, lines):
            yield columns, compress(lines, mask)
        return
    numbers = (wanted + found.first_line).tolist()
    with arrival.open() as raw:
        stream = io.BufferedReader(_Picked(raw, found.header, found.starts, wanted))
        with rows.open_table(stream, feed) as (columns, lines):
            yield (
                columns,
                ((line, cells) for line, (_, cells) in zip(numbers, lines, strict=True)),
            )


def _layout(received: Received, header: bytes, how: bytes) -> str:
    digest = xxhash.xxh3_128(_VERSION + how + header)
    digest.update(repr(received.feed).encode())
    return digest.hexdigest()


def _of_lines(received: Received) -> Survey | None:
    """None where a line need not be a row."""
    form, columns = received.feed.format, received.columns
    if columns.dropped or columns.unknown or form.quote != "double":
        return None
    if form.encoding not in _BYTEWISE:
        return None
    digests, begins, offset = bytearray(), [np.zeros(1, np.int64)], 0
    with received.arrival.open() as raw:
        for block in _blocks(raw):
            ends = _line_ends(block)
            if ends is None:
                return None
            lines = block.split(b"\n")
            if b'"' in block and any(line.count(b'"') & 1 for line in lines):
                return None  # a quoted cell has a line break
            digests += b"".join(map(xxhash.xxh3_128_digest, islice(lines, len(ends))))
            begins.append(ends + (offset + 1))
            offset += len(block)
    starts = np.concatenate(begins)
    keys = np.frombuffer(digests, "<u8").reshape(-1, 2)
    header = b""
    if form.header:
        header = _first(received.arrival, int(starts[1]))
        starts, keys = starts[1:], keys[1:]
    return Survey(received, keys, starts, _layout(received, header, b"lines"), header)


def _blocks(raw: IO[bytes]) -> Iterator[bytes]:
    """The file in blocks of whole lines; the last has what is left."""
    rest = b""
    while chunk := raw.read(_CHUNK):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            rest += chunk
            continue
        yield rest + chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest


def _line_ends(block: bytes) -> Array | None:
    """Where the lines of a block end; None if one is blank, endless or ends in another way."""
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == _NEW_LINE)
    if not len(ends) or ends[-1] != len(text) - 1:
        return None
    returns = np.count_nonzero(text == _RETURN)
    before = text[ends - 1] == _RETURN
    if returns and (returns != len(ends) or not before.all()):
        return None
    lengths = np.diff(ends, prepend=-1)
    blank = 2 if returns else 1
    return None if lengths.min() <= blank or lengths.max() > LONGEST_LINE else ends


def _first(arrival: Arrival, length: int) -> bytes:
    with arrival.open() as raw:
        return raw.read(length)


def _of_rows(received: Received) -> Survey:
    """Hash the kept cells: what is dropped leaves no trace."""
    digests = bytearray()
    with received.arrival.open() as raw, rows.open_table(raw, received.feed) as (columns, lines):
        places = list(columns.places.values())
        for line, cells in lines:
            # A row that cannot be split may hold anything anywhere: it is read again every time.
            whole = len(cells) == columns.width
            kept = json.dumps([cells[at] for at in places] if whole else [line])
            digests += xxhash.xxh3_128_digest(kept.encode())
    keys = np.frombuffer(digests, "<u8").reshape(-1, 2)
    header = ",".join(f"{name}@{at}" for name, at in columns.places.items()).encode()
    return Survey(received, keys, None, _layout(received, header, b"rows"), header)


class _Picked(io.RawIOBase):
    """A stream of the header and the picked lines of a file."""

    def __init__(self, raw: IO[bytes], header: bytes, starts: Array, wanted: Array) -> None:
        self._parts = _parts(raw, header, starts, wanted)
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = part
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size


def _parts(raw: IO[bytes], header: bytes, starts: Array, wanted: Array) -> Iterator[bytes]:
    yield header
    position = 0
    ends = starts[wanted + 1].tolist()
    begins = starts[wanted].tolist()
    at, count = 0, len(begins)
    while at < count:
        # What lies within one chunk is read at once; between picks a file is skipped.
        last = at
        while last + 1 < count and ends[last + 1] - begins[at] <= _CHUNK:
            last += 1
        _skip(raw, begins[at] - position)
        block = raw.read(ends[last] - begins[at])
        position = ends[last]
        base = begins[at]
        yield b"".join(
            block[begin - base : end - base]
            for begin, end in zip(begins[at : last + 1], ends[at : last + 1], strict=True)
        )
        at = last + 1


def _skip(raw: IO[bytes], size: int) -> None:
    if raw.seekable():
        raw.seek(size, io.SEEK_CUR)
        return
    while size > 0:
        size -= len(raw.read(min(size, _CHUNK))) or size
