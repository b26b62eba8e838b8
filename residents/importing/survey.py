"""A first look at a 全件: 128 bits for a few lines at once, so that only those that differ need be read.

Where the lines of the file are its rows the raw bytes are hashed; where they need not be (quoted line
breaks, UTF-16, columns that must leave no trace, 個人番号 among them), the kept cells of each row are.
"""

from __future__ import annotations

import json
import tempfile
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import pairwise
from typing import IO

import numpy as np
import xxhash

from residents.importing import rows, stretches
from residents.importing.frames import BYTEWISE
from residents.importing.gates import Received
from residents.importing.lines import LONGEST_LINE
from residents.importing.stretches import Array

_CHUNK = 1 << 20
_NEW_LINE, _RETURN, _QUOTE = b'\n\r"'
_VERSION = b"2"  # raise it when rows are read another way: then nothing is compared with before


@dataclass(frozen=True, slots=True)
class Survey:
    """The stretches of a file in order; `layout` is how it was read.

    `sizes` are the bytes of each; None where rows are not lines. `keys` are the hashes of the rows, as
    pairs of 64 bits; None where nobody has asked for them.
    """

    received: Received
    stretches: Array
    sizes: Array | None
    keys: Array | None
    layout: str
    header: bytes

    @property
    def first_line(self) -> int:
        """The line number of the first row."""
        return 2 if self.received.feed.format.header else 1

    @property
    def rows(self) -> int:
        """How many rows the file has."""
        return int(self.stretches["lines"].sum(dtype=np.int64))


def survey(received: Received, *, each_row: bool) -> Survey:
    """Hash the stretches of a file, and with `each_row` every row.

    Raises FileRefused for a file that cannot be read.
    """
    try:
        return _of_lines(received, each_row=each_row)
    except _NotLines:
        return _of_rows(received)


class _NotLines(Exception):
    """A line need not be a row."""


def _layout(received: Received, header: bytes, how: bytes) -> str:
    digest = xxhash.xxh3_128(_VERSION + how + header)
    digest.update(repr(received.feed).encode())
    return digest.hexdigest()


def _of_lines(received: Received, *, each_row: bool) -> Survey:
    """Raises _NotLines."""
    form, columns = received.feed.format, received.columns
    if columns.dropped or columns.unknown or form.quote != "double":
        raise _NotLines
    if form.encoding not in BYTEWISE:
        raise _NotLines
    header = b""
    # Unnamed, and gone with the process: of four million rows it is 64 MB nobody needs for long.
    keys = tempfile.TemporaryFile() if each_row else nullcontext()  # noqa: SIM115
    with received.arrival.open() as raw, keys as file:
        seen = _Seen(file)
        if form.header:
            header = raw.readline(LONGEST_LINE + 1)
            _line_ends(header, more=False)
        rest = b""
        while chunk := raw.read(_CHUNK):
            rest = seen.take(rest + chunk, more=True)
        seen.take(rest, more=False)
        return seen.as_survey(received, header)


class _Seen:
    """The hashes of a file as it is read; those of its rows go into `rows`."""

    def __init__(self, rows: IO[bytes] | None) -> None:
        self._stretches = bytearray()
        self._lines = [np.empty(0, np.int64)]
        self._sizes = [np.empty(0, np.int64)]
        self._rows = rows

    def take(self, block: bytes, *, more: bool) -> bytes:
        """Hash the stretches of a block; returns what is left of it. Raises _NotLines."""
        ends = _line_ends(block, more=more)
        last = stretches.last_lines(block, ends)
        if len(ends) and (not more or (not len(last) and len(block) > _CHUNK)):
            last = np.union1d(last, len(ends) - 1)
        if not len(last):
            return block
        stops = ends[last] + 1
        self._lines.append(np.diff(last, prepend=-1))
        self._sizes.append(np.diff(stops, prepend=0))
        bounds = pairwise([0, *stops.tolist()])
        self._stretches += b"".join([xxhash.xxh3_128_digest(block[a:b]) for a, b in bounds])
        stop = int(stops[-1])
        if self._rows is not None:
            self._rows.write(hashed_lines(block[:stop]))
        return block[stop:]

    def as_survey(self, received: Received, header: bytes) -> Survey:
        keys = self._keys()
        found = stretches.table(self._stretches, np.concatenate(self._lines))
        sizes = np.concatenate(self._sizes).astype(np.uint32)
        return Survey(received, found, sizes, keys, _layout(received, header, b"lines"), header)

    def _keys(self) -> Array | None:
        if self._rows is None:
            return None
        if not self._rows.tell():
            return np.empty((0, 2), np.uint64)
        self._rows.flush()
        return np.memmap(self._rows, "<u8", "r").reshape(-1, 2)


def hashed_lines(text: bytes) -> bytes:
    """128 bits of each line of a text that ends with one."""
    return b"".join(map(xxhash.xxh3_128_digest, text.split(b"\n")[:-1]))


def _line_ends(block: bytes, *, more: bool) -> Array:
    """Where the lines of a block end; `more` is to come of the last.

    Raises _NotLines if one is blank, endless, ends in another way or within quotes.
    """
    text = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(text == _NEW_LINE)
    left = len(text) - (ends[-1] + 1 if len(ends) else 0)
    if left > (LONGEST_LINE if more else 0):
        raise _NotLines
    if not len(ends):
        return ends
    text = text[: len(text) - left]
    blank = 1
    if b"\r" in block:
        returns = np.count_nonzero(text == _RETURN)
        if returns and (returns != len(ends) or not (text[ends - 1] == _RETURN).all()):
            raise _NotLines
        blank = 2 if returns else 1
    lengths = np.diff(ends, prepend=-1)
    if lengths.min() <= blank or lengths.max() > LONGEST_LINE:
        raise _NotLines
    if b'"' in block:
        before = np.searchsorted(np.flatnonzero(text == _QUOTE), ends)
        if (before & 1).any():
            raise _NotLines  # a quoted cell has a line break
    return ends


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
    layout = _layout(received, header, b"rows")
    return Survey(received, _stretches(keys), None, keys, layout, header)


def _stretches(keys: Array) -> Array:
    last = stretches.last_keys(keys)
    if len(keys):
        last = np.union1d(last, len(keys) - 1)
    bounds = pairwise([0, *(last + 1).tolist()])
    digests = b"".join([xxhash.xxh3_128_digest(keys[a:b].tobytes()) for a, b in bounds])
    return stretches.table(digests, np.diff(last, prepend=-1))
