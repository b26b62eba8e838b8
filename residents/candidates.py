"""SQL of whom a criterion names: a range of an index for each key, never a scan of the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from residents import conditions
from residents.conditions import ADDRESS, BUILDING, KANA, NAME, PROTECTED, Sql, given, joined
from residents.query import Criterion

_MET, _READ, _BORN, _ALSO = 100, 600, 3000, 60
"""How far a leg goes: of those who meet all, whose row must be read, born on a day, named otherwise."""
_HIGHEST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class _Index:
    """An index of Resident: after living_here its key; the order it keeps; what it holds at all."""

    key: str
    order: str
    only: str = ""


_ANYONE = Sql("true")

# What stands in an index behind its key is in LOWER(), which changes no folded key, or without its
# space: so a range of it fits that index alone, whatever statistics make of it, and is checked before
# a row is read.
_ADDRESS_TOO = f"LOWER({ADDRESS})"
_KANA_TOO, _NAME_TOO = f"REPLACE({KANA}, ' ', '')", f"REPLACE({NAME}, ' ', '')"
_BY_KANA = _Index(KANA, f"{KANA}, r.birth_earliest")
_BY_NAME = _Index(NAME, f"{NAME}, {_ADDRESS_TOO}")
_BY_GIVEN_KANA = _Index(given(KANA), f"{given(KANA)}, {_ADDRESS_TOO}")
_BY_GIVEN_NAME = _Index(given(NAME), f"{given(NAME)}, {_ADDRESS_TOO}")
_BY_ADDRESS = _Index(ADDRESS, f"{ADDRESS}, {_KANA_TOO}")
_BY_BUILDING = _Index(BUILDING, f"{BUILDING}, {_ADDRESS_TOO}", "AND r.building_key > ''")

# Each leg walks the index it is ordered by, stops when it has gone far enough, and tells whether.
_LEG = """
SELECT r.spot, r.nth = {cut} FROM unnest(%s::text[], %s::text[]) probe (low, high),
(VALUES (true), (false)) living (here), {there}
LATERAL (
    SELECT walk.*, row_number() OVER () AS nth FROM (
        SELECT r.ctid AS spot, r.kana_key, r.name_key, r.address_key, r.building_key
        FROM residents_resident r
        WHERE r.living_here = living.here AND {key} >= probe.low COLLATE "C"
            AND {key} < probe.high COLLATE "C" {only}
        ORDER BY {order} LIMIT {cut}
    ) walk
) r
WHERE r.nth = {cut} OR {met}
"""
_THERE = "unnest(%s::text[], %s::text[]) there (low, high),"
# Most names are no place: one look into the index of addresses spares walking all who are called so.
_SOMEWHERE = f"""{_THERE}
LATERAL (
    SELECT FROM residents_resident r
    WHERE r.living_here = living.here AND r.address_key >= there.low COLLATE "C"
        AND r.address_key < there.high COLLATE "C"
    ORDER BY r.address_key LIMIT 1
) somewhere,
"""
_IS_THERE = 'AND {0} >= there.low COLLATE "C" AND {0} < there.high COLLATE "C"'
_OTHERS = """
SELECT k.ref, k.nth FROM unnest(%s::text[], %s::text[], %s::text[]) probe (kind, low, high),
LATERAL (
    SELECT walk.ref, row_number() OVER () AS nth FROM (
        SELECT k.ref FROM residents_searchkey k
        WHERE k.kind = probe.kind AND k.key >= probe.low COLLATE "C"
            AND k.key < probe.high COLLATE "C"
        ORDER BY k.key LIMIT {cut}
    ) walk
) k
"""
# OFFSET 0: row by row, as few are asked; never by reading the whole register beside them.
_ROW = """
LATERAL (
    SELECT r.ctid AS spot, r.kana_key, r.name_key, r.address_key, r.building_key
    FROM residents_resident r WHERE r.ref = k.ref OFFSET 0
) r
"""
_LEG_ALSO = f"""
SELECT r.spot, k.nth = {{cut}} FROM ({_OTHERS}) k, {_ROW} WHERE k.nth = {{cut}} OR {{met}}
"""
_LEG_ALSO_TWICE = f"""
SELECT r.spot, false FROM ({_OTHERS}) k JOIN ({_OTHERS}) also ON also.ref = k.ref, {_ROW}
"""
_NUMBERED = """
SELECT r.ctid, false FROM residents_resident r WHERE r.number = ANY(%s::text[])
UNION ALL SELECT r.ctid, false FROM residents_resident r WHERE r.household_number = ANY(%s::text[])
"""
_BORN_THEN = f"""
SELECT r.ctid, false FROM residents_resident r
WHERE r.birth_earliest = ANY(%s::date[]) AND r.birth_latest = r.birth_earliest
UNION ALL
SELECT unsure.spot, unsure.nth = {_BORN} FROM unnest(%s::date[]) born (day),
LATERAL (
    SELECT walk.spot, row_number() OVER () AS nth FROM (
        SELECT r.ctid AS spot FROM residents_resident r
        WHERE r.birth_earliest < r.birth_latest
            AND born.day BETWEEN r.birth_earliest AND r.birth_latest
        ORDER BY r.birth_earliest, r.birth_latest LIMIT {_BORN}
    ) walk
) unsure
"""


def candidates(criteria: Sequence[Criterion], limit: int) -> Sql:
    """A query for (ctid, whether a leg stopped there), among whom are those who meet all criteria.

    Of a birth date or a number: all. Of one name or one place: the first `limit` in the order of
    its index. Of several: those who meet all of them. A leg that stopped may have missed someone.
    """
    first = next((each for each in criteria if each.number or each.births), None)
    if first:
        legs = _legs_of_number(first)
    elif len(criteria) == 1:
        legs = _legs(criteria[0], limit)
    else:
        legs = _legs_of_several(criteria)
    return joined(legs, " UNION ALL ")


def _legs_of_number(criterion: Criterion) -> Iterator[Sql]:
    if criterion.number:
        yield Sql(_NUMBERED, [conditions.padded(criterion)] * 2)
    if criterion.births:
        yield Sql(_BORN_THEN, [list(criterion.births)] * 2)
    if criterion.phone:
        yield _leg_also(criterion, _ALSO)


def _legs(criterion: Criterion, cut: int) -> Iterator[Sql]:
    """Each key's people in the order of its index, so that a common name costs what a rare one does."""
    for index, beginnings in _names(criterion):
        yield _leg(index, beginnings, cut)
    if criterion.places:
        for index in (_BY_ADDRESS, _BY_BUILDING):
            yield _leg(index, criterion.places, cut, only=f"AND NOT {PROTECTED}")
    yield _leg_also(criterion, _ALSO)


