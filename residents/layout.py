"""The layout of an export file: its items, how it is written, and what a row must keep to."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

_QUOTES: Mapping[str, Mapping[str, Any]] = {
    "double": {"quotechar": '"'},
    "single": {"quotechar": "'"},
    "none": {"quoting": csv.QUOTE_NONE, "quotechar": None},
}


class ItemType(StrEnum):
    """データ型 of データ要件・連携要件標準仕様書 (BLOB is not received)."""

    HALF_WIDTH = "X"
    FULL_WIDTH = "N"
    NUMBER = "9"
    DECIMAL = "9V"
    SIGNED = "S9"
    YEAR = "YEAR"
    DATE = "DATE"
    TIME = "TIME"


@dataclass(frozen=True, slots=True)
class Item:
    """One データ項目. `length` counts characters, not bytes; it warns and never truncates.

    `id` is the データ項目ID, blank where it is not public. `codes` names a code list. A DATE that may
    be 不詳 names the two items that say so; one with `impossible_before` keeps a 29 February that
    never was, if earlier than that (住民記録システム標準仕様書 1.1.8). `digits`: holds numbers of twelve
    digits by nature, so none of them is taken for a 個人番号. `drop`: stands in the file and is never
    read. `official` is false for an item name this product defined itself.
    """

    name: str
    romaji: str
    id: str
    type: ItemType
    length: int
    scale: int
    required: bool
    codes: str
    unknown_flag: str
    unknown_text: str
    impossible_before: date | None
    digits: bool
    drop: bool
    official: bool


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How the files are written; 別紙8 is not public, so a municipality can change all of it.

    `encoding` is declared and never guessed; a BOM may stand before it. `header` is a row of
    データ項目名称, ローマ字 or データ項目ID; without one the columns are the items in list order.
    """

    encoding: str
    delimiter: str
    quote: str
    header: bool

    @property
    def dialect(self) -> dict[str, Any]:
        """What csv.reader and csv.writer are told."""
        return {"delimiter": self.delimiter, **_QUOTES[self.quote]}


class Rule(StrEnum):
    """What the dates of one row must keep to; broken only if no reading of 不詳 dates keeps it."""

    RISING = "rising"  # each item is not before the one named before it
    PAST = "past"  # not after the day of the export
    AGE = "age"  # from the first item to the second, or to the export, no more than `years`


@dataclass(frozen=True, slots=True)
class RowCheck:
    """One rule for the dates of a row, with the sentence a rejection carries.

    It is not applied to rows where one of the items in `unless` has one of the codes given.
    """

    rule: Rule
    items: tuple[str, ...]
    years: int
    unless: Mapping[str, tuple[str, ...]]
    message: str


def item(document: Mapping[str, Any], official: bool) -> Item:
    """An item as a feed file declares it."""
    digits, _, scale = str(document.get("length", 0)).partition(",")
    return Item(
        name=document["name"],
        romaji=document["romaji"],
        id=document.get("id", ""),
        type=ItemType(document["type"]),
        length=int(digits),
        scale=int(scale or 0),
        required=document.get("required", False),
        codes=document.get("codes", ""),
        unknown_flag=document.get("unknown_flag", ""),
        unknown_text=document.get("unknown_text", ""),
        impossible_before=_day(document.get("impossible_before", "")),
        digits=document.get("digits", False),
        drop=document.get("drop", False),
        official=official and not document.get("ours", False),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def file_format(document: Mapping[str, Any]) -> FileFormat:
    """The format as a feed file declares it, with this product's defaults."""
    return FileFormat(
        encoding=document.get("encoding", "utf-8"),
        delimiter=document.get("delimiter", ","),
        quote=document.get("quote", "double"),
        header=document.get("header", True),
    )


def row_check(document: Mapping[str, Any]) -> RowCheck:
    """A rule as a feed file declares it."""
    return RowCheck(
        rule=Rule(document["rule"]),
        items=tuple(document["items"]),
        years=document.get("years", 0),
        unless={name: tuple(codes) for name, codes in document.get("unless", {}).items()},
        message=document["message"],
    )
