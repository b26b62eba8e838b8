"""File names: {業務ID}_{グループ名}_{全件|差分}_{YYYYMMDDHHMMSS}_{連番3桁}.csv (design §7)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from residents.feed import Extent, Feed, feeds
from residents.importing.refusal import FileRefused

_NAME = re.compile(
    r"(?P<business>\d{3})_(?P<group>.+)_(?P<extent>全件|差分)_(?P<at>\d{14})_(?P<no>\d{3})\.csv",
    re.IGNORECASE,
)
_FIRST_YEAR = (
    1970  # before there were such files; the database cannot give back every year it takes
)


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says: which feed, 全件 or 差分, as of when (local time) and 連番."""

    feed: Feed
    extent: Extent
    as_of: datetime
    sequence: int


def is_delivery(name: str) -> bool:
    """Whether a file is to be read at all: a CSV, or one named as an older system names its own."""
    return name.lower().endswith(".csv") or _older(name) is not None


def read(name: str) -> FileName:
    """Read a file name. Raises FileRefused when it has no known form or no feed is declared for it."""
    match = _NAME.fullmatch(name)
    if match:
        return _standard(match)
    if older := _older(name):
        feed, match = older
        return _legacy(match.groupdict(), feed)
    form = "業務ID_グループ名_全件_年月日時分秒_連番.csv"
    raise FileRefused("file_name", f"ファイル名が「{form}」の形ではありません。")


def _older(name: str) -> tuple[Feed, re.Match[str]] | None:
    for each in feeds().values():
        for delivered in each.of_legacy():
            if delivered.legacy and (match := delivered.legacy.file.fullmatch(name)):
                return delivered, match
    return None


def _standard(match: re.Match[str]) -> FileName:
    as_of = _moment(match["at"])
    for each in feeds().values():
        if (each.business_id, each.group) == (match["business"], match["group"]):
            return FileName(each, Extent(match["extent"]), as_of, int(match["no"]))
    known = f"業務ID {match['business']} グループ名 {match['group']}"
    raise FileRefused("unknown_feed", f"{known}の連携データは定義されていません。")


def _legacy(parts: dict[str, str], feed: Feed) -> FileName:
    assert feed.legacy
    extent = Extent(parts.get("extent") or feed.legacy.extent)
    return FileName(feed, extent, _moment(parts["at"].ljust(14, "0")), int(parts.get("no") or 1))


def _moment(text: str) -> datetime:
    try:
        found = datetime.strptime(text, "%Y%m%d%H%M%S")
    except ValueError:
        found = datetime.min
    if not _FIRST_YEAR <= found.year < datetime.max.year:
        raise FileRefused("file_name", "ファイル名の日時が正しくありません。")
    return timezone.make_aware(found)
