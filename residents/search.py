"""Finding people by what a clerk types into the one box: few fields, flags, never an address."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from residents import feed, names
from residents.facts import PartialDate, parse_partial_date
from residents.query import ADDRESS, KANA_ALSO, NAME_ALSO, Criterion, Key, parse
from residents.register import LIVING_HERE

_CUT = 2000  # candidates of one key that are looked at; more than anyone reads, fewer than hurt
_LONGEST_NUMBER = 15
_RANK = {KANA_ALSO: 2, NAME_ALSO: 2, ADDRESS: 4}

_STANDING = """
(EXISTS (SELECT FROM residents_protection p WHERE p.ref = {0}.ref AND p.kind <> '3')
OR EXISTS (SELECT FROM residents_manualprotection e WHERE e.ref = {0}.ref))
"""
_PROTECTED = f"""
({_STANDING.format("r")}
OR EXISTS (
    SELECT FROM residents_resident m
    WHERE m.household_number = r.household_number AND r.household_number <> ''
        AND m.state = '1' AND m.gone_at IS NULL AND {_STANDING.format("m")}
))
"""
_BY_KEY = """
(SELECT k.ref, %s + (k.key <> %s)::int AS rank
FROM residents_searchkey k WHERE k.kind = %s AND k.key LIKE %s ORDER BY k.key LIMIT %s)
"""
# Where a protected person lives is not told by finding them there.
_BY_ADDRESS = f"""
(SELECT k.ref, %s + (k.key <> %s)::int AS rank
FROM residents_searchkey k JOIN residents_resident r ON r.ref = k.ref
WHERE k.kind = %s AND k.key LIKE %s AND NOT {_PROTECTED} ORDER BY k.key LIMIT %s)
"""
_BY_NUMBER = """
(SELECT ref, 0 AS rank FROM residents_resident WHERE number = ANY(%s)
UNION ALL SELECT ref, 1 FROM residents_resident WHERE household_number = ANY(%s))
"""
_BY_BIRTH = """
(SELECT ref, 0 AS rank FROM residents_resident
WHERE birth_earliest = ANY(%s) AND birth_latest = birth_earliest
UNION ALL SELECT ref, 1 FROM residents_resident, unnest(%s::date[]) AS born
WHERE birth_earliest < birth_latest AND born BETWEEN birth_earliest AND birth_latest)
"""
_FIND = """
SELECT r.ref, r.number, r.name, r.name_kana, r.sex, r.household_number, r.town, r.state, r.kind,
    r.record::text, r.gone_at IS NULL AND r.state = %s AS living_here, {protected} AS protected
FROM (
    SELECT r.ref, min(candidate.rank) AS rank
    FROM {candidates} candidate JOIN residents_resident r ON r.ref = candidate.ref
    WHERE {conditions}
    GROUP BY r.ref
) found
JOIN residents_resident r ON r.ref = found.ref
ORDER BY living_here DESC, found.rank, r.name_kana COLLATE "C", r.birth_earliest, r.number
LIMIT %s
"""


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
    hint: str = ""


def find(query: str, limit: int = 20, *, today: date | None = None) -> Found:
    """The people meeting everything typed: those living here first, exact ones before the others.

    Then by kana, birth and 宛名番号; the removed (転出, 死亡) come last. One SQL query, never counted
    to the end. A place finds no protected person and nobody who lives with one.
    """
    read = parse(query, today or timezone.localdate())
    if not read.criteria:
        return Found((), more=False, hint=read.hint)
    sql, parameters = _statement(read.criteria, limit + 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return Found(tuple(_hit(row) for row in rows[:limit]), more=len(rows) > limit)


def hit(ref: UUID) -> Hit | None:
    """The one person as a search would show them; None where the register has no row for the ref."""
    sql = _FIND.format(
        protected=_PROTECTED, candidates="(SELECT %s::uuid AS ref, 0 AS rank)", conditions="TRUE"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [LIVING_HERE, ref, 1])
        row = cursor.fetchone()
    return _hit(row) if row else None


def _statement(criteria: Iterable[Criterion], limit: int) -> tuple[str, list[Any]]:
    """Candidates come from the criterion that names the fewest people; the others are conditions."""
    first, *rest = sorted(criteria, key=lambda each: not each.number and not each.births)
    cut = _CUT if not rest else None
    candidates, parameters = _union(first, cut)
    conditions = ["TRUE"]
    for each in rest:
        condition, more = _union(each, None)
        conditions.append(f"r.ref IN (SELECT ref FROM {condition} met)")
        parameters += more
    sql = _FIND.format(
        protected=_PROTECTED, candidates=candidates, conditions=" AND ".join(conditions)
    )
    return sql, [LIVING_HERE, *parameters, limit]


def _union(criterion: Criterion, cut: int | None) -> tuple[str, list[Any]]:
    parts: list[str] = []
    parameters: list[Any] = []
    for key in criterion.keys:
        parts.append(_BY_ADDRESS if key.kind == ADDRESS else _BY_KEY)
        parameters += [_RANK.get(key.kind, 0), key.key, key.kind, _prefix(key), cut]
    if criterion.number:
        padded = [criterion.number.zfill(width) for width in range(1, _LONGEST_NUMBER + 1)]
        parts.append(_BY_NUMBER)
        parameters += [padded, padded]
    if criterion.births:
        parts.append(_BY_BIRTH)
        parameters += [list(criterion.births)] * 2
    return f"({' UNION ALL '.join(parts)})", parameters


def _prefix(key: Key) -> str:
    """A LIKE pattern; folded keys hold letters, digits and - alone, so nothing needs escaping."""
    return f"{key.key}%"


def _hit(row: tuple[Any, ...]) -> Hit:
    ref, number, name, kana, sex, household_number, town, state, kind = row[:9]
    record, living_here, protected = row[9:]
    held: Mapping[str, str] = json.loads(record)
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
