"""SQL of whom a criterion names: a range of an index for each key, never a scan of the register."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from residents import conditions, legs
from residents.conditions import PROTECTED, Sql, joined
from residents.query import Criterion

_MET, _READ, _BORN, _ALSO = 100, 600, 3000, 60
"""How far a leg goes: of those who meet all, whose row must be read, born on a day, named otherwise."""
_SPARE = 10  # found beyond a page, as the protected are taken out of it afterwards
# Whoever was called so or lived there once is looked for where those of today fill no page.
_NOW_THEN_FURTHER = """
WITH now (spot, cut, here) AS MATERIALIZED ({now}),
full_page (reached) AS MATERIALIZED (SELECT {full} FROM now)
SELECT spot, cut FROM now
UNION ALL SELECT NULL, true FROM full_page WHERE reached
UNION ALL {further}
"""
_FULL, _NEVER = "count(DISTINCT spot) FILTER (WHERE here) >= {0}", "count(*) < 0"
_ASKED = "WHERE NOT (SELECT reached FROM full_page)"
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
    numeric = next((each for each in criteria if each.number or each.births), None)
    if numeric:
        return joined(_legs_of_number(numeric), " UNION ALL ")
    if len(criteria) == 1:
        (only,) = criteria
        further = [legs.further(only, _ALSO, asked=_ASKED)]
        return _now_then_further(_legs(only, limit), further, limit)
    first, second = sorted(criteria, key=lambda each: bool(each.readings or each.names))[:2]
    further = [
        legs.further(first, _READ, conditions.meets_now(second), asked=_ASKED),
        legs.further(second, _READ, legs.meets_now_or_further(first, _READ), asked=_ASKED),
    ]
    if len(criteria) == 2:
        return _now_then_further(_legs_of_two(first, second, _MET), further, limit + _SPARE)
    return _now_then_further(_legs_of_two(first, second, _READ), further, None)


def _now_then_further(now: Iterable[Sql], further: Iterable[Sql], enough: int | None) -> Sql:
    """Whom their own rows tell, and the others unless those were `enough`; that, too, is an end."""
    first, then = joined(now, " UNION ALL "), joined(further, " UNION ALL ")
    full = _FULL.format(enough) if enough else _NEVER
    text = _NOW_THEN_FURTHER.format(now=first.text, full=full, further=then.text)
    return Sql(text, [*first.values, *then.values])


def _legs_of_number(criterion: Criterion) -> Iterator[Sql]:
    if criterion.number:
        yield Sql(_NUMBERED, [conditions.padded(criterion)] * 2)
    if criterion.births:
        yield Sql(_BORN_THEN, [list(criterion.births)] * 2)
    if criterion.phone:
        yield legs.further(criterion, _ALSO)


def _legs(criterion: Criterion, cut: int) -> Iterator[Sql]:
    """Each key's people in the order of its index, so that a common name costs what a rare one does."""
    for index, beginnings in _names(criterion):
        yield legs.walk(index, beginnings, cut)
    if criterion.places:
        for index in (legs.BY_ADDRESS, legs.BY_BUILDING):
            yield legs.walk(index, criterion.places, cut, only=f"AND NOT {PROTECTED}")


def _legs_of_two(first: Criterion, second: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever meets both by their own row."""
    for one, other in permutations((first, second)):
        yield from _named_there(one, other, cut)
        yield from _named_twice(one, other, cut)
    if first.places and second.places:
        yield from _placed_twice(first, second, cut)


def _named_there(one: Criterion, other: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever has the name of `one` and the place of `other`."""
    if not (other.places and (one.readings or one.names)):
        return
    there = legs.there(other.places)
    if one.readings:
        # Of a town there are few of each 氏; what is divided into 氏 and 名 few have anywhere.
        yield legs.walk(legs.BY_SURNAME_KANA, one.readings[:1], cut, there)
        yield legs.walk(legs.BY_KANA, one.readings[1:], cut, there)
        yield legs.walk(legs.BY_GIVEN_KANA, one.readings[:1], cut, there)
    if one.names:
        yield legs.walk(legs.BY_NAME, one.names, cut, there)
        yield legs.walk(legs.BY_GIVEN_NAME, one.names[:1], cut, there)
    yield legs.walk(legs.BY_BUILDING, other.places, _READ, met=conditions.meets_now(one))


def _named_twice(one: Criterion, other: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever has both names, in whichever way: 佐藤 ハナコ, サトウ 花子, 佐藤花子 サトウハナコ."""
    if one.readings and other.names:
        yield legs.walk(legs.BY_GIVEN_KANA, one.readings[:1], cut, legs.written_so(other.names))
    if one.names and other.readings:
        read = legs.read_so(other.readings)
        yield legs.walk(legs.BY_NAME, one.names, cut, read)
        yield legs.walk(legs.BY_GIVEN_NAME, one.names[:1], cut, read)
    if one.names and other.names:
        met = conditions.meets_now(other)
        yield legs.walk(legs.BY_GIVEN_NAME, one.names[:1], _READ, met=met)
        if one.readings and other.readings:  # one of them in Latin letters
            yield legs.walk(legs.BY_KANA, one.readings, _READ, met=met)
            yield legs.walk(legs.BY_GIVEN_KANA, one.readings[:1], _READ, met=met)


def _placed_twice(one: Criterion, other: Criterion, cut: int) -> Iterator[Sql]:
    """Whoever lives at both: a building there, or both in one item."""
    yield legs.walk(legs.BY_ADDRESS, one.places, cut, legs.there_too(other.places))
    yield legs.walk(legs.BY_BUILDING, other.places, cut, legs.there(one.places))
    yield legs.walk(legs.BY_BUILDING, one.places, cut, legs.there(other.places))


def _names(criterion: Criterion) -> Iterator[tuple[legs.Index, Sequence[str]]]:
    """Each index a name is looked for in, and by which beginnings."""
    for whole, part, beginnings in (
        (legs.BY_KANA, legs.BY_GIVEN_KANA, criterion.readings),
        (legs.BY_NAME, legs.BY_GIVEN_NAME, criterion.names),
    ):
        if beginnings:
            yield whole, beginnings
            yield part, beginnings[:1]
