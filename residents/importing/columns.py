"""The columns of one file: which item each is, and which are dropped before anything is stored."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from residents.feed import Feed
from residents.importing.refusal import FileRefused

# 番号法: neither number is ever stored here, whatever a file carries (design I4).
_FORBIDDEN = ("個人番号", "住民票コード", "マイナンバー", "kojinbango", "juminhyokodo", "mynumber")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the feed's items stand in a file; `dropped` and `unknown` columns are not read at all."""

    width: int
    places: dict[str, int]
    dropped: tuple[str, ...]
    unknown: tuple[str, ...]


def read(header: Sequence[str], feed: Feed) -> Columns:
    """Match a header row of 項目名称 or ローマ字 names with the feed's items.

    Raises FileRefused for a repeated column or a missing required one.
    """
    by_name = {name: item.name for item in feed.items for name in (item.name, item.romaji)}
    places: dict[str, int] = {}
    dropped, unknown = [], []
    for place, title in enumerate(cell.strip() for cell in header):
        if is_forbidden(title):
            dropped.append(title)
        elif title in by_name:
            if by_name[title] in places:
                raise FileRefused("repeated_column", f"項目「{by_name[title]}」が2回以上あります。")
            places[by_name[title]] = place
        else:
            unknown.append(title)
    missing = [item.name for item in feed.items if item.required and item.name not in places]
    if missing:
        raise FileRefused("missing_column", f"必要な項目がありません：{'、'.join(missing)}。")
    return Columns(len(header), places, tuple(dropped), tuple(unknown))


def in_list_order(feed: Feed) -> Columns:
    """The columns of a file without a header row: every item, in the order of the list."""
    places = {item.name: place for place, item in enumerate(feed.items)}
    return Columns(len(places), places, (), ())


def is_forbidden(title: str) -> bool:
    """Whether a column by this title may hold 個人番号 or 住民票コード."""
    folded = unicodedata.normalize("NFKC", title).lower().replace("_", "").replace(" ", "")
    return any(word in folded for word in _FORBIDDEN)
