"""SQL of whether a resident (`r`) meets what was typed, how well, and whether they are protected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from residents.query import Criterion

# OFFSET 0: person by person, as few are asked; never by a table of all who are protected.
_STANDING = """
(EXISTS (
    SELECT FROM residents_protection p
    WHERE p.ref = {0}.ref AND (p.kind <> '3' OR p.awaiting) OFFSET 0
)
OR EXISTS (SELECT FROM residents_manualprotection e WHERE e.ref = {0}.ref OFFSET 0))
"""
PROTECTED = f"""
({_STANDING.format("r")}
OR EXISTS (
    SELECT FROM residents_resident m
    WHERE m.household_number = r.household_number AND r.household_number <> ''
        AND m.state = '1' AND m.gone_at IS NULL AND {_STANDING.format("m")}
    OFFSET 0
))
"""
KANA, NAME, ADDRESS, BUILDING = "r.kana_key", "r.name_key", "r.address_key", "r.building_key"
_BORN = """
EXISTS (SELECT FROM unnest(%s::date[]) AS day WHERE day BETWEEN r.birth_earliest AND r.birth_latest)
"""
_LONGEST_NUMBER = 15
_ALSO = "EXISTS (SELECT FROM residents_searchkey k WHERE k.ref = r.ref AND ({keys}) OFFSET 0)"
_EXACTLY_ALSO = _ALSO.format(
    keys="k.kind = 'kana_also' AND k.key = ANY(%s::text[])"
    " OR k.kind = 'name_also' AND k.key = ANY(%s::text[])"
)
_RANK = f"""
CASE WHEN r.kana_key = ANY(%s::text[]) OR split_part(r.kana_key, ' ', 1) = ANY(%s::text[])
    OR r.name_key = ANY(%s::text[]) OR split_part(r.name_key, ' ', 1) = ANY(%s::text[]) THEN 0
WHEN r.kana_key LIKE ANY(%s::text[]) OR r.name_key LIKE ANY(%s::text[]) THEN 1
WHEN split_part(r.kana_key, ' ', 2) = ANY(%s::text[])
    OR split_part(r.name_key, ' ', 2) = ANY(%s::text[]) OR {_EXACTLY_ALSO} THEN 2
ELSE 3 END
"""


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


def given(column: str) -> str:
    """What follows the first space of a name's key, exactly as the index on it is declared."""
    return f"SUBSTRING({column}, (STRPOS({column}, ' ') + 1))"


def surname(column: str) -> str:
    """What stands before the first space of a name's key, exactly as the index on it is declared."""
    return f"SPLIT_PART({column}, ' ', 1)"


def here(column: str) -> str:
    """A key after the mark of those living here or of the others, exactly as indexes on it are declared."""
    return f"(CASE WHEN r.living_here THEN '1' ELSE '0' END || {column})"


def meets(criteria: Iterable[Criterion]) -> Sql:
    """Whether someone meets every criterion."""
    return joined((joined(_ways(each), " OR ") for each in criteria), " AND ")


def meets_now(criterion: Criterion) -> Sql:
    """Whether someone meets it by what their own row says: no further name, no earlier address."""
    return joined((*_named(criterion), *_placed(criterion)), " OR ")


def by_place_alone(criteria: Iterable[Criterion]) -> Sql:
    """Whether someone would not have been found but for the place that was typed."""
    unmet = [_not(joined(_personal(each), " OR ")) for each in criteria if each.places]
    return joined(unmet, " OR ") if unmet else Sql("false")


def rank(criteria: Iterable[Criterion]) -> Sql:
    """How well someone meets the names typed: 0 exactly, 1 by the beginning, 2 and 3 by other names."""
    pieces = [_rank(each) for each in criteria if each.readings or each.names]
    return joined(pieces, " + ") if pieces else Sql("0")


def padded(criterion: Criterion) -> list[str]:
    """The number typed with every count of leading zeros it may be stored with."""
    return [criterion.number.zfill(width) for width in range(1, _LONGEST_NUMBER + 1)]


def other_names(criterion: Criterion) -> Iterator[tuple[str, str]]:
    """(kind, beginning) of further names, and of telephone numbers."""
    yield from (("kana_also", key) for key in criterion.readings)
    yield from (("name_also", key) for key in criterion.names)
    if criterion.phone:
        yield "phone", criterion.phone


def other_places(criterion: Criterion) -> Iterator[tuple[str, str]]:
    """(kind, beginning) of earlier addresses."""
    return (("address", place) for place in criterion.places)


def _rank(criterion: Criterion) -> Sql:
    readings, names = list(criterion.readings), list(criterion.names)
    whole_reading, whole_name = readings[:1], names[:1]
    return Sql(
        _RANK,
        [readings, whole_reading, names, whole_name, _patterns(readings), _patterns(names)]
        + [whole_reading, whole_name, readings, names],
    )


def _ways(criterion: Criterion) -> Iterator[Sql]:
    """The ways one criterion may be met, those that cost least first."""
    yield from _named(criterion)
    yield from _placed(criterion)
    yield from _numbered(criterion)
    yield from _also((*other_names(criterion), *other_places(criterion)))


def _personal(criterion: Criterion) -> Iterator[Sql]:
    """The ways that say nothing of where someone lives."""
    yield from _named(criterion)
    yield from _numbered(criterion)
    yield from _also(other_names(criterion))


def _named(criterion: Criterion) -> Iterator[Sql]:
    for key, beginnings in ((KANA, criterion.readings), (NAME, criterion.names)):
        if beginnings:
            yield _begins(key, beginnings)
            yield _begins(given(key), beginnings[:1])


def _placed(criterion: Criterion) -> Iterator[Sql]:
    if criterion.places:
        yield _begins(ADDRESS, criterion.places)
        yield _begins(BUILDING, criterion.places)


def _numbered(criterion: Criterion) -> Iterator[Sql]:
    if criterion.number:
        yield Sql("r.number = ANY(%s::text[])", [padded(criterion)])
        yield Sql("r.household_number = ANY(%s::text[])", [padded(criterion)])
    if criterion.births:
        yield Sql(_BORN, [list(criterion.births)])


def _begins(key: str, beginnings: Sequence[str]) -> Sql:
    return Sql(f"{key} LIKE ANY(%s::text[])", [_patterns(beginnings)])


def _patterns(beginnings: Iterable[str]) -> list[str]:
    """LIKE patterns; folded keys hold letters, digits, - and a space, so nothing needs escaping."""
    return [f"{beginning}%" for beginning in beginnings]


def _not(piece: Sql) -> Sql:
    return Sql(f"NOT ({piece.text})" if piece.text else "true", piece.values)


def _also(keys: Iterable[tuple[str, str]]) -> Iterator[Sql]:
    by_kind: dict[str, list[str]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    if by_kind:
        probes = " OR ".join(
            f"k.kind = '{kind}' AND k.key LIKE ANY(%s::text[])" for kind in by_kind
        )
        yield Sql(_ALSO.format(keys=probes), [_patterns(each) for each in by_kind.values()])
