"""SQL of whom a criterion names: a range of an index for each key, never a scan of the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

from residents.query import Criterion

_STANDING = """
(EXISTS (
    SELECT FROM residents_protection p WHERE p.ref = {0}.ref AND (p.kind <> '3' OR p.awaiting)
)
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
_CUT, _CUT_ALSO, _CUT_GIVEN, _CUT_BORN = 500, 200, 1000, 3000
_LONGEST_NUMBER = 15
_NARROW_PLACE = 3  # letters of a place from which on fewer people live there than begin alike
_HIGHEST = "\U0010ffff"

_KANA, _NAME, _ADDRESS, _BUILDING = "r.kana_key", "r.name_key", "r.address_key", "r.building_key"
_BY_KANA = "r.kana_key, r.birth_earliest, r.address_key"
_BY_ADDRESS = "r.address_key, r.kana_key"
# The order is that of an index, and what is bound is unknown when it is planned: so each leg walks
# this index whatever the statistics say, and stops when it has enough.
_LEG = """
SELECT found.ref FROM (VALUES {probes}) probe (low, high), (VALUES (true), (false)) living (here),
LATERAL (
    SELECT r.ref FROM residents_resident r
    WHERE r.living_here = living.here AND {key} >= probe.low COLLATE "C"
        AND {key} < probe.high COLLATE "C" {more}
    ORDER BY {order} LIMIT {cut}
) found
"""
_LEG_THERE = """
SELECT found.ref FROM (VALUES {probes}) probe (low, high), (VALUES {places}) place (low, high),
(VALUES (true), (false)) living (here),
LATERAL (
    SELECT r.ref FROM residents_resident r
    WHERE r.living_here = living.here AND {key} >= probe.low COLLATE "C"
        AND {key} < probe.high COLLATE "C" AND r.address_key >= place.low COLLATE "C"
        AND r.address_key < place.high COLLATE "C"
    ORDER BY {order} LIMIT {cut}
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
_NUMBERED = """
SELECT r.ref FROM residents_resident r WHERE r.number = ANY(%s)
UNION ALL SELECT r.ref FROM residents_resident r WHERE r.household_number = ANY(%s)
"""
_BORN = f"""
(SELECT r.ref FROM residents_resident r
WHERE r.birth_earliest = ANY(%s) AND r.birth_latest = r.birth_earliest LIMIT {_CUT_BORN})
UNION ALL (SELECT r.ref FROM residents_resident r, unnest(%s::date[]) AS day
WHERE r.birth_earliest < r.birth_latest AND day BETWEEN r.birth_earliest AND r.birth_latest
LIMIT {_CUT_BORN})
"""
_IN_ALSO = f"""
r.ref = ANY(ARRAY(SELECT k.ref FROM residents_searchkey k WHERE {{probes}} LIMIT {_CUT_BORN}))
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
    return f"SUBSTRING({column}, (STRPOS({column}, ' ') + 1))"


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
    """A query for refs among which are those who meet all criteria, the first `limit` at least.

    Of a birth date or a number: all. Of a name and a place: those who have both. Of one name or one
    place: the first in the order of its index.
    """
    first = next((each for each in criteria if each.number or each.births), None)
    if first:
        legs = list(_legs_of_number(first))
    elif len(criteria) == 1:
        legs = list(_legs(criteria[0], limit))
    else:
        legs = [
            leg for one, other in permutations(criteria[:2]) for leg in _legs_of_two(one, other)
        ]
    return joined(legs, " UNION ALL ")


def conditions(criteria: Sequence[Criterion]) -> Sql:
    """Whether someone meets every criterion."""
    return joined((joined(_ways(each), " OR ") for each in criteria), " AND ")


def by_place_alone(criteria: Iterable[Criterion]) -> Sql:
    """Whether someone would not have been found but for the place that was typed."""
    unmet = [_not(joined(_personal(each), " OR ")) for each in criteria if each.places]
    return joined(unmet, " OR ") if unmet else Sql("false")


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


def _legs(criterion: Criterion, cut: int) -> Iterator[Sql]:
    """Each key's people in the order of its index, so that a common name costs what a rare one does."""
    for key, prefixes, order in _name_legs(criterion):
        yield _leg(key, prefixes, order, cut)
    if criterion.places:
        for key in (_ADDRESS, _BUILDING):
            yield _leg(key, criterion.places, key, cut, f"AND NOT {PROTECTED}")
    yield from _leg_also([*_also(criterion), *_also_there(criterion)])


def _legs_of_two(one: Criterion, other: Criterion) -> Iterator[Sql]:
    """Those who meet `one` by name and `other` by place, and of two names or two places the first."""
    if other.places:
        narrow = any(len(place) >= _NARROW_PLACE for place in other.places)
        for key, prefixes, order in _name_legs(one):
            by_address = narrow and key == _KANA
            yield _leg_there(key, prefixes, other.places, _BY_ADDRESS if by_address else order)
        yield _leg(_BUILDING, other.places, _BUILDING, _CUT)
        yield from _leg_also(list(_also_there(other)))
    if other.names or other.readings:
        # 佐藤 ハナコ: 名 are rarer than 氏, and a word in kanji may be either.
        for key, prefixes, order in _name_legs(one):
            if key not in (_KANA, _NAME):
                yield _leg(key, prefixes, order, _CUT_GIVEN)
            elif not one.readings:
                yield _leg(key, prefixes, order, _CUT)
    yield from _leg_also(list(_also(one)))


def _legs_of_number(criterion: Criterion) -> Iterator[Sql]:
    if criterion.number:
        yield Sql(_NUMBERED, [_padded(criterion)] * 2)
    if criterion.births:
        yield Sql(_BORN, [list(criterion.births)] * 2)
    yield from _leg_also(list(_also(criterion)))


def _name_legs(criterion: Criterion) -> Iterator[tuple[str, Sequence[str], str]]:
    """(key, prefixes, order of its index) of a name's main keys."""
    for key, prefixes, order in (
        (_KANA, criterion.readings, _BY_KANA),
        (_NAME, criterion.names, f"{_NAME}, {_ADDRESS}"),
    ):
        if prefixes:
            yield key, prefixes, order
            yield given(key), prefixes[:1], f"{given(key)}, {_ADDRESS}"


def _leg(key: str, prefixes: Sequence[str], order: str, cut: int, more: str = "") -> Sql:
    probes = _rows("(%s, %s)", prefixes)
    text = _LEG.format(probes=probes, key=key, order=order, more=more, cut=cut)
    return Sql(text, _ranges(prefixes))


def _leg_there(key: str, prefixes: Sequence[str], places: Sequence[str], order: str) -> Sql:
    probes, there = _rows("(%s, %s)", prefixes), _rows("(%s, %s)", places)
    text = _LEG_THERE.format(probes=probes, places=there, key=key, order=order, cut=_CUT)
    return Sql(text, [*_ranges(prefixes), *_ranges(places)])


def _leg_also(keys: Sequence[tuple[str, str]]) -> Iterator[Sql]:
    if keys:
        values = [value for kind, key in keys for value in (kind, key, key + _HIGHEST)]
        yield Sql(_LEG_ALSO.format(probes=_rows("(%s, %s, %s)", keys)), values)


def _rows(row: str, of: Sequence[Any]) -> str:
    return ", ".join([row] * len(of))


def _ranges(prefixes: Iterable[str]) -> list[str]:
    return [value for prefix in prefixes for value in (prefix, prefix + _HIGHEST)]


def _padded(criterion: Criterion) -> list[str]:
    return [criterion.number.zfill(width) for width in range(1, _LONGEST_NUMBER + 1)]


def _ways(criterion: Criterion) -> Iterator[Sql]:
    """The ways one criterion may be met."""
    yield from _personal(criterion)
    for place in criterion.places:
        yield _begins(_ADDRESS, place)
        yield _begins(_BUILDING, place)
    yield from _in_also(list(_also_there(criterion)))


def _personal(criterion: Criterion) -> Iterator[Sql]:
    """The ways that say nothing of where someone lives."""
    for key, prefixes, _ in _name_legs(criterion):
        for prefix in prefixes:
            yield _begins(key, prefix)
    if criterion.number:
        yield Sql("r.number = ANY(%s)", [_padded(criterion)])
        yield Sql("r.household_number = ANY(%s)", [_padded(criterion)])
    for day in criterion.births:
        yield Sql("%s BETWEEN r.birth_earliest AND r.birth_latest", [day])
    yield from _in_also(list(_also(criterion)))


def _begins(key: str, prefix: str) -> Sql:
    """A LIKE pattern; folded keys hold letters, digits, - and a space, so nothing needs escaping."""
    return Sql(f"{key} LIKE %s", [f"{prefix}%"])


def _not(piece: Sql) -> Sql:
    return Sql(f"NOT ({piece.text})" if piece.text else "true", piece.values)


def _also(criterion: Criterion) -> Iterator[tuple[str, str]]:
    yield from (("kana_also", key) for key in criterion.readings)
    yield from (("name_also", key) for key in criterion.names)
    if criterion.phone:
        yield "phone", criterion.phone


def _also_there(criterion: Criterion) -> Iterator[tuple[str, str]]:
    return (("address", place) for place in criterion.places)


def _in_also(keys: Sequence[tuple[str, str]]) -> Iterator[Sql]:
    if keys:
        probes = " OR ".join(["k.kind = %s AND k.key LIKE %s"] * len(keys))
        values = [value for kind, key in keys for value in (kind, f"{key}%")]
        yield Sql(_IN_ALSO.format(probes=probes), values)
