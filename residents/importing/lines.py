"""The lines of one file as cells: decoded as declared, split strictly, and never without a limit."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from residents.importing.refusal import FileRefused
from residents.layout import FileFormat

Lines = Iterator[tuple[int, list[str]]]
LONGEST_LINE, LONGEST_CELL, MOST_LINES = 131_072, 65_536, 50_000_000
_TRUNCATED = "途中で切れています（{}）。受け取り直してください。"
csv.field_size_limit(LONGEST_CELL)


@contextmanager
def opened(raw: IO[bytes], form: FileFormat, first: int = 1) -> Iterator[Lines]:
    """The rows of a file with the number of the line each begins on; blank lines are passed over.

    `first` is the number of the first line: of what comes later in a file it is not 1.

    Iterating raises FileRefused: another encoding, a line or cell too long, too many lines, an open
    quote, a last line without its end. No message repeats what the file holds.
    """
    text = io.TextIOWrapper(raw, form.encoding, newline="")
    try:
        yield _rows(text, form, first)
    finally:
        text.detach()  # closing the file is its opener's


def _rows(text: io.TextIOWrapper, form: FileFormat, first: int) -> Lines:
    source = _WholeLines(text, first)
    reader = csv.reader(source, strict=True, **form.dialect)
    line = first
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = first + reader.line_num
    except UnicodeDecodeError as error:
        raise _undecodable(error, form, line) from None  # the error carries the bytes
    except csv.Error:
        message = f"{line}行目の付近で引用符が閉じていないか、項目が長すぎます。"
        raise FileRefused("broken_csv", message) from None
    if not source.ended:
        raise FileRefused("truncated", _TRUNCATED.format("最後の行が改行で終わっていません"))


class _WholeLines:
    """The lines of a text within the limits; `ended` tells whether the last one had its end."""

    def __init__(self, text: io.TextIOWrapper, first: int) -> None:
        self.ended = True
        self._text = text
        self._first = first

    def __iter__(self) -> Iterator[str]:
        number = self._first
        line = self._text.readline(LONGEST_LINE + 1)
        if number == 1:
            line = line.removeprefix("\ufeff")
        while line:
            if len(line) > LONGEST_LINE:
                message = f"{number}行目が長すぎます（{LONGEST_LINE:,}文字まで）。"
                raise FileRefused("too_long", message)
            if number > MOST_LINES:
                raise FileRefused("too_many_lines", f"行が多すぎます（{MOST_LINES:,}行まで）。")
            yield line
            self.ended = line[-1] in "\r\n"
            line = self._text.readline(LONGEST_LINE + 1)
            number += 1


def _undecodable(error: UnicodeDecodeError, form: FileFormat, line: int) -> FileRefused:
    if error.reason in (
        "unexpected end of data",
        "truncated data",
        "incomplete multibyte sequence",
    ):
        return FileRefused("truncated", _TRUNCATED.format(f"{line}行目の付近、文字の途中"))
    declared = form.encoding.upper()
    return FileRefused("encoding", f"文字コードが{declared}ではありません（{line}行目の付近）。")
