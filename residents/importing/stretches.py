"""Stretches: a few lines of a file that are compared at once, so that most of a night are looked at once.

Where a stretch ends is decided by its last line alone: a line that is new or gone moves no other one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
STRETCH = np.dtype([("key", "<u8", 2), ("lines", "<u4")])
"""A stretch of a file: 128 bits over it, or zero where it must never be found again, and its lines."""

BITS = 3  # one line of 2 ** BITS ends a stretch
_WINDOW = 32  # the first bytes of a line; with its length they decide
_MIX = np.uint64(0x9E3779B97F4A7C15)


def table(keys: bytes | bytearray | Array, lines: Array) -> Array:
    """Stretches with these keys of 16 bytes and so many lines."""
    made = np.empty(len(lines), STRETCH)
    made["key"] = np.frombuffer(keys, "<u8").reshape(-1, 2)
    made["lines"] = lines
    return made


def last_lines(block: bytes, ends: Array) -> Array:
    """Which of the lines of a block that end at these places are the last of a stretch."""
    if not len(ends) or len(block) < _WINDOW:
        return np.empty(0, np.int64)
    starts = np.concatenate([[0], ends[:-1] + 1])
    words = np.ndarray((len(block) - 7,), "<u8", block, strides=(1,))
    mark = (ends - starts).astype(np.uint64)
    for at in range(0, _WINDOW, 8):
        mark = (mark ^ words[np.minimum(starts + at, len(words) - 1)]) * _MIX
    return np.flatnonzero(mark >> np.uint64(64 - BITS) == 0)


def last_keys(keys: Array) -> Array:
    """Which of the rows with these keys are the last of a stretch."""
    return np.flatnonzero(keys[:, 1] >> np.uint64(64 - BITS) == 0)


def firsts(found: Array) -> Array:
    """The place of the first line of each stretch, and after them how many lines there are."""
    return np.concatenate([[0], np.cumsum(found["lines"], dtype=np.int64)])


def places(found: Array, which: Array) -> Array:
    """The places of the lines of some stretches, one stretch after the other."""
    lines = found["lines"][which].astype(np.int64)
    before = np.cumsum(lines) - lines
    return np.repeat(firsts(found)[which] - before, lines) + np.arange(lines.sum())


def matches(new: Array, old: Array) -> Array:
    """For each new key the place of the same old one; -1 where there is none.

    So it is where one comes twice on either side: nobody can tell which is which, and both are looked at.
    """
    if not len(new) or not len(old):
        return np.full(len(new), -1, np.int64)
    order = np.argsort(old[:, 0])
    ordered = old[order, 0]
    at = np.minimum(np.searchsorted(ordered, new[:, 0]), len(old) - 1)
    after = np.minimum(at + 1, len(old) - 1)
    twice = (after > at) & (ordered[after] == ordered[at])
    found = order[at]
    same = ~twice & (old[found, 0] == new[:, 0]) & (old[found, 1] == new[:, 1])
    often = np.bincount(found[same], minlength=len(old)) > 1
    return np.where(same & ~often[found], found, -1)
