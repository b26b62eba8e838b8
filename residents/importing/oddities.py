"""What is stored as it came although it is odd: too long, an unknown code, 外字, characters unseen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from residents import unseen
from residents.feed import Feed, code_lists

_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")


def has_private(text: str) -> bool:
    """Whether a text holds 外字 (characters of private use)."""
    return _PRIVATE.search(text) is not None


class Oddities:
    """Counts oddities of one delivery by item; the values themselves are never repeated."""

    def __init__(self, feed: Feed) -> None:
        lists = code_lists()
        self.limits = {
            item.name: (item.length or 1 << 31, lists.get(item.codes)) for item in feed.items
        }
        self.too_long: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.private = self.unseen = 0

    def note(self, record: Mapping[str, str]) -> None:
        """Look at one row that is about to be stored."""
        for name, value in record.items():
            length, codes = self.limits[name]
            if len(value) > length and len(_VARIATION_SELECTORS.sub("", value)) > length:
                self.too_long[name] += 1
            if codes is not None and value not in codes:
                self.unknown[name] += 1
        text = "".join(record.values())
        self.private += has_private(text)
        self.unseen += unseen.in_line(text)

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
        private = (
            f"外字（私用領域の文字）を含む行が{self.private}件あります。原本で確かめてください。"
        )
        unseen = f"目に見えない文字や文字の向きを変える文字を含む行が{self.unseen}件あります。"
        return [*long, *unknown, *([private] * bool(self.private)), *([unseen] * bool(self.unseen))]
