"""SQL of one leg of a search: a walk along one index of the register, with an end that is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from residents import conditions
from residents.conditions import ADDRESS, BUILDING, KANA, NAME, Sql, given, here, surname
from residents.query import Criterion


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in an index behind its key, how it must begin, and what is looked for before."""

    key: str
    beginnings: Sequence[str]
    before: Sql = field(default_factory=lambda: Sql(""))
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """An index of Resident: its key after `here`; what it is ordered by behind it; what it holds at all."""

    key: str
    then: str
    only: str = ""

    @property
    def order(self) -> str:
        """All it is ordered by."""
        return f"{self.key}, {self.then}" if self.then else self.key


_ANYONE = Sql("true")
_HIGHEST = "\U0010ffff"

# What stands in an index behind its key is in LOWER(), which changes no folded key, or without its
# space: so a range of it fits that index alone, whatever statistics make of it, and is checked before
# a row is read.
_ADDRESS_TOO = f"LOWER({ADDRESS})"
_KANA_TOO, _NAME_TOO = f"REPLACE({KANA}, ' ', '')", f"REPLACE({NAME}, ' ', '')"
BY_KANA = Index(here(KANA), "r.birth_earliest")
BY_SURNAME_KANA = Index(here(surname(KANA)), _ADDRESS_TOO)
BY_NAME = Index(here(NAME), _ADDRESS_TOO)
BY_GIVEN_KANA = Index(here(given(KANA)), _ADDRESS_TOO)
BY_GIVEN_NAME = Index(here(given(NAME)), _ADDRESS_TOO)
BY_ADDRESS = Index(here(ADDRESS), "")
BY_BUILDING = Index(here(BUILDING), _ADDRESS_TOO, "AND r.building_key > ''")

# Each leg walks the index it is ordered by, stops when it has gone far enough, and tells whether.
_LEG = """
SELECT r.spot, r.nth = {cut}, living.here FROM unnest(%s::text[], %s::text[]) probe (low, high),
(VALUES (true, '1'), (false, '0')) living (here, mark), {beside}
LATERAL (
    SELECT walk.*, row_number() OVER () AS nth FROM (
        SELECT r.ctid AS spot, r.kana_key, r.name_key, r.address_key, r.building_key
        FROM residents_resident r
        WHERE {key} >= (living.mark || probe.low) COLLATE "C"
            AND {key} < (living.mark || probe.high) COLLATE "C" {only}
        ORDER BY {order} LIMIT {cut}
    ) walk
) r
WHERE r.nth = {cut} OR {met}
"""
_BESIDE = "unnest(%s::text[], %s::text[]) beside (low, high),"
_IS_BESIDE = 'AND {0} >= ({1}beside.low) COLLATE "C" AND {0} < ({1}beside.high) COLLATE "C"'
# Most names are no place and most 名 no 氏: one look into an index spares walking all who are called so.
_SOMEWHERE = f"""
LATERAL (
    SELECT FROM residents_resident r
    WHERE {here(ADDRESS)} >= (living.mark || beside.low) COLLATE "C"
        AND {here(ADDRESS)} < (living.mark || beside.high) COLLATE "C"
    ORDER BY {here(ADDRESS)} LIMIT 1
) somewhere,
"""
_SOMEBODY = f"""
LATERAL (
    SELECT FROM unnest(%s::text[], %s::text[]) called (low, high),
    LATERAL (
        SELECT FROM residents_resident r
        WHERE {here(KANA)} >= (living.mark || called.low) COLLATE "C"
            AND {here(KANA)} < (living.mark || called.high) COLLATE "C"
        ORDER BY {here(KANA)} LIMIT 1
    ) one
    LIMIT 1
) somebody,
"""
_FURTHER = """
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
_LEG_FURTHER = f"""
SELECT r.spot, k.nth = {{cut}} FROM ({_FURTHER} {{asked}}) k, {_ROW} WHERE k.nth = {{cut}} OR {{met}}
"""
_IS_FURTHER = f"k.ref IN (SELECT ref FROM ({_FURTHER}) further)"


def walk(
    index: Index,
    beginnings: Sequence[str],
    cut: int,
    beside: Beside | None = None,
    *,
    only: str = "",
    met: Sql = _ANYONE,
) -> Sql:
    """(ctid, whether the leg ended there, whether they live here) of those whose key begins so."""
    before, is_beside, values = "", "", _ranges(beginnings)
    if beside:
        before = _BESIDE + beside.before.text
        is_beside = _IS_BESIDE.format(beside.key, beside.mark)
        values += [*_ranges(beside.beginnings), *beside.before.values]
    text = _LEG.format(
        key=index.key,
        order=index.order,
        beside=before,
        only=f"{index.only} {is_beside} {only}",
        cut=cut,
        met=met.text,
    )
    return Sql(text, [*values, *met.values])


def there(places: Sequence[str]) -> Beside:
    """Living in one of the places, in every index but that of addresses."""
    return Beside(_ADDRESS_TOO, places, Sql(_SOMEWHERE))


def there_too(places: Sequence[str]) -> Beside:
    """Living in one of the places, in the index of addresses."""
    return Beside(here(ADDRESS), places, mark="living.mark || ")


def read_so(readings: Sequence[str]) -> Beside:
    """With a reading that begins so, in indexes of names."""
    return Beside(_KANA_TOO, _unspaced(readings), Sql(_SOMEBODY, _ranges(readings)))


def written_so(names: Sequence[str]) -> Beside:
    """With a name that begins so, in the index of readings of 名."""
    return Beside(_NAME_TOO, _unspaced(names))


def further(criterion: Criterion, cut: int, met: Sql = _ANYONE, *, asked: str = "") -> Sql:
    """(ctid, whether the leg ended there) by keys beside someone's own row, where `asked`."""
    text = _LEG_FURTHER.format(cut=cut, met=met.text, asked=asked)
    return Sql(text, [*_keys(criterion), *met.values])


def meets_now_or_further(criterion: Criterion, cut: int) -> Sql:
    """Whether whom a leg of further keys finds meets this criterion, too, be it by such a key."""
    now = conditions.meets_now(criterion)
    text = f"{now.text} OR {_IS_FURTHER.format(cut=cut)}"
    return Sql(text, [*now.values, *_keys(criterion)])


def _keys(criterion: Criterion) -> list[list[str]]:
    """Kinds, lower and upper ends of the keys beside someone's own row."""
    keys = [*conditions.other_names(criterion), *conditions.other_places(criterion)]
    kinds, beginnings = [kind for kind, _ in keys], [key for _, key in keys]
    return [kinds, *_ranges(beginnings)]


def _unspaced(beginnings: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(beginning.replace(" ", "") for beginning in beginnings))


def _ranges(beginnings: Sequence[str]) -> list[list[str]]:
    return [list(beginnings), [beginning + _HIGHEST for beginning in beginnings]]
