"""The rule language's nodes: a closed set of frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

Scalar = bool | int | str | date | tuple[str, ...]
"""A literal: a truth value, a number, a text or choice, a day, or a list of codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A node that is yes, no or unknown; it may carry its own sentences with {who} and {age}."""

    because: str = ""
    because_no: str = ""


@dataclass(frozen=True, slots=True)
class Literal(Condition):
    """A value written in the rule."""

    value: Scalar


@dataclass(frozen=True, slots=True)
class EventDate:
    """The day of the event; rules never read the clock."""


@dataclass(frozen=True, slots=True)
class FactOf(Condition):
    """One fact of `it` (the innermost member, else self), self, the bundle or the household."""

    key: str
    of: str = "it"


@dataclass(frozen=True, slots=True)
class SamePerson(Condition):
    """Whether the member looked at is the person the rule is for."""


@dataclass(frozen=True, slots=True)
class And(Condition):
    """All of the conditions."""

    of: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Or(Condition):
    """Any of the conditions."""

    of: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The contrary."""

    of: Expr


@dataclass(frozen=True, slots=True)
class Compare(Condition):
    """eq, ne, lt, le, gt or ge; incomplete dates and counts compare as intervals."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class In(Condition):
    """The value is one of the literals; a list of codes (続柄) is compared as a whole."""

    value: Expr
    of: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Between(Condition):
    """low ≤ value ≤ high."""

    value: Expr
    low: Expr
    high: Expr


@dataclass(frozen=True, slots=True)
class Exists(Condition):
    """At least one member of the group meets the condition; no member, no."""

    over: str
    where: Expr


@dataclass(frozen=True, slots=True)
class All(Condition):
    """Every member of the group meets the condition; no member, yes."""

    over: str
    where: Expr


@dataclass(frozen=True, slots=True)
class Count:
    """How many members meet the condition, between the yes and the not-no ones."""

    over: str
    where: Expr


@dataclass(frozen=True, slots=True)
class ReachesAge:
    """The day an age is reached (年齢計算ニ関スル法律): the day before the birthday."""

    date: Expr
    years: int


@dataclass(frozen=True, slots=True)
class Birthday:
    """The n-th birthday itself (後期高齢者医療)."""

    date: Expr
    years: int


@dataclass(frozen=True, slots=True)
class NextMarch31:
    """The first 31 March on or after a day (最初の3月31日)."""

    date: Expr


@dataclass(frozen=True, slots=True)
class Add:
    """A day moved by years, months and days; a missing day becomes the month's last."""

    date: Expr
    years: int = 0
    months: int = 0
    days: int = 0


DateStep = ReachesAge | Birthday | NextMarch31 | Add
Expr = (
    Literal
    | EventDate
    | FactOf
    | SamePerson
    | And
    | Or
    | Not
    | Compare
    | In
    | Between
    | Exists
    | All
    | Count
    | DateStep
)
