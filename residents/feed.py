"""Feeds: how each core system exports its part of the register (residents/feeds/*.toml)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings

from residents import feed_files
from residents.facts import Fact, FactType, Of, PartialDate, parse_partial_date
from residents.layout import FileFormat, Item, RowCheck, file_format, item, row_check
from residents.legacy import Legacy, legacy
from residents.limits import Limits, limits

REGISTER = "juki"
TRUE, FALSE = "1", "0"


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
class Feed:
    """One core system's export layout: 業務ID, グループ (= one file), its items and its facts.

    `key` is 宛名番号 first, then the version columns (highest wins within one `record`); `record`
    are the columns that tell several records of one person apart. A new delivery is expected
    `every` so often, and refused without a manifest where it `needs_manifest`. `layout` is every
    column of a file without a header row, dropped ones included. `legacy` is set where the files are
    those of a system not standardised yet, `mappings` lists all that are known. `official` is false
    where no item list is published and the names are ours.
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
    needs_manifest: bool
    format: FileFormat
    active: Active
    items: tuple[Item, ...]
    layout: tuple[Item, ...]
    checks: tuple[RowCheck, ...]
    facts: tuple[FeedFact, ...]
    limits: Limits
    mappings: tuple[Legacy, ...]
    legacy: Legacy | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the items that are kept, in list order."""
        return tuple(each.name for each in self.items)

    @property
    def versions(self) -> tuple[str, ...]:
        """The key's version columns."""
        return self.key[1:]

    def item(self, name: str) -> Item:
        """The item of that name. Raises KeyError."""
        for each in self.items:
            if each.name == name:
                return each
        raise KeyError(name)

    def file_name(self, extent: Extent, at: datetime, sequence: int = 1) -> str:
        """The default name {業務ID}_{グループ名}_{全件|差分}_{YYYYMMDDHHMMSS}_{連番3桁}.csv."""
        return f"{self.business_id}_{self.group}_{extent}_{at:%Y%m%d%H%M%S}_{sequence:03}.csv"

    def of_legacy(self) -> tuple[Feed, ...]:
        """This feed as each system that is not standardised yet delivers it."""
        return tuple(replace(self, format=each.format, legacy=each) for each in self.mappings)


@cache
def _documents() -> feed_files.Documents:
    return feed_files.read_all(*folders())


def folders() -> tuple[Path, ...]:
    """Where feed files lie: this product's own, then the municipality's (FEEDS)."""
    return (feed_files.FOLDER, settings.FEEDS)


def forget() -> None:
    """Read the feed files anew at the next use."""
    for each in (_documents, feeds, code_lists, facts, categories):
        each.cache_clear()


@cache
def feeds() -> Mapping[str, Feed]:
    """Every feed by its code, the register first, then 支援措置, then by 業務ID.

    Raises feed_files.FeedFileRefused, naming the file, the line and the mistake in Japanese.
    """
    built = [_feed(document) for document in _documents().feeds.values()]
    order = {Target.RESIDENT: 0, Target.PROTECTION: 1, Target.HOLDING: 2}
    built.sort(key=lambda feed: (order[feed.target], feed.business_id, feed.code))
    return MappingProxyType({feed.code: feed for feed in built})


def feed(code: str) -> Feed:
    """The feed of that code. Raises KeyError."""
    return feeds()[code]


@cache
def code_lists() -> Mapping[str, Mapping[str, str]]:
    """Every code list: name → {code: words}. A code missing there is kept and shown raw."""
    return MappingProxyType(_documents().codes)


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


@cache
def categories() -> Mapping[str, str]:
    """The category of every fact, by its key."""
    return MappingProxyType({key: fact.category for key, fact in facts().items()})


def _held(each: Feed) -> Fact:
    label = f"{each.name}の該当"
    return Fact(f"holds.{each.code}", Of.PERSON, FactType.BOOL, label, each.category, each.name)


def _feed(document: Mapping[str, Any]) -> Feed:
    layout = tuple(item(each, document["official"]) for each in document["item"])
    items = tuple(each for each in layout if not each.drop)
    others = [each for each in _documents().mappings.values() if each["feed"] == document["code"]]
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
        needs_manifest=document.get("manifest") == "required",
        format=file_format(document.get("format", {})),
        active=_active(document.get("active", {})),
        items=items,
        layout=layout,
        checks=tuple(row_check(each) for each in document.get("check", ())),
        facts=tuple(_fact(each, document, items) for each in document.get("fact", ())),
        limits=limits(document),
        mappings=tuple(legacy(each) for each in (*document.get("legacy", ()), *others)),
    )


def _rhythm(text: str) -> timedelta:
    count, _, unit = text.partition(" ")
    return timedelta(**{f"{unit.removesuffix('s')}s": int(count)})


def _active(document: Mapping[str, Any]) -> Active:
    where = {name: tuple(codes) for name, codes in document.get("where", {}).items()}
    return Active(document.get("from", ""), document.get("until", ""), MappingProxyType(where))


def _fact(given: Mapping[str, Any], feed: Mapping[str, Any], items: tuple[Item, ...]) -> FeedFact:
    names = tuple(given["items"]) if "items" in given else (given["item"],)
    first = next(each for each in items if each.name == names[0])
    type_ = FactType(given["type"])
    choices = code_lists()[first.codes].items() if first.codes and type_ != FactType.BOOL else ()
    join = given.get("join", "")
    return FeedFact(
        fact=Fact(
            key=given["key"],
            of=Of.PERSON,
            type=type_,
            label=given["label"],
            category=given.get("category", feed["category"]),
            source=f"{feed['name']} {'・'.join(names)}",
            choices=tuple(choices),
        ),
        items=names,
        separators=(join,) * (len(names) - 1) if isinstance(join, str) else tuple(join),
        true_when=tuple(given.get("true_when", (TRUE,))),
        unknown_flag=first.unknown_flag,
        unknown_text=first.unknown_text,
    )
