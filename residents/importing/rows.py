"""The rows of one file, streamed: dropped columns left out, each row checked, nothing repaired."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import IO, NamedTuple

import orjson
import xxhash

from residents import personal_number, record_items
from residents.feed import Feed, Target
from residents.importing import columns as column_places
from residents.importing import lines as file_lines
from residents.importing.columns import Columns
from residents.importing.dates import DateChecks, Mistake
from residents.importing.lines import Lines
from residents.layout import ItemType

NUMBER = re.compile(r"[0-9A-Za-z]{1,15}")  # 宛名番号 X(15)
VERSION = re.compile(r"[0-9]{1,9}")
_PLAIN_DIGITS = re.compile(r"[0-9]+")
SEPARATOR = "\x1f"
_HOUSEHOLD, LONGEST_KEY = "世帯番号", 200  # characters
_LOST = "\ufffd"


def digest(record: bytes) -> bytes:
    """What tells one record from another: 128 bits over its JSON, or a resident's text."""
    return xxhash.xxh3_128_digest(record)


def hexdigest(record: bytes) -> str:
    """The same in hexadecimal digits."""
    return xxhash.xxh3_128_hexdigest(record)


class Row(NamedTuple):
    """One row as it is staged. A rejected row has a `reason`; what could not be read of it is blank.

    `record` is the row as JSON, {item name: text} without the blank items; `record_text` is what is
    stored of a good row of residents, and `row_hash` the digest of what is stored. `record_key` None
    means that it is unknown which record of the person this is.
    """

    line: int
    number: str
    record_key: str | None
    version: tuple[str, ...]
    record: str
    row_hash: bytes
    reason: str = ""
    message: str = ""
    record_text: str = ""

    @property
    def version_key(self) -> str:
        """Sorts bytewise as the versions do; blank when unknown."""
        return SEPARATOR.join(part.zfill(20) if part.isdecimal() else part for part in self.version)


@contextmanager
def open_table(raw: IO[bytes], feed: Feed) -> Iterator[tuple[Columns, Lines]]:
    """The columns of a file and its rows with their line numbers, read in the declared encoding.

    Both opening and iterating raise FileRefused (lines.opened, columns.read).
    """
    with file_lines.opened(raw, feed.format) as lines:
        yield column_places.of_file(lines, feed), lines


def cleaned_digest(raw: IO[bytes], feed: Feed) -> str:
    """SHA-256 over the kept columns only, so that no digest covers a 個人番号."""
    found = hashlib.sha256()
    with open_table(raw, feed) as (columns, lines):
        places = columns.places.values()
        for _, cells in lines:
            whole = len(cells) == columns.width
            kept = [cells[place] for place in places] if whole else []
            found.update(json.dumps(kept).encode())
    return found.hexdigest()


