"""Feeds: how each core system exports its part of the register (residents/feeds/*.toml)."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any

from residents import feed_files
from residents.facts import Fact, FactType, Of, PartialDate, parse_partial_date

REGISTER = "juki"
TRUE, FALSE = "1", "0"
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


class Target(StrEnum):
    """What a row of the feed becomes."""

    RESIDENT = "resident"
    PROTECTION = "protection"
    HOLDING = "holding"


class Extent(StrEnum):
    """連携区分: the whole ledger, or what changed since the last delivery."""

    FULL = "全件"
    DELTA = "差分"


@dataclass(frozen=True, slots=True)
class Item:
    """One データ項目. `length` counts characters, not bytes; it warns and never truncates.

    `codes` names a list of residents/feeds/codes.toml. A DATE that may be 不詳 names the two items
    that say so. `official` is false for an item name this product defined itself.
    """

    name: str
    romaji: str
    type: ItemType
    length: int
    scale: int
    required: bool
    codes: str
    unknown_flag: str
    unknown_text: str
    official: bool


@dataclass(frozen=True, slots=True)
class FeedFact:
    """How one fact is read from a row: from one item, from several joined, or as 該当 of a code."""

    fact: Fact
    items: tuple[str, ...]
    separators: tuple[str, ...]
    true_when: tuple[str, ...]
    unknown_flag: str
    unknown_text: str

    def read(self, row: Mapping[str, str]) -> str | bool | Decimal | PartialDate | list[str] | None:
        """The fact's value in a row of {item name: text}; None when the row holds none.

        NUMBER gives a Decimal, DATE a PartialDate (with 不詳表記 when 不詳フラグ is 1), CODES the
        list of codes that are not blank. Raises decimal.InvalidOperation for a malformed number.
        """
        match self.fact.type:
            case FactType.CODES:
                return [row[name] for name in self.items if row.get(name)] or None
            case FactType.DATE:
                return self._read_date(row)
        text = self.compose(row)
        if not text:
            return None
        match self.fact.type:
            case FactType.BOOL:
                return text in self.true_when
            case FactType.NUMBER:
                return Decimal(text)
        return text

    def compose(self, row: Mapping[str, str]) -> str:
        """The items' texts joined; a separator stands only before a part that is not blank."""
        text = row.get(self.items[0], "")
        for separator, name in zip(self.separators, self.items[1:], strict=True):
            part = row.get(name, "")
            text = f"{text}{separator if text else ''}{part}" if part else text
        return text

    def _read_date(self, row: Mapping[str, str]) -> PartialDate | None:
        unknown = row.get(self.unknown_flag) == TRUE
        return parse_partial_date(
            row.get(self.items[0], ""), row.get(self.unknown_text, "") if unknown else ""
        )


@dataclass(frozen=True, slots=True)
class Active:
    """When a record counts as held on a day D: from ≤ D and (until empty or D < until).

    `start` and `until` are DATE items or "" (no bound); every item in `where` must have one of
    the codes given. `9999-12-31` is no bound (標準仕様書).
    """

    start: str
    until: str
    where: Mapping[str, tuple[str, ...]]


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