def _legs_of_several(criteria: Sequence[Criterion]) -> Iterator[Sql]:
    """Whoever meets two of them, a place if there is one; what no index says, the rows tell."""
    first, second = sorted(criteria, key=lambda each: bool(each.readings or each.names))[:2]
    cut = _MET if len(criteria) == 2 else _READ
    for one, other in permutations((first, second)):
        yield from _named_there(one, other, cut)
        yield from _named_twice(one, other, cut)
        yield _leg_also(one, _READ, conditions.meets_now(other))
    if first.places and second.places:
        yield from _placed_twice(first, second, cut)
    yield Sql(_LEG_ALSO_TWICE.format(cut=_READ), [*_others(first), *_others(second)])


def _named_there(one: Criterion, other: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever has the name of `one` and the place of `other`."""
    names = list(_names(one))
    if not (names and other.places):
        return
    for index, beginnings in names:
        if index is _BY_KANA and len(beginnings[0]) == 1:  # there are fewer people in a town
            yield _leg(_BY_ADDRESS, other.places, cut, there=(_KANA_TOO, _unspaced(beginnings)))
        else:
            yield _leg(index, beginnings, cut, there=(_ADDRESS_TOO, other.places))
    yield _leg(_BY_BUILDING, other.places, _READ, met=conditions.meets_now(one))


def _named_twice(one: Criterion, other: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever has both names, in whichever way: 佐藤 ハナコ, サトウ 花子, 佐藤花子 サトウハナコ."""
    if one.readings and other.names:
        yield _leg(_BY_GIVEN_KANA, one.readings[:1], cut, there=(_NAME_TOO, _unspaced(other.names)))
    if one.names and other.readings:
        there = (_KANA_TOO, _unspaced(other.readings))
        yield _leg(_BY_NAME, one.names, cut, there=there)
        yield _leg(_BY_GIVEN_NAME, one.names[:1], cut, there=there)
    if one.names and other.names:
        met = conditions.meets_now(other)
        yield _leg(_BY_GIVEN_NAME, one.names[:1], _READ, met=met)
        if one.readings and other.readings:  # one of them in Latin letters
            yield _leg(_BY_KANA, one.readings, _READ, met=met)
            yield _leg(_BY_GIVEN_KANA, one.readings[:1], _READ, met=met)


def _placed_twice(one: Criterion, other: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever lives at both: a building there, or both in one item."""
    yield _leg(_BY_ADDRESS, one.places, cut, there=(ADDRESS, other.places))
    yield _leg(_BY_BUILDING, other.places, cut, there=(_ADDRESS_TOO, one.places))
    yield _leg(_BY_BUILDING, one.places, cut, there=(_ADDRESS_TOO, other.places))


def _names(criterion: Criterion) -> Iterator[tuple[_Index, Sequence[str]]]:
    """Each index a name is looked for in, and by which beginnings."""
    for whole, part, beginnings in (
        (_BY_KANA, _BY_GIVEN_KANA, criterion.readings),
        (_BY_NAME, _BY_GIVEN_NAME, criterion.names),
    ):
        if beginnings:
            yield whole, beginnings
            yield part, beginnings[:1]


def _leg(
    index: _Index,
    beginnings: Sequence[str],
    cut: int,
    *,
    there: tuple[str, Sequence[str]] | None = None,
    only: str = "",
    met: Sql = _ANYONE,
) -> Sql:
    key, others = there or ("", ())
    also = "" if not there else _SOMEWHERE if key == _ADDRESS_TOO else _THERE
    text = _LEG.format(
        key=index.key,
        order=index.order,
        there=also,
        only=f"{index.only} {_IS_THERE.format(key) if there else ''} {only}",
        cut=cut,
        met=met.text,
    )
    return Sql(text, [*_ranges(beginnings), *(_ranges(others) if there else ()), *met.values])


def _leg_also(criterion: Criterion, cut: int, met: Sql = _ANYONE) -> Sql:
    return Sql(_LEG_ALSO.format(cut=cut, met=met.text), [*_others(criterion), *met.values])


def _others(criterion: Criterion) -> list[list[str]]:
    """Kinds, lower and upper ends of the keys beside someone's own row."""
    keys = [*conditions.other_names(criterion), *conditions.other_places(criterion)]
    kinds, beginnings = [kind for kind, _ in keys], [key for _, key in keys]
    return [kinds, *_ranges(beginnings)]


def _unspaced(beginnings: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(beginning.replace(" ", "") for beginning in beginnings))


def _ranges(beginnings: Sequence[str]) -> list[list[str]]:
    return [list(beginnings), [beginning + _HIGHEST for beginning in beginnings]]
