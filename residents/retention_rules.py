"""Retention rules as data: which rows, counted from when, kept how long, and what then goes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta
from django.utils import timezone

ROW = "row"
UNITS = {"hour", "day", "month", "year"}
FISCAL_YEAR = "fiscal_year"
_KEYS = {
    "code", "version", "table", "title", "where", "counted_from", "period", "from_next", "erases",
    "also", "held_by", "ground",
}  # fmt: skip
_OPTIONAL = {"where", "from_next", "also"}
_HELD_BY = {"ref", "refs", "number", "bundle"}


class BadRules(Exception):
    """A file of rules says something it may not; the text names file, rule and mistake."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: rows of `table` meeting `where` go once `period` has passed since `counted_from`.

    `counted_from`: the first is a column of the row (or of what it points at); of those after it,
    the row's own or those of rows that point here, none may be younger. With `from_next` =
    "fiscal_year" the period begins on the 1 April after that day. In the file `erases` is "row",
    columns to empty, or { verb, columns }: a function of the layer does it, and rows whose columns
    are empty are done. `also` are tables whose rows go along. `held_by` says how a hold finds the
    row: by ref, refs (an array), number (宛名番号) or bundle (受付番号).
    """

    code: str
    version: int
    table: str
    title: str
    where: Mapping[str, Any]
    counted_from: tuple[str, ...]
    period: str
    from_next: str
    erases: tuple[str, ...]
    verb: str
    also: tuple[str, ...]
    held_by: Mapping[str, str]
    ground: str

    def before(self, moment: datetime) -> datetime:
        """What was counted from this instant or earlier may go at `moment` (aware)."""
        return past(self.period, self.from_next, moment)

    def goes_on(self, counted: datetime) -> date:
        """The first day whose night lets go what was counted from this instant."""
        assert not self.from_next
        count, unit = _period(self.period)
        return _due(timezone.localdate(counted), count, unit)


@dataclass(frozen=True, slots=True)
class Rules:
    """What one layer's file says: the rules in order, tables kept for ever (why), tables of nobody."""

    rules: tuple[Rule, ...]
    kept: Mapping[str, str]
    not_personal: tuple[str, ...]

    def tables(self) -> set[str]:
        """Every table the file speaks of."""
        ruled = {name for rule in self.rules for name in (rule.table, *rule.also)}
        return ruled | {*self.kept} | {*self.not_personal}


@cache
def read(path: Path) -> Rules:
    """The rules of a file. Raises BadRules."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := data.keys() - {"rules", "kept", "not_personal"}:
        raise BadRules(f"{path.name}: {sorted(unknown)}")
    rules = tuple(_rule(row, path) for row in data.get("rules", ()))
    if len({rule.code for rule in rules}) != len(rules):
        raise BadRules(f"{path.name}: two rules of one code")
    return Rules(rules, data.get("kept", {}), tuple(data.get("not_personal", ())))


def past(period: str, from_next: str, moment: datetime) -> datetime:
    """The latest instant whose period is over at `moment`; of a fiscal year the 1 April is counted.

    Days, months and years go by the calendar of the town: a row of any hour of a day goes when its
    day's period is over.
    """
    count, unit = _period(period)
    if unit == "hour":
        return moment - relativedelta(hours=count)
    today = timezone.localdate(moment)
    # A row of `last` may go today; the month's end is met by asking forward, not by counting back.
    last = next(day for day in _back(today, count, unit) if _due(day, count, unit) <= today)
    if from_next == FISCAL_YEAR:
        last = date(last.year if last >= date(last.year, 4, 1) else last.year - 1, 3, 31)
    end = datetime.combine(last, time.max)
    return timezone.make_aware(end)


def _back(today: date, count: int, unit: str) -> Iterator[date]:
    guess = today - relativedelta(**{f"{unit}s": count})
    return (guess + relativedelta(days=step) for step in (3, 2, 1, 0, -1, -2, -3))


def _due(day: date, count: int, unit: str) -> date:
    """The first day after a period that begins on `day`; 29 February's year ends before 1 March."""
    end = day + relativedelta(**{f"{unit}s": count})
    return end if unit == "day" or end.day == day.day else end + relativedelta(days=1)


def _period(text: str) -> tuple[int, str]:
    count, _, unit = text.partition(" ")
    unit = unit.removesuffix("s")
    if not count.isdigit() or unit not in UNITS:
        raise BadRules(f"no period: {text}")
    return int(count), unit


def _rule(row: Mapping[str, Any], path: Path) -> Rule:
    name = f"{path.name}: {row.get('code', '?')}"
    if wrong := (row.keys() - _KEYS) | (_KEYS - _OPTIONAL - row.keys()):
        raise BadRules(f"{name}: {sorted(wrong)}")
    if row["held_by"].keys() - _HELD_BY or not row["ground"] or not row["counted_from"]:
        raise BadRules(f"{name}: held_by, ground or counted_from")
    if row.get("from_next", FISCAL_YEAR) != FISCAL_YEAR:
        raise BadRules(f"{name}: from_next")
    _period(row["period"])
    erases = row["erases"]
    verb = erases["verb"] if isinstance(erases, dict) else ""
    columns = erases.get("columns", ()) if verb else () if erases == ROW else erases
    return Rule(
        code=row["code"],
        version=row["version"],
        table=row["table"],
        title=row["title"],
        where=row.get("where", {}),
        counted_from=tuple(row["counted_from"]),
        period=row["period"],
        from_next=row.get("from_next", ""),
        erases=tuple(columns),
        verb=verb,
        also=tuple(row.get("also", ())),
        held_by=row["held_by"],
        ground=row["ground"],
    )
