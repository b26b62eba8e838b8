"""What is so unlikely that two people must look first (trust.md T-21): counted while rows are built.

The counts also make the summary an operator reads before releasing: numbers of records, columns and,
as examples, refs; never a value.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

import polars as pl

from residents.feed import Feed
from residents.importing import staging
from residents.importing.oddities import Oddities
from residents.importing.refusal import FileHeld
from residents.models import Delivery

_STREET = ("住所_町字", "住所_番地号表記")
_MANY = 100  # people at one address, and nobody elsewhere
_EXAMPLES, _TO_CONFIRM = 5, 100
_LOOK = (
    "正しいファイルを受け取り直してください。正しい場合は、2人の確認で保留を解いてから反映します。"
)


class Suspicions:
    """What one delivery would do to its feed."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.limits = feed.limits
        self.oddities = Oddities(feed)
        self.columns: Counter[str] = Counter()
        self.to_confirm: Counter[str] = Counter()
        self.places: Counter[tuple[str, ...]] = Counter()
        self.examples: defaultdict[str, list[str]] = defaultdict(list)

    def note(self, ref: UUID, record: Mapping[str, str], before: Mapping[str, str] | None) -> None:
        """Look at one record that is about to be stored, and at the one it replaces."""
        self.note_new(record)
        self._example("new" if before is None else "changed", ref)
        if before is not None:
            names = record.keys() | before.keys()
            self.columns.update(name for name in names if record.get(name) != before.get(name))
            self._note_to_confirm(ref, record, before)

    def _note_to_confirm(
        self, ref: UUID, record: Mapping[str, str], before: Mapping[str, str]
    ) -> None:
        for name, codes in self.limits.confirm.items():
            now = record.get(name, "")
            if now != before.get(name, "") and (not codes or now in codes):
                self.to_confirm[name] += 1
                self._example("confirm", ref, _TO_CONFIRM)

    def note_new(self, record: Mapping[str, str]) -> None:
        """Look at one record that is about to be stored and whose ref is not known yet."""
        self.oddities.note(record)
        if len(self.places) <= 1:
            self.places[tuple(record.get(name, "") for name in _STREET)] += 1

    def note_places(self, cells: pl.DataFrame) -> None:
        """Look at where the people of some new rows live; nothing else of them is odd."""
        if len(self.places) > 1:
            return
        named = [
            pl.col(name) if name in cells.columns else pl.lit("").alias(name) for name in _STREET
        ]
        for *place, count in cells.group_by(named).len().iter_rows():
            self.places[tuple(place)] += count

    def note_examples(self, kind: str, refs: Iterable[UUID]) -> None:
        """Keep a few refs as examples of what is `new`, `changed` or `gone`."""
        for ref in refs:
            self._example(kind, ref)

    def summary(self, counts: Mapping[str, int]) -> dict[str, Any]:
        """What would change, in numbers, as JSON."""
        return {
            **counts,
            "columns": dict(self.columns.most_common()),
            "odd_characters": self.oddities.private,
            "examples": dict(self.examples),
        }

    def holds(self, delivery: Delivery, gone: int, held: int) -> list[FileHeld]:
        """Everything about this delivery that two people must look at."""
        return [
            *self._mass(gone, held),
            *self._confirmed(),
            *self._columns(held),
            *self._characters(delivery),
            *self._rows(delivery),
        ]

    def _mass(self, gone: int, held: int) -> Iterator[FileHeld]:
        if gone > max(self.limits.gone_floor, self.limits.gone * held):
            what = "住民" if self.feed.target == "resident" else self.feed.name
            yield FileHeld(
                "mass_deletion",
                f"この全件には、登録されている{what}{held}件のうち{gone}件がありません。"
                f"抽出もれでないか確かめ、{_LOOK}",
            )

    def _confirmed(self) -> Iterator[FileHeld]:
        """What this town wants two people to confirm one by one, as a death (trust.md §9.2)."""
        found = [f"「{name}」{count}件" for name, count in self.to_confirm.items() if count]
        if found:
            yield FileHeld(
                "confirm",
                f"2人で確かめることにした項目が変わります：{'、'.join(found)}。"
                f"関係する人の宛名番号で、送り元に確かめ、{_LOOK}",
            )

    def _columns(self, held: int) -> Iterator[FileHeld]:
        limits = self.limits
        shares = {name: limits.sensitive.get(name, limits.changed) for name in self.columns}
        many = [
            f"「{name}」{count}件"
            for name, count in self.columns.most_common()
            if name not in self.feed.key and not limits.allows(count, shares[name], held)
        ]
        if many:
            yield FileHeld(
                "mass_change",
                f"登録されている{held}件のうち、一度に変わる項目が多すぎます：{'、'.join(many)}。"
                f"列の取り違えや日付のずれがないか確かめ、{_LOOK}",
            )
        ((place, count),) = self.places.most_common(1) or [((), 0)]
        if len(self.places) == 1 and any(place) and count >= _MANY:
            yield FileHeld(
                "same_address", f"新しい行と変わる行の{count}件すべてが同じ住所です。{_LOOK}"
            )

    def _characters(self, delivery: Delivery) -> Iterator[FileHeld]:
        """外字 are kept when they are few; a character the sender lost is worth a question at once."""
        if lost := staging.newly_lost(delivery):
            yield FileHeld(
                "lost_characters",
                f"文字化け（U+FFFD）のある行が{lost}件あります。送り元で文字が失われました。"
                f"ほかの行にも誤りがないか確かめ、{_LOOK}",
            )
        odd = self.oddities.private
        if not self.limits.allows(odd, self.limits.odd_characters, delivery.rows):
            yield FileHeld(
                "odd_characters",
                f"外字（私用領域の文字）のある行が{odd}件あります。外字の変換を確かめ、{_LOOK}",
            )

    def _rows(self, delivery: Delivery) -> Iterator[FileHeld]:
        rejected, rows = delivery.rejected, delivery.rows
        if not self.limits.allows(rejected, self.limits.rejected, rows):
            yield FileHeld(
                "mass_rejection",
                f"{rows}行のうち{rejected}行を取り込めません。"
                f"列の取り違えや形式の変更がないか確かめ、{_LOOK}",
            )

    def _example(self, kind: str, ref: UUID, most: int = _EXAMPLES) -> None:
        if len(self.examples[kind]) < most:
            self.examples[kind].append(str(ref))
