"""What is stored as it came although the standard says otherwise: too long, or a code nobody knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from residents.feed import Feed, code_lists

_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class Oddities:
    """Counts oddities of one delivery by item; the values themselves are never repeated."""

    def __init__(self, feed: Feed) -> None:
        lists = code_lists()
        self.limits = {
            item.name: (item.length or 1 << 31, lists.get(item.codes)) for item in feed.items
        }
        self.too_long: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def note(self, record: Mapping[str, str]) -> None:
        """Look at one row that is about to be stored."""
        for name, value in record.items():
            length, codes = self.limits[name]
            if len(value) > length and len(_VARIATION_SELECTORS.sub("", value)) > length:
                self.too_long[name] += 1
            if codes is not None and value not in codes:
                self.unknown[name] += 1

    def sentences(self) -> list[str]:
        """Plain sentences for the delivery's message."""
        long = [
            f"「{name}」が標準の桁数より長い行が{count}件あります（そのまま保存しました）。"
            for name, count in sorted(self.too_long.items())
        ]
        unknown = [
            f"「{name}」に一覧にないコードの行が{count}件あります（そのまま保存しました）。"
            for name, count in sorted(self.unknown.items())
        ]
        return [*long, *unknown]
