"""The columns of one file: which item each is, and which are dropped before anything is stored."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter

from residents import personal_number
from residents.feed import Feed
from residents.importing.refusal import FileRefused
from residents.legacy import Column, Legacy

_MOST, _LONGEST_TITLE = 1_000, 60
_MANY_DIGITS = re.compile(r"\d{12}")
_NAMELESS = "（見出しなし）"
Read = Callable[[Sequence[str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Columns:
    """Where what is kept stands in a file; `dropped` and `unknown` columns are not read at all.

    `read` makes {item name: text} of a row, without the blank items.
    """

    width: int
    places: dict[str, int]
    dropped: tuple[str, ...]
    unknown: tuple[str, ...]
    read: Read


def read(header: Sequence[str], feed: Feed) -> Columns:
    """Match a header row with the feed's items, or with the columns its mapping names.

    An item goes by its データ項目名称, ローマ字 or データ項目ID. Raises FileRefused for a repeated column, a
    missing required one, and a header nothing of which is known.
    """
    if len(header) > _MOST:
        raise FileRefused("too_wide", f"列が多すぎます（{_MOST}列まで）。")
    known = _titles(feed)
    places: dict[str, int] = {}
    dropped, unknown = [], []
    for place, title in enumerate(cell.strip() for cell in header):
        if personal_number.is_title(title) or known.get(title) == "":
            dropped.append(_shown(title))
        elif title in known:
            if known[title] in places:
                raise FileRefused("repeated_column", f"項目「{known[title]}」が2回以上あります。")
            places[known[title]] = place
        else:
            unknown.append(_shown(title))
    _refuse_missing(places, feed)
    return Columns(
        len(header),
        places,
        tuple(dropped),
        tuple(unknown),
        _reader(places, len(header), feed.legacy),
    )


def of_file(lines: Iterator[tuple[int, list[str]]], feed: Feed) -> Columns:
    """The columns of a file of which nothing was read yet. Raises FileRefused."""
    if not feed.format.header:
        return in_list_order(feed)
    _, header = next(lines, (0, []))
    if not header:
        raise FileRefused("no_header", "見出しの行がありません。")
    return read(header, feed)


def in_list_order(feed: Feed) -> Columns:
    """The columns of a file without a header row: every item of the list, or those of the mapping."""
    if feed.legacy:
        places = {each: int(each) - 1 for column in feed.legacy.columns for each in column.sources}
        width = feed.legacy.width
        return Columns(width, places, (), (), _reader(places, width, feed.legacy))
    places = {each.name: place for place, each in enumerate(feed.layout) if not each.drop}
    dropped = tuple(each.name for each in feed.layout if each.drop)
    width = len(feed.layout)
    return Columns(width, places, dropped, (), _reader(places, width, None))


def _titles(feed: Feed) -> dict[str, str]:
    """Title → what it is kept as; blank for a column that is dropped."""
    if feed.legacy:
        return {each: each for column in feed.legacy.columns for each in column.sources}
    return {
        title: "" if each.drop else each.name
        for each in feed.layout
        for title in (each.name, each.romaji, each.id)
        if title
    }


def _refuse_missing(places: dict[str, int], feed: Feed) -> None:
    if not places:
        form = feed.format
        message = (
            "見出しに知っている項目が一つもありません。"
            f"文字コード（定義は{form.encoding.upper()}）か区切り文字が違うおそれがあります。"
        )
        raise FileRefused("header", message)
    if feed.legacy:
        needed = [each for column in feed.legacy.columns for each in column.sources]
    else:
        needed = [each.name for each in feed.items if each.required]
    missing = [name for name in needed if name not in places]
    if missing:
        raise FileRefused("missing_column", f"必要な項目がありません：{'、'.join(missing)}。")


def _reader(places: dict[str, int], width: int, legacy: Legacy | None) -> Read:
    if legacy:
        return _mapped(places, legacy.columns)
    names, cells_of = tuple(places), itemgetter(*places.values())

    def read(cells: Sequence[str]) -> dict[str, str]:
        return {name: text for name, text in zip(names, cells_of(cells), strict=True) if text}

    def read_all(cells: Sequence[str]) -> dict[str, str]:
        return {name: text for name, text in zip(names, cells, strict=True) if text}

    return read_all if [*places.values()] == [*range(width)] else read


def _mapped(places: dict[str, int], columns: Sequence[Column]) -> Read:
    prepared = [
        (each.item, [places[title] for title in each.sources], each.convert) for each in columns
    ]

    def read(cells: Sequence[str]) -> dict[str, str]:
        made = ((name, convert([cells[at] for at in found])) for name, found, convert in prepared)
        return {name: text for name, text in made if text}

    return read


def _shown(title: str) -> str:
    """A title as messages may carry it: a cell taken for a title could be anything."""
    if _MANY_DIGITS.search(title) or len(title) > _LONGEST_TITLE:
        return "（読めない見出し）"
    return title or _NAMELESS
