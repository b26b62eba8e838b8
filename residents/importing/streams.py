"""Bytes on their way: a stream in blocks of whole lines, and blocks as a stream again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, Any

from residents.importing.lines import LONGEST_LINE

_ENDLESS = 4 * LONGEST_LINE  # bytes
_CHUNK = 1 << 21  # thirty times as much is needed to split it into cells


def whole_lines(raw: IO[bytes]) -> Iterator[bytes]:
    """A stream in blocks of about two megabytes that end with a line; the last has what is left.

    A line longer than any may be is cut: whoever reads it refuses the file, and nobody holds it whole.
    """
    rest = b""
    while chunk := raw.read(_CHUNK):
        cut = chunk.rfind(b"\n") + 1
        if not cut and len(rest) <= _ENDLESS:
            rest += chunk
            continue
        cut = cut or len(chunk)
        yield rest + chunk[:cut]
        rest = chunk[cut:]
    if rest:
        yield rest


class Parts(io.RawIOBase):
    """A stream of these bytes, one part after the other."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts
        self._left = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one part goes."""
        while not self._left:
            part = next(self._parts, None)
            if part is None:
                return 0
            self._left = part
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size
