"""The rows of a file as frames: some thousand rows each, with every cell as the text that it is.

What any CSV reader reads alike is split by polars: as many cells in every line, and quotes only as
they are written by rule. Whatever is not as plain as that is left to the strict reader of lines.py,
which also says what is wrong with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from typing import IO, NamedTuple

import numpy as np
import polars as pl

from residents.feed import Feed
from residents.importing import columns as column_places
from residents.importing import lines as file_lines
from residents.importing.columns import Columns
from residents.importing.lines import LONGEST_CELL, MOST_LINES, Lines
from residents.importing.streams import Parts, whole_lines
from residents.layout import FileFormat

BYTEWISE = ("utf-8", "utf-8-sig", "cp932")  # a line end is one byte, and that byte nothing else
_BOM = b"\xef\xbb\xbf"
_ROWS = 2000


class Frame(NamedTuple):
    """Rows that follow one another: the line each begins on, and columns of cells named 0, 1, 2 …

    `ragged` are the rows, by their place, that have more or fewer cells; in `cells` they are blank.
    """

    lines: Sequence[int]
    cells: pl.DataFrame
    ragged: Mapping[int, list[str]]


@contextmanager
def opened(raw: IO[bytes], feed: Feed) -> Iterator[tuple[Columns, Iterator[Frame]]]:
    """The columns of a file and its rows. Opening and iterating raise FileRefused, as lines.opened."""
    blocks = whole_lines(raw) if feed.format.encoding in BYTEWISE else iter(())
    header, first = _apart(next(blocks, b""), feed.format)
    if header is None:
        rest = io.BufferedReader(Parts(chain([first], blocks))) if first else raw
        with file_lines.opened(rest, feed.format) as lines:
            columns = column_places.of_file(lines, feed)
            yield columns, of_lines(lines, columns.width)
        return
    with file_lines.opened(io.BytesIO(header), feed.format) as lines:
        columns = column_places.of_file(lines, feed)
    line = 1 + feed.format.header
    yield columns, _frames(chain([first], blocks), feed.format, columns.width, line)


def of_lines(lines: Lines, width: int) -> Iterator[Frame]:
    """Rows that were read one by one."""
    names = [*map(str, range(width))]
    while taken := [*islice(lines, _ROWS)]:
        numbers, rows = zip(*taken, strict=True)
        ragged = {at: each for at, each in enumerate(rows) if len(each) != width}
        if ragged:
            blank = [""] * width
            rows = tuple(blank if at in ragged else each for at, each in enumerate(rows))
        schema = dict.fromkeys(names, pl.String)
        yield Frame(numbers, pl.DataFrame(rows, schema=schema, orient="row"), ragged)


def _apart(block: bytes, form: FileFormat) -> tuple[bytes | None, bytes]:
    """The header and what follows it in the first block; None where the file is not begun plainly."""
    block = block.removeprefix(_BOM) if form.encoding != "cp932" else block
    if not form.header:
        return (b"" if block else None), block
    header, end, rest = block.partition(b"\n")
    if not end or not header.strip() or not _ends_whole(header, form):
        return None, block
    return header + end, rest


def _frames(blocks: Iterator[bytes], form: FileFormat, width: int, line: int) -> Iterator[Frame]:
    names = [*map(str, range(width))]
    inside = replace(form, encoding=form.encoding.removesuffix("-sig"))
    for block in blocks:
        cells = _split(block, form, names) if block else None
        if cells is not None and line + cells.height <= MOST_LINES:
            yield Frame(range(line, line + cells.height), cells, {})
            line += cells.height
            continue
        alone = _ends_whole(block, form) and block.count(b"\r") == block.count(b"\r\n")
        source = io.BufferedReader(Parts(iter([block]) if alone else chain([block], blocks)))
        with file_lines.opened(source, inside, line) as lines:
            yield from of_lines(lines, width)
        line += block.count(b"\n")


def _ends_whole(block: bytes, form: FileFormat) -> bool:
    """Whether no quoted cell goes on behind a line end of the block."""
    quote = (form.dialect["quotechar"] or "").encode()
    if not quote or quote not in block:
        return True
    return not any(line.count(quote) & 1 for line in block.split(b"\n"))


def _split(block: bytes, form: FileFormat, names: list[str]) -> pl.DataFrame | None:
    """The cells of a block of whole lines; None where another reader might find others."""
    if form.encoding == "cp932":
        try:
            block = block.decode("cp932").encode()
        except UnicodeDecodeError:
            return None
    quote = form.dialect["quotechar"]
    if not quote or quote.encode() not in block:
        quote = None
    rows = _rows(block, form, None if quote else len(names))
    if not rows or len(names) == 1:
        return None
    try:
        cells = pl.read_csv(
            block,
            has_header=False,
            new_columns=names,
            infer_schema=False,
            empty_string_is_null=False,
            quote_char=quote,
            separator=form.delimiter,
        )
    except pl.exceptions.PolarsError:
        return None  # not UTF-8, or a line with more cells
    if cells.shape != (rows, len(names)) or (quote and not _is_written_so(cells, block, form)):
        return None
    return cells


def _is_written_so(cells: pl.DataFrame, block: bytes, form: FileFormat) -> bool:
    """Whether a block with quotes is what these cells are written as: then every reader finds them in it."""
    quote = str(form.dialect["quotechar"])
    written = io.BytesIO()
    cells.write_csv(
        written,
        include_header=False,
        separator=form.delimiter,
        line_terminator="\r\n" if block.endswith(b"\r\n") else "\n",
        quote_char=quote,
        quote_style="always" if block.startswith(quote.encode()) else "necessary",
    )
    return written.getbuffer() == block


def _rows(block: bytes, form: FileFormat, width: int | None) -> int:
    """How many rows a block has if its lines are rows of so many cells; none where they may not be."""
    if len(form.delimiter.encode()) != 1:
        return 0
    if block.startswith(_BOM):  # polars would leave it out
        return 0
    text = np.frombuffer(block, np.uint8)  # counts what comes often faster than bytes do
    ends = np.flatnonzero(text == ord("\n"))
    rows = len(ends)
    if not block.endswith(b"\n") or np.diff(ends, prepend=-1).max() > LONGEST_CELL:
        return 0
    returns = np.count_nonzero(text == ord("\r"))
    if returns and (returns != rows or not (text[ends - 1] == ord("\r")).all()):
        return 0
    cells = width and np.count_nonzero(text == ord(form.delimiter)) + rows
    return rows if width is None or cells == rows * width else 0