@dataclass(frozen=True, slots=True)
class Feed:
    """One core system's export layout: 業務ID, グループ (= one file), its items and its facts.

    `key` is 宛名番号 first, then the version columns (highest wins within one `record`); `record`
    are the columns that tell several records of one person apart. A new delivery is expected
    `every` so often. `official` is false where no item list is published and the names are this
    product's own.
    """

    code: str
    name: str
    business_id: str
    group: str
    official: bool
    note: str
    target: Target
    category: str
    key: tuple[str, ...]
    record: tuple[str, ...]
    every: timedelta
    format: FileFormat
    active: Active
    items: tuple[Item, ...]
    facts: tuple[FeedFact, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The item names in list order, which is the header row."""
        return tuple(item.name for item in self.items)

    @property
    def versions(self) -> tuple[str, ...]:
        """The key's version columns."""
        return self.key[1:]

    def item(self, name: str) -> Item:
        """The item of that name. Raises KeyError."""
        for item in self.items:
            if item.name == name:
                return item
        raise KeyError(name)

    def file_name(self, extent: Extent, at: datetime, sequence: int = 1) -> str:
        """The default name {業務ID}_{グループ名}_{全件|差分}_{YYYYMMDDHHMMSS}_{連番3桁}.csv."""
        return f"{self.business_id}_{self.group}_{extent}_{at:%Y%m%d%H%M%S}_{sequence:03}.csv"


@cache
def feeds() -> Mapping[str, Feed]:
    """Every feed by its code, the register first, then 支援措置, then by 業務ID.

    Raises feed_files.FeedFileRefused, naming the file and the mistake in Japanese.
    """
    documents = feed_files.read_all()
    built = [_feed(document) for document in documents.values()]
    order = {Target.RESIDENT: 0, Target.PROTECTION: 1, Target.HOLDING: 2}
    built.sort(key=lambda feed: (order[feed.target], feed.business_id, feed.code))
    return MappingProxyType({feed.code: feed for feed in built})


def feed(code: str) -> Feed:
    """The feed of that code. Raises KeyError."""
    return feeds()[code]


@cache
def code_lists() -> Mapping[str, Mapping[str, str]]:
    """Every code list: name → {code: words}. A code missing there is kept and shown raw."""
    return MappingProxyType(feed_files.read_codes())


@cache
def facts() -> Mapping[str, Fact]:
    """Every fact the register supplies, `holds.<feed>` of each holding included, by its key."""
    found = {}
    for each in feeds().values():
        for declared in each.facts:
            found[declared.fact.key] = declared.fact
        if each.target is Target.HOLDING:
            held = _held(each)
            found[held.key] = held
    return MappingProxyType(found)


def _held(each: Feed) -> Fact:
    label = f"{each.name}の該当"
    return Fact(f"holds.{each.code}", Of.PERSON, FactType.BOOL, label, each.category, each.name)


def _feed(document: Mapping[str, Any]) -> Feed:
    items = tuple(_item(each, document["official"]) for each in document["item"])
    return Feed(
        code=document["code"],
        name=document["name"],
        business_id=document["business_id"],
        group=document["group"],
        official=document["official"],
        note=document.get("note", ""),
        target=Target(document["target"]),
        category=document["category"],
        key=tuple(document["key"]),
        record=tuple(document.get("record", ())),
        every=_rhythm(document.get("every", "1 day")),
        format=_format(document.get("format", {})),
        active=_active(document.get("active", {})),
        items=items,
        facts=tuple(_fact(each, document, items) for each in document.get("fact", ())),
    )


def _item(document: Mapping[str, Any], official: bool) -> Item:
    digits, _, scale = str(document.get("length", 0)).partition(",")
    return Item(
        name=document["name"],
        romaji=document["romaji"],
        type=ItemType(document["type"]),
        length=int(digits),
        scale=int(scale or 0),
        required=document.get("required", False),
        codes=document.get("codes", ""),
        unknown_flag=document.get("unknown_flag", ""),
        unknown_text=document.get("unknown_text", ""),
        official=official and not document.get("ours", False),
    )


def _rhythm(text: str) -> timedelta:
    count, _, unit = text.partition(" ")
    return timedelta(**{f"{unit.removesuffix('s')}s": int(count)})


def _format(document: Mapping[str, Any]) -> FileFormat:
    return FileFormat(
        encoding=document.get("encoding", "utf-8"),
        delimiter=document.get("delimiter", ","),
        quote=document.get("quote", "double"),
        header=document.get("header", True),
    )


def _active(document: Mapping[str, Any]) -> Active:
    where = {name: tuple(codes) for name, codes in document.get("where", {}).items()}
    return Active(document.get("from", ""), document.get("until", ""), MappingProxyType(where))


def _fact(each: Mapping[str, Any], feed: Mapping[str, Any], items: tuple[Item, ...]) -> FeedFact:
    names = tuple(each["items"]) if "items" in each else (each["item"],)
    first = next(item for item in items if item.name == names[0])
    type_ = FactType(each["type"])
    choices = code_lists()[first.codes].items() if first.codes and type_ != FactType.BOOL else ()
    join = each.get("join", "")
    return FeedFact(
        fact=Fact(
            key=each["key"],
            of=Of.PERSON,
            type=type_,
            label=each["label"],
            category=each.get("category", feed["category"]),
            source=f"{feed['name']} {'・'.join(names)}",
            choices=tuple(choices),
        ),
        items=names,
        separators=(join,) * (len(names) - 1) if isinstance(join, str) else tuple(join),
        true_when=tuple(each.get("true_when", (TRUE,))),
        unknown_flag=first.unknown_flag,
        unknown_text=first.unknown_text,
    )
