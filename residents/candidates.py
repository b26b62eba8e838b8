"""SQL of whom a criterion names: a range of an index for each key, never a scan of the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from residents.query import Criterion

_STANDING = """
(EXISTS (SELECT FROM residents_protection p WHERE p.ref = {0}.ref AND p.kind <> '3')
OR EXISTS (SELECT FROM residents_manualprotection e WHERE e.ref = {0}.ref))
"""
PROTECTED = f"""
({_STANDING.format("r")}
OR EXISTS (
    SELECT FROM residents_resident m
    WHERE m.household_number = r.household_number AND r.household_number <> ''
        AND m.state = '1' AND m.gone_at IS NULL AND {_STANDING.format("m")}
))
"""
CUT = 2000
"""Candidates of one search that are looked at; more than anyone reads, fewer than hurt."""
_CUT_ALSO = 200
_LONGEST_NUMBER = 15
_HIGHEST = "\U0010ffff"

_KANA, _NAME, _ADDRESS, _BUILDING = "kana_key", "name_key", "address_key", "building_key"
_ORDER = {_KANA: "r.kana_key, r.birth_earliest"}
_LEG = """
SELECT found.ref FROM (VALUES {probes}) probe (low, high), (VALUES (true), (false)) living (here),
LATERAL (
    SELECT r.ref FROM residents_resident r
    WHERE r.living_here = living.here AND {key} >= probe.low COLLATE "C"
        AND {key} < probe.high COLLATE "C" {more}
    ORDER BY {order} LIMIT %s
) found
"""
_LEG_ALSO = f"""
SELECT found.ref FROM (VALUES {{probes}}) probe (kind, low, high),
LATERAL (
    SELECT k.ref FROM residents_searchkey k
    WHERE k.kind = probe.kind AND k.key >= probe.low COLLATE "C"
        AND k.key < probe.high COLLATE "C"
    ORDER BY k.key LIMIT {_CUT_ALSO}
) found
"""
_ALSO = f"""
r.ref = ANY(ARRAY(SELECT k.ref FROM residents_searchkey k WHERE {{probes}} LIMIT {CUT}))
"""
_EXACTLY_ALSO = """
EXISTS (
    SELECT FROM residents_searchkey k
    WHERE k.ref = r.ref AND (k.kind = 'kana_also' AND k.key = ANY(%s::text[])
        OR k.kind = 'name_also' AND k.key = ANY(%s::text[]))
)
"""
_RANK = f"""
CASE WHEN r.kana_key = ANY(%s::text[]) OR split_part(r.kana_key, ' ', 1) = ANY(%s::text[])
    OR r.name_key = ANY(%s::text[]) OR split_part(r.name_key, ' ', 1) = ANY(%s::text[]) THEN 0
WHEN EXISTS (SELECT FROM unnest(%s::text[]) start WHERE starts_with(r.kana_key, start))
    OR EXISTS (SELECT FROM unnest(%s::text[]) start WHERE starts_with(r.name_key, start)) THEN 1
WHEN split_part(r.kana_key, ' ', 2) = ANY(%s::text[])
    OR split_part(r.name_key, ' ', 2) = ANY(%s::text[]) OR {_EXACTLY_ALSO} THEN 2
ELSE 3 END
"""


def given(column: str) -> str:
    """What follows the first space of a name's key, exactly as the index on it is declared."""
    return f"SUBSTRING(r.{column}, (STRPOS(r.{column}, ' ') + 1))"


@dataclass(slots=True)
class Sql:
    """A piece of SQL and the values it binds, in order."""

    text: str
    values: list[Any] = field(default_factory=list)


def joined(pieces: Iterable[Sql], between: str) -> Sql:
    """The pieces in brackets, with a word between them."""
    found = list(pieces)
    text = between.join(f"({piece.text})" for piece in found)
    return Sql(text, [value for piece in found for value in piece.values])


def candidates(criteria: Sequence[Criterion], limit: int) -> Sql:
    """A query for the refs of people who meet all criteria; of one key alone the first in its order."""
    if len(criteria) == 1 and not (criteria[0].number or criteria[0].births):
        return joined(_legs(criteria[0], limit), " UNION ALL ")
    met = joined((_condition(each) for each in criteria), " AND ")
    return Sql(
        "SELECT r.ref FROM residents_resident r"
        f" WHERE r.living_here IN (true, false) AND {met.text} LIMIT {CUT}",
        met.values,
    )