class Check:
    """The row checks of one file, prepared once."""

    def __init__(self, feed: Feed, columns: Columns, as_of: date) -> None:
        self.feed = feed
        self.columns = columns
        self.number = feed.key[0]
        self.versions = feed.versions
        numbers = {each.name for each in feed.items if each.type == ItemType.NUMBER}
        self.numbered = [(name, name in numbers) for name in feed.versions]
        self.record = feed.record
        self.keys = (*feed.record, _HOUSEHOLD) if feed.target is Target.RESIDENT else feed.record
        self.required = {each.name: each for each in feed.items if each.required}
        self.digits = frozenset(each.name for each in feed.items if each.digits)
        self.dates = DateChecks(feed, as_of)
        self.is_resident = feed.target is Target.RESIDENT

    def row(self, line: int, cells: Sequence[str]) -> Row:
        if len(cells) != self.columns.width:
            return self._shifted(line, cells)
        record = self.columns.read(cells)
        raw = orjson.dumps(record)
        text = raw.decode()
        number = record.get(self.number, "")
        if found := self._personal_number(record):
            return self._emptied(line, number, found)
        mistake = self._mistake(number, record, text)
        if mistake is None:
            return self._good(line, record, raw)
        return self._rejected(line, record, text, self._record_key(record), mistake)

    def good(self, line: int, record: dict[str, str]) -> Row:
        """A row that is known to be good."""
        return self._good(line, record, orjson.dumps(record))

    def _good(self, line: int, record: dict[str, str], raw: bytes) -> Row:
        version = tuple([record[name] for name in self.versions])
        stored = record_items.encode(record) if self.is_resident else ""
        return Row(
            line,
            record[self.number],
            self._record_key(record),
            version,
            raw.decode(),
            digest(stored.encode() if stored else raw),
            record_text=stored,
        )

    def _record_key(self, record: dict[str, str]) -> str:
        return SEPARATOR.join([record.get(name, "") for name in self.record])

    def _mistake(self, number: str, record: dict[str, str], text: str) -> Mistake | None:
        if not NUMBER.fullmatch(number):
            return "number", "宛名番号が半角英数字15文字以内ではありません。"
        if _LOST in text:
            return (
                "lost_character",
                "文字化け（U+FFFD）が含まれています。送り元で失われた文字です。",
            )
        if "\\u0000" in text and any("\0" in value for value in record.values()):
            return "control", "使えない制御文字（NUL）が含まれています。"
        return (
            self._version_mistake(record)
            or self._long_key(record)
            or self._blank(record)
            or self.dates.mistake(record)
        )

    def _long_key(self, record: dict[str, str]) -> Mistake | None:
        """Nothing else of any length stands whole in an index, which takes no more than 2,700 bytes."""
        for name in self.keys:
            if len(record.get(name, "")) > LONGEST_KEY:
                return (
                    "key",
                    f"{name}が{LONGEST_KEY}文字を超えています。列の取り違えかもしれません。",
                )
        return None

    def _version_mistake(self, record: dict[str, str]) -> Mistake | None:
        for name, is_number in self.numbered:
            version = record.get(name, "")
            if not version:
                return "required", f"必須の項目が空です：{name}。"
            if is_number and not VERSION.fullmatch(version):
                return "version", f"{name}が9桁以内の数字ではありません。"
        return None

    def _blank(self, record: dict[str, str]) -> Mistake | None:
        if record.keys() >= self.required.keys():
            return None
        blank = [
            name
            for name, item in self.required.items()
            if name not in record and not self.dates.is_unknown(item, record)
        ]
        return ("required", f"必須の項目が空です：{'、'.join(blank)}。") if blank else None

    def _personal_number(self, record: dict[str, str]) -> str:
        """The item that holds what must be a 個人番号; blank if none does."""
        if not personal_number.may_be_in(record.values()):
            return ""
        for name, value in record.items():
            by_nature = name in self.digits and _PLAIN_DIGITS.fullmatch(value)
            if not by_nature and personal_number.is_in(value):
                return name
        return ""

    def _rejected(
        self, line: int, record: dict[str, str], text: str, record_key: str, mistake: Mistake
    ) -> Row:
        number = record.get(self.number, "")
        reason, message = mistake
        version: tuple[str, ...] = ()
        key: str | None = record_key
        if reason in ("number", "control"):
            key = None
        elif self._version_mistake(record) is None:
            version = tuple([record[name] for name in self.versions])
        number = number if NUMBER.fullmatch(number) else ""
        kept = _without_nul(record) if "\\u0000" in text else text
        return Row(line, number, key, version, kept, b"", reason, message)

    def _emptied(self, line: int, number: str, name: str) -> Row:
        """A row with a 個人番号 among its texts keeps whom it is about, and nothing else."""
        message = (
            f"「{name}」に個人番号とみられる12桁の数字があるため、この行を読み込まずに捨てました。"
            "送り元で取り除いてください。"
        )
        number = number if name != self.number and NUMBER.fullmatch(number) else ""
        return Row(line, number, None, (), "{}", b"", "personal_number", message)

    def _shifted(self, line: int, cells: Sequence[str]) -> Row:
        """A row that cannot be split keeps its line only: any cell may hold a dropped 個人番号."""
        message = (
            f"項目の数が見出しと違います（見出し{self.columns.width}、この行{len(cells)}）。"
            "カンマや引用符の抜けを確かめてください。"
        )
        place = self.columns.places.get(self.number)
        number = ""
        if place is not None and place < len(cells) and not self.columns.dropped:
            cell = cells[place]
            number = cell if NUMBER.fullmatch(cell) and not personal_number.is_in(cell) else ""
        return Row(line, number, None, (), "{}", b"", "cells", message)


def _without_nul(record: dict[str, str]) -> str:
    """PostgreSQL's text cannot hold NUL, and a Rejection must be stored all the same."""
    return json.dumps({name: value.replace("\0", "") for name, value in record.items()})
