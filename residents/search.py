"""Finding people by what a clerk types into the one box: few fields, flags, never an address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from residents.facts import PartialDate


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found. `town` is None for a protected person and for those who live with one.

    `protected` covers both. `living_here` is false for the removed (転出, 死亡 …) and those gone.
    """

    ref: UUID
    number: str
    name: str
    name_kana: str
    birth: PartialDate | None
    sex: str
    household_number: str
    town: str | None
    state: str
    kind: str
    nationality: str
    protected: bool
    other_names: tuple[str, ...]
    living_here: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The first hits, whether there are more, and a hint when the query was too short to search."""

    hits: tuple[Hit, ...]
    more: bool
    hint: str


def find(query: str, limit: int = 20) -> Found:
    """The people matching every criterion typed: exact first, then those living here, by kana."""
    raise NotImplementedError