def rank(criteria: Sequence[Criterion]) -> Sql:
    """How well someone meets the names typed: 0 exactly, 1 by the beginning, 2 and 3 by other names."""
    pieces = [_rank(each) for each in criteria if each.readings or each.names]
    return joined(pieces, " + ") if pieces else Sql("0")


def _rank(criterion: Criterion) -> Sql:
    readings, names = list(criterion.readings), list(criterion.names)
    whole_reading, whole_name = readings[:1], names[:1]
    return Sql(
        _RANK,
        [readings, whole_reading, names, whole_name, readings, names]
        + [whole_reading, whole_name, readings, names],
    )


def _legs(criterion: Criterion, limit: int) -> Iterator[Sql]:
    """Each key's people in the order of its index, so that a common name costs what a rare one does."""
    for column, keys in ((_KANA, criterion.readings), (_NAME, criterion.names)):
        if keys:
            yield _leg(f"r.{column}", keys, _ORDER.get(column, f"r.{column}"), limit)
            yield _leg(given(column), keys[:1], given(column), limit)
    if criterion.places:
        for column in (_ADDRESS, _BUILDING):
            key = f"r.{column}"
            yield _leg(key, criterion.places, key, limit, f"AND NOT {PROTECTED}")
    also = list(_also(criterion))
    if also:
        values = [value for kind, key in also for value in (kind, key, key + _HIGHEST)]
        yield Sql(_LEG_ALSO.format(probes=_rows("(%s, %s, %s)", also)), values)
    if criterion.places:
        also_there = _also_there(criterion.places)
        yield Sql(
            "SELECT r.ref FROM residents_resident r"
            f" WHERE {also_there.text} AND NOT {PROTECTED} LIMIT {_CUT_ALSO}",
            also_there.values,
        )


def _leg(key: str, prefixes: Sequence[str], order: str, limit: int, more: str = "") -> Sql:
    text = _LEG.format(probes=_rows("(%s, %s)", prefixes), key=key, order=order, more=more)
    return Sql(text, [value for each in prefixes for value in (each, each + _HIGHEST)] + [limit])


def _rows(row: str, of: Sequence[Any]) -> str:
    return ", ".join([row] * len(of))


def _condition(criterion: Criterion) -> Sql:
    return joined(_ways(criterion), " OR ")


def _ways(criterion: Criterion) -> Iterator[Sql]:
    """The ways one criterion may be met, each one that an index answers."""
    for column, keys in ((_KANA, criterion.readings), (_NAME, criterion.names)):
        for key in keys:
            yield _begins(f"r.{column}", key)
        for key in keys[:1]:
            yield _begins(given(column), key)
    also = list(_also(criterion))
    if also:
        yield _among(also)
    if criterion.number:
        padded = [criterion.number.zfill(width) for width in range(1, _LONGEST_NUMBER + 1)]
        yield Sql("r.number = ANY(%s)", [padded])
        yield Sql("r.household_number = ANY(%s)", [padded])
    if criterion.births:
        yield from _born(criterion)
    if criterion.places:
        there = joined([*_there(criterion.places), _also_there(criterion.places)], " OR ")
        yield Sql(f"({there.text}) AND NOT {PROTECTED}", there.values)


def _born(criterion: Criterion) -> Iterator[Sql]:
    days = list(criterion.births)
    yield Sql("r.birth_earliest = ANY(%s) AND r.birth_latest = r.birth_earliest", [days])
    unsure = joined(
        (Sql("%s BETWEEN r.birth_earliest AND r.birth_latest", [d]) for d in days), " OR "
    )
    yield Sql(f"r.birth_earliest < r.birth_latest AND ({unsure.text})", unsure.values)


def _there(places: Iterable[str]) -> Iterator[Sql]:
    for place in places:
        yield _begins(f"r.{_ADDRESS}", place)
        yield _begins(f"r.{_BUILDING}", place)


def _begins(key: str, prefix: str) -> Sql:
    return Sql(f"{key} >= %s AND {key} < %s", [prefix, prefix + _HIGHEST])


def _also(criterion: Criterion) -> Iterator[tuple[str, str]]:
    yield from (("kana_also", key) for key in criterion.readings)
    yield from (("name_also", key) for key in criterion.names)
    if criterion.phone:
        yield "phone", criterion.phone


def _also_there(places: Iterable[str]) -> Sql:
    return _among([("address", place) for place in places])


def _among(keys: Sequence[tuple[str, str]]) -> Sql:
    probes = " OR ".join(["k.kind = %s AND k.key >= %s AND k.key < %s"] * len(keys))
    values = [value for kind, key in keys for value in (kind, key, key + _HIGHEST)]
    return Sql(_ALSO.format(probes=probes), values)
