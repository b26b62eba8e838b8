"""What the list of found people shows: flags, place, age, the matched part, twins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent.door import Hit
from residents.facts import PartialDate
from residents.folding import fold

REMOVED = {
    "2": gettext_lazy("転出"),
    "3": gettext_lazy("死亡"),
    "4": gettext_lazy("住登外"),
    "5": gettext_lazy("住登外（死亡）"),
    "9": gettext_lazy("消除"),
}
"""住民状態 of those who do not live here; a code nobody knows is shown raw."""
FOREIGN = "2"


@dataclass(frozen=True, slots=True)
class Flag:
    """One mark of a person: its words, its look, its icon."""

    text: str | Promise
    look: str = ""
    icon: str = ""


ALIKE = Flag(gettext_lazy("同名・同生年月日"), "open", "alert")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a name, and whether it is what was searched for."""

    text: str
    found: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One person found, as the list shows them."""

    hit: Hit
    name: list[list[Piece]]
    kana: list[list[Piece]]
    age: str
    place: str
    flags: list[Flag]


def rows(hits: Sequence[Hit], query: str, on: date) -> list[Row]:
    """The rows of a list of hits."""
    terms = [folded for term in query.split() if (folded := fold(term))]
    alike = twins(hits)
    return [
        Row(
            hit,
            marked(hit.name, terms),
            marked(hit.name_kana, terms),
            _years(age_of(hit.birth, on)),
            place_of(hit),
            [*flags(hit), *([ALIKE] if hit.ref in alike else [])],
        )
        for hit in hits
    ]


def twins(hits: Iterable[Hit]) -> set[UUID]:
    """Those of them who share name and birth date with another."""
    hits = list(hits)
    counted = Counter((hit.name, hit.birth) for hit in hits)
    return {hit.ref for hit in hits if counted[hit.name, hit.birth] > 1}


def flags(hit: Hit) -> list[Flag]:
    """支援措置 first, then why someone does not live here, then a foreign nationality."""
    found = []
    if hit.protected:
        found.append(Flag(_("支援措置"), "alarm", "shield"))
    if not hit.living_here:
        found.append(Flag(str(REMOVED.get(hit.state, hit.state or _("除票")))))
    if hit.kind == FOREIGN:
        found.append(Flag(hit.nationality or _("外国人住民")))
    return found


def place_of(hit: Hit) -> str:
    """町名 only; nothing of a protected person."""
    return "" if hit.protected else hit.town or ""


def age_of(birth: PartialDate | None, on: date) -> int | None:
    """Whole years for reading; rules count by 年齢計算ニ関スル法律."""
    day = birth.exact if birth else None
    if day is None:
        return None
    return on.year - day.year - ((on.month, on.day) < (day.month, day.day))


def _years(age: int | None) -> str:
    return "" if age is None else _("%(age)d歳") % {"age": age}


def marked(text: str, terms: list[str]) -> list[list[Piece]]:
    """A name in its parts (氏, 名), each cut where a search term was found in it."""
    parts = [part for part in re.split(r"[ \u3000]+", text) if part]
    return [[piece for piece in _cut(part, terms) if piece.text] for part in parts]


def _cut(part: str, terms: list[str]) -> Iterator[Piece]:
    folded = fold(part)
    for term in terms:
        start = folded.find(term)
        if start < 0:
            continue
        if len(folded) != len(part):
            # Folding changed the length (IVS, 拗音 …), so places cannot be carried over.
            yield Piece(part, found=True)
            return
        end = start + len(term)
        yield Piece(part[:start], found=False)
        yield Piece(part[start:end], found=True)
        yield Piece(part[end:], found=False)
        return
    yield Piece(part, found=False)
