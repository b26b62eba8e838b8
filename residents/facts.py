"""Facts: one thing that can be known about a person, a household or the event (pure; no Django)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class FactType(StrEnum):
    """How a fact's value is compared, asked for and printed."""

    TEXT = "text"
    NAME = "name"
    DATE = "date"
    NUMBER = "number"
    BOOL = "bool"
    CHOICE = "choice"
    CODES = "codes"


class Of(StrEnum):
    """Whom a fact is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    BUNDLE = "bundle"


class Reason(StrEnum):
    """Why a fact is unknown; shown to staff in words, never as an empty field."""

    NOT_HELD = "not_held"
    NOT_ASKED = "not_asked"
    WITHHELD = "withheld"
    PROTECTED = "protected"
    STALE = "stale"
    SOURCE_DOWN = "source_down"
    DONT_KNOW = "dont_know"


class Source(StrEnum):
    """Where a known value came from: 台帳, 導出 or 本人申告."""

    REGISTER = "register"
    DERIVED = "derived"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Fact:
    """Declaration of one fact: its key, whom it is about, its type, its category and its source."""

    key: str
    of: Of
    type: FactType
    label: str
    category: str
    source: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from: a feed with its as-of time, a derivation, or an answer with its time."""

    source: Source
    label: str
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A value with its origin."""

    value: Any
    origin: Origin


@dataclass(frozen=True, slots=True)
class Unknown:
    """No value, and the reason why."""

    reason: Reason


Value = Known | Unknown


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which parts may be unknown (不詳): the closed interval [earliest, latest] and its raw text.

    `raw` is what the register holds, byte for byte; `text` is 不詳表記 when there is one.
    Comparing two such dates is comparing intervals (design: three-valued).
    """

    earliest: date
    latest: date
    raw: str
    text: str = ""

    @property
    def exact(self) -> date | None:
        """The day, when only one is possible; else None."""
        return self.earliest if self.earliest == self.latest else None

    @classmethod
    def on(cls, day: date) -> PartialDate:
        """A fully known day."""
        return cls(day, day, day.isoformat())


def parse_partial_date(raw: str, text: str = "") -> PartialDate | None:
    """Read a standard DATE item (`YYYY-MM-DD`, データ要件・連携要件標準仕様書) that may be incomplete.

    `00`, blanks or impossible days widen the interval: `1948-00-00` is the year 1948,
    `2023-02-29` is February 2023. Open ends `0000-01-01` and `9999-12-31`, and anything that is
    not a date at all, give None; the caller keeps the raw text.
    """
    parts = raw.strip().split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return None
    year, month, day = (int(part) for part in parts)
    if not 1 <= year < 9999:
        return None
    if not 1 <= month <= 12:
        return PartialDate(date(year, 1, 1), date(year, 12, 31), raw, text)
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        return PartialDate(date(year, month, 1), date(year, month, last), raw, text)
    exact = date(year, month, day)
    return PartialDate(exact, exact, raw, text)
