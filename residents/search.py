"""Finding people by what a clerk types into the one box: few fields, flags, never an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from residents import candidates, conditions, feed, names, prepared, record_items
from residents.conditions import PROTECTED
from residents.facts import PartialDate, parse_partial_date
from residents.query import Criterion, parse

# Where a protected person lives is not told by finding them there. That filter asks person by person,
# in order, and stops when enough are found; only their rows are then read whole. The one row without
# a person, if nobody is found, tells whether that is certain.
_FIND = f"""
WITH candidate (spot, cut) AS MATERIALIZED ({{candidates}})
SELECT r.ref, r.number, r.name, r.name_kana, r.sex, r.household_number, r.town, r.state, r.kind,
    r.record, r.living_here, found.protected, any_leg.cut
FROM (SELECT coalesce(bool_or(cut), false) AS cut FROM candidate) any_leg
LEFT JOIN (
    SELECT r.ref, r.place, hidden.protected FROM (
        SELECT r.ref, r.household_number, {{by_place}} AS by_place, row_number() OVER (
            ORDER BY r.living_here DESC, {{rank}}, r.kana_key, r.birth_earliest, r.number
        ) AS place
        FROM residents_resident r
        WHERE r.ctid = ANY(ARRAY(SELECT spot FROM candidate)) AND {{conditions}}
    ) r
    CROSS JOIN LATERAL (SELECT {PROTECTED} AS protected OFFSET 0) hidden
    WHERE NOT (r.by_place AND hidden.protected) LIMIT {{limit}}
) found ON true
LEFT JOIN residents_resident r ON r.ref = found.ref
ORDER BY found.place
"""
_ONE = "SELECT r.ctid, false FROM residents_resident r WHERE r.ref = %s"


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found. `town` is None for a protected person and for those who live with one.

    `protected` covers both, and `protection_expired` (that a period has passed; told of one person
    chosen, not in lists) as well. `living_here` is false for the removed (転出, 死亡 …) and those gone.
    Its repr, which errors and logs may carry, tells the ref and nothing personal.
    """

    ref: UUID
    number: str = field(repr=False)
    name: str = field(repr=False)
    name_kana: str = field(repr=False)
    birth: PartialDate | None = field(repr=False)
    sex: str = field(repr=False)
    household_number: str = field(repr=False)
    town: str | None = field(repr=False)
    state: str
    kind: str
    nationality: str = field(repr=False)
    protected: bool
    other_names: tuple[str, ...] = field(repr=False)
    living_here: bool
    protection_expired: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The first hits, whether there are more, a hint when nothing was searched, and by what it was.

    `by` names the kinds of what was typed, "name+birth", and nothing of it.
    """

    hits: tuple[Hit, ...]
    more: bool
    hint: str = ""
    by: str = ""


def find(query: str, limit: int = 20, *, today: date | None = None) -> Found:
    """The people meeting everything typed: those living here first, exact ones before the others.

    Then by kana, birth and 宛名番号; the removed (転出, 死亡) come last. One SQL query, never counted
    to the end. A place finds no protected person and nobody who lives with one.
    """
    read = parse(query, today or timezone.localdate())
    if not read.criteria:
        return Found((), more=False, hint=read.hint)
    sql, parameters = _statement(read.criteria, limit + 1)
    rows = prepared.rows(sql, parameters)
    hits = tuple(_hit(row) for row in rows[:limit] if row[0])
    return Found(hits, more=len(rows) > limit or rows[0][-1], by=read.kinds)


def hit(ref: UUID) -> Hit | None:
    """The one person as a search would show them; None where the register has no row for the ref."""
    sql = _FIND.format(by_place="false", candidates=_ONE, conditions="true", rank="0", limit=1)
    row = prepared.rows(sql, [ref])[0]
    return _hit(row) if row[0] else None


def _statement(criteria: Sequence[Criterion], limit: int) -> tuple[str, list[Any]]:
    pieces = {
        "candidates": candidates.candidates(criteria, limit),
        "by_place": conditions.by_place_alone(criteria),
        "rank": conditions.rank(criteria),
        "conditions": conditions.meets(criteria),
    }
    texts = {name: piece.text for name, piece in pieces.items()}
    values = [value for piece in pieces.values() for value in piece.values]
    return _FIND.format(**texts, limit=limit), values


def _hit(row: tuple[Any, ...]) -> Hit:
    ref, number, name, kana, sex, household_number, town, state, kind = row[:9]
    record, living_here, protected = row[9:12]
    held = record_items.decode(record)
    return Hit(
        ref=ref,
        number=number,
        name=name,
        name_kana=kana,
        birth=_birth(held),
        sex=sex,
        household_number=household_number,
        town=None if protected else town,
        state=state,
        kind=kind,
        nationality=held.get("国籍名等", ""),
        protected=protected,
        other_names=names.other_names(held),
        living_here=living_here,
    )


def _birth(record: Mapping[str, str]) -> PartialDate | None:
    unknown = record.get("生年月日_不詳フラグ") == feed.TRUE
    text = record.get("生年月日_不詳表記", "") if unknown else ""
    return parse_partial_date(record.get("生年月日", ""), text)
