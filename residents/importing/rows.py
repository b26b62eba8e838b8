"""The rows of one file, streamed: dropped columns left out, each row checked, nothing repaired."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from residents.facts import parse_partial_date
from residents.feed import TRUE, Feed
from residents.importing import columns as column_places
from residents.importing.columns import Columns
from residents.importing.refusal import FileRefused
from residents.layout import Item, ItemType

_NUMBER = re.compile(r"[0-9A-Za-z]{1,15}")  # 宛名番号 X(15)
_VERSION = re.compile(r"[0-9]{1,9}")
_OPEN_ENDS = ("0000-01-01", "9999-12-31")
_SEPARATOR = "\x1f"
Lines = Iterator[tuple[int, list[str]]]
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is staged. A rejected row has a `reason`; what could not be read of it is blank.

    `record` is the row as JSON, {item name: text} without the blank items; `row_hash` is over that
    JSON. `record_key` None means that it is unknown which record of the person this is.
    """

    line: int
    number: str
    record_key: str | None
    version: tuple[str, ...]
    record: str
    row_hash: bytes
    reason: str = ""
    message: str = ""

    @property
    def version_key(self) -> str:
        """Sorts bytewise as the versions do; blank when unknown."""
        return _SEPARATOR.join(
            part.zfill(20) if part.isdecimal() else part for part in self.version
        )


class _Rejected(Exception):
    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = message


@contextmanager
def open_table(raw: IO[bytes], feed: Feed) -> Iterator[tuple[Columns, Lines]]:
    """The columns of a file and its rows with their line numbers, read in the declared encoding.

    Both opening and iterating raise FileRefused: wrong encoding, no header, broken quotes.
    """
    encoding = "utf-8-sig" if feed.format.encoding == "utf-8" else feed.format.encoding
    text = io.TextIOWrapper(raw, encoding, newline="")
    try:
        lines = _numbered(csv.reader(text, strict=True, **feed.format.dialect), feed)
        yield _columns(lines, feed), lines
    finally:
        text.detach()  # closing the file is its opener's


def cleaned_digest(raw: IO[bytes], feed: Feed) -> str:
    """SHA-256 over the kept columns only, so that no digest covers a 個人番号."""
    digest = hashlib.sha256()
    with open_table(raw, feed) as (columns, lines):
        places = columns.places.values()
        for _, cells in lines:
            whole = len(cells) == columns.width
            kept = [cells[place] for place in places] if whole else []
            digest.update(json.dumps(kept).encode())
    return digest.hexdigest()


def checked(lines: Lines, columns: Columns, feed: Feed) -> Iterator[Row]:
    """Each line as a Row, good or rejected."""
    check = _Check(feed, columns)
    for line, cells in lines:
        yield check.row(line, cells)


class _Check:
    """The row checks of one file, prepared once."""

    def __init__(self, feed: Feed, columns: Columns) -> None:
        self.columns = columns
        self.kept = sorted((place, name) for name, place in columns.places.items())
        self.number = columns.places[feed.key[0]]
        self.versions = [feed.item(name) for name in feed.versions]
        self.record = [columns.places[name] for name in feed.record]
        self.required = [item for item in feed.items if item.required]
        self.dates = [item for item in self.required if item.type == ItemType.DATE]

    def row(self, line: int, cells: Sequence[str]) -> Row:
        if len(cells) != self.columns.width:
            return self._shifted(line, cells)
        record = {name: cells[place] for place, name in self.kept if cells[place]}
        text = _encode(record)
        number = cells[self.number]
        versions: tuple[str, ...] = ()
        record_key = None
        try:
            self._check_number(number, record, text)
            record_key = _SEPARATOR.join(cells[place] for place in self.record)
            versions = self._read_versions(record)
            self._check_items(record)
        except _Rejected as rejected:
            number = number if _NUMBER.fullmatch(number) else ""
            kept = _without_nul(record) if "\\u0000" in text else text
            return Row(
                line, number, record_key, versions, kept, b"", rejected.reason, rejected.message
            )
        digest = hashlib.sha256(text.encode()).digest()
        return Row(line, number, record_key, versions, text, digest)

    def _shifted(self, line: int, cells: Sequence[str]) -> Row:
        """A row that cannot be split keeps its line only: any cell may hold a dropped 個人番号."""
        message = (
            f"項目の数が見出しと違います（見出し{self.columns.width}、この行{len(cells)}）。"
            "カンマや引用符の抜けを確かめてください。"
        )
        number = ""
        if self.number < len(cells) and not self.columns.dropped:
            number = cells[self.number] if _NUMBER.fullmatch(cells[self.number]) else ""
        return Row(line, number, None, (), "{}", b"", "cells", message)

    def _check_number(self, number: str, record: dict[str, str], text: str) -> None:
        if not _NUMBER.fullmatch(number):
            raise _Rejected("number", "宛名番号が半角英数字15文字以内ではありません。")
        if "\\u0000" in text and any("\0" in value for value in record.values()):
            raise _Rejected("control", "使えない制御文字（NUL）が含まれています。")

    def _read_versions(self, record: dict[str, str]) -> tuple[str, ...]:
        versions = tuple(record.get(item.name, "") for item in self.versions)
        for item, version in zip(self.versions, versions, strict=True):
            if not version:
                raise _Rejected("required", f"必須の項目が空です：{item.name}。")
            if item.type == ItemType.NUMBER and not _VERSION.fullmatch(version):
                raise _Rejected("version", f"{item.name}が9桁以内の数字ではありません。")
        return versions

    def _check_items(self, record: dict[str, str]) -> None:
        blank = [
            item.name
            for item in self.required
            if item.name not in record and not _is_unknown(item, record)
        ]
        if blank:
            raise _Rejected("required", f"必須の項目が空です：{'、'.join(blank)}。")
        for item in self.dates:
            if not _is_unknown(item, record) and not _is_date(record[item.name]):
                raise _Rejected("date", f"{item.name}が日付（YYYY-MM-DD）として読めません。")


def _without_nul(record: dict[str, str]) -> str:
    """PostgreSQL's text cannot hold NUL, and a Rejection must be stored all the same."""
    return json.dumps({name: value.replace("\0", "") for name, value in record.items()})


def _is_unknown(item: Item, record: dict[str, str]) -> bool:
    return bool(item.unknown_flag) and record.get(item.unknown_flag) == TRUE


def _is_date(text: str) -> bool:
    return text in _OPEN_ENDS or parse_partial_date(text) is not None


def _columns(lines: Lines, feed: Feed) -> Columns:
    if not feed.format.header:
        return column_places.in_list_order(feed)
    _, header = next(lines, (0, []))
    if not header:
        raise FileRefused("no_header", "見出しの行がありません。")
    return column_places.read(header, feed)


def _numbered(reader: Iterator[list[str]], feed: Feed) -> Lines:
    """Rows with the line each begins on; blank lines are passed over."""
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1  # type: ignore[attr-defined]
    except UnicodeDecodeError as error:
        declared = feed.format.encoding.upper()
        message = f"文字コードが{declared}ではありません（{line}行目の付近）。"
        raise FileRefused("encoding", message) from error
    except csv.Error as error:
        message = f"{line}行目の付近で引用符が閉じていないか、項目が長すぎます。"
        raise FileRefused("broken_csv", message) from error
