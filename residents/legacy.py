"""A system that is not standardised yet: its own columns and codes mapped to the items of a feed.

The operations are few and closed, so that a mapping stays a table anybody can check.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jaconv

from residents.layout import FileFormat, file_format
from residents.wareki import ERAS

_ERA_YEARS = {letter: first.year - 1 for letter, _, first in ERAS}
_ERA_YEARS |= {name: first.year - 1 for _, name, first in ERAS}
# 1 明治 … 5 令和: the era codes of the older exports (元号コード)
_ERA_YEARS |= {str(5 - place): first.year - 1 for place, (_, _, first) in enumerate(ERAS)}
_ERA = "(?P<era>[MTSHR1-5]|明治|大正|昭和|平成|令和)"
_DATES = {
    "yyyymmdd": r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    "yyyy/mm/dd": r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
    "gyymmdd": _ERA + r"(?P<year>\d{2})(?P<month>\d{2})(?P<day>\d{2})",
    "gyy.mm.dd": _ERA + r"(?P<year>\d{1,2})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})",
    "g年月日": _ERA + r"(?P<year>\d{1,2}|元)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日",
}
_DATE = {name: re.compile(pattern) for name, pattern in _DATES.items()}
_PLACES = {
    "{連携区分}": "(?P<extent>全件|差分)",
    "{年月日時分秒}": r"(?P<at>\d{14})",
    "{年月日}": r"(?P<at>\d{8})",
    "{連番}": r"(?P<no>\d{1,4})",
}


@dataclass(frozen=True, slots=True)
class Column:
    """How one item is made: from `sources` (column titles, or positions from 1), joined, or `value`.

    Then in this order: `trim`, `split` and `part`, `codes` (a text found there is done), `date`,
    `pad`, `wide`. A date that cannot be read stays as it came and the row's check rejects it.
    """

    item: str
    sources: tuple[str, ...]
    value: str
    join: str
    trim: bool
    split: str
    part: int
    codes: Mapping[str, str]
    date: str
    pad: int
    wide: bool

    def convert(self, texts: Sequence[str]) -> str:
        """The item's text from the texts of its sources."""
        if self.trim:
            texts = [text.strip(" \u3000") for text in texts]
        text = self.join.join(text for text in texts if text) if self.sources else self.value
        if self.split:
            parts = text.split(self.split)
            text = parts[self.part - 1] if self.part <= len(parts) else ""
        if text in self.codes:
            return self.codes[text]
        if self.date:
            text = iso_date(text, self.date)
        if self.pad and text:
            text = text.zfill(self.pad)
        return jaconv.h2z(text, kana=True, ascii=True, digit=True) if self.wide else text


@dataclass(frozen=True, slots=True)
class Legacy:
    """A mapping: how its files are named and written, and its columns.

    `width` is how many columns a file without a header row has.
    """

    name: str
    file: re.Pattern[str]
    extent: str
    format: FileFormat
    width: int
    columns: tuple[Column, ...]


def iso_date(text: str, form: str) -> str:
    """A date in one of the known forms as YYYY-MM-DD; what does not fit is given back as it is.

    Days are not checked here: a day that never was must reach the register's own check.
    """
    match = _DATE[form].fullmatch(text)
    if match is None:
        return text
    parts = match.groupdict()
    year = 1 if parts["year"] == "元" else int(parts["year"])
    if era := parts.get("era"):
        year += _ERA_YEARS[era]
    return f"{year:04}-{int(parts['month']):02}-{int(parts['day']):02}"


def legacy(document: Mapping[str, Any]) -> Legacy:
    """A mapping as its file declares it."""
    return Legacy(
        name=document["name"],
        file=file_pattern(document["file"]),
        extent=document.get("extent", "全件"),
        format=file_format(document.get("format", {})),
        width=document.get("width", 0),
        columns=tuple(_column(each) for each in document["column"]),
    )


def file_pattern(text: str) -> re.Pattern[str]:
    """A file name with places like {年月日} as a pattern."""
    parts = re.split("(" + "|".join(map(re.escape, _PLACES)) + ")", text)
    return re.compile("".join(_PLACES.get(part) or re.escape(part) for part in parts))


def _column(document: Mapping[str, Any]) -> Column:
    given = document.get("from", [])
    sources = given if isinstance(given, list) else [given]
    return Column(
        item=document["item"],
        sources=tuple(map(str, sources)),
        value=document.get("value", ""),
        join=document.get("join", ""),
        trim=document.get("trim", False),
        split=document.get("split", ""),
        part=document.get("part", 1),
        codes=document.get("codes", {}),
        date=document.get("date", ""),
        pad=document.get("pad", 0),
        wide=document.get("wide", False),
    )
