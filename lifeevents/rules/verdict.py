"""What evaluating a rule gives: yes, no or unknown, and the facts that decided or are missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tri(StrEnum):
    """Kleene's three truth values."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Because:
    """One decisive fact, whose it is, and the sentence saying so.

    Where no fact decided (every member of an empty group), `fact` is "event": the event itself.
    """

    fact: str
    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or no with an irreducible `because`, or unknown with an irreducible `missing`."""

    value: Tri
    because: tuple[Because, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
