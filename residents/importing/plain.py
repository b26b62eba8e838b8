"""Residents of whom one plain row tells all, as lines of COPY: built a column at a time; pure.

The values are those of building.resident and search_keys.columns, from the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, compress, repeat

from residents import folding, names
from residents.importing import building, search_keys
from residents.importing.blocks import Block
from residents.importing.rows import digest

_REMEMBERED = 1 << 15
_KIND, _BIRTH = "住民種別", "生年月日"
_TOWN, _STREET, _BUILDING = "住所_町字", "住所_番地号表記", "住所_方書"


def rows(block: Block, single: Sequence[bool]) -> list[bool]:
    """Which rows of a block are plain; of those that are `single`, and not alone in it."""
    columns, plain = block.columns, list(single)
    for name in search_keys.OTHERS & columns.keys():
        if any(columns[name]):
            plain = [one and not text for one, text in zip(plain, columns[name], strict=True)]
    for name in {names.NAME, names.KANA} & columns.keys():
        good = [*map(_has_two_parts, columns[name])]
        if not all(good):
            plain = [one and other for one, other in zip(plain, good, strict=True)]
    if names.FOREIGN in columns[_KIND]:
        at_home = map(names.FOREIGN.__ne__, columns[_KIND])
        plain = [one and other for one, other in zip(plain, at_home, strict=True)]
    return plain


def lines(
    block: Block, chosen: Sequence[bool], delivery: str, refs: Sequence[str] | None
) -> bytes | None:
    """The columns building.RESIDENT of the chosen rows as text of COPY; None if a key is too long.

    With `refs` one of them comes first in each row. No value holds a tab, a line end or a backslash:
    such rows are alone in their block.
    """

    def column(name: str) -> Sequence[str]:
        cells = block.columns.get(name)
        if cells is None:
            return [""] * len(records)
        return cells if every else list(compress(cells, chosen))

    every = all(chosen)
    records = block.records if every else list(compress(block.records, chosen))
    name, kana, town = column(names.NAME), column(names.KANA), column(_TOWN)
    keys = (
        [*map(_name_key, kana)],
        [*map(_name_key, name)],
        [*map(folding.fold_place, town, column(_STREET))],
        [*map(folding.fold_address, column(_BUILDING))],
    )
    if max(max(map(len, each), default=0) for each in keys) >= search_keys.LONGEST:
        return None
    before = zip(
        *([refs[: len(records)]] if refs else []),
        column(block.feed.key[0]),
        column("世帯番号"),
        column(_KIND),
        column("住民状態"),
        *map(column, block.feed.versions),
        nothing := [""] * len(records),  # a tab between this and the record
        strict=True,
    )
    after = zip(
        nothing,
        map(_row_hash, records),
        name,
        kana,
        map(_span, column(_BIRTH)),
        column("性別"),
        map(_codes, *map(column, building.RELATIONSHIPS)),
        town,
        repeat(delivery, len(records)),
        *keys,
        strict=True,
    )
    texts = zip(map("\t".join, before), records, map("\t".join, after), strict=True)
    pieces = ((one.encode(), record, two.encode(), b"\n") for one, record, two in texts)
    return b"".join(chain.from_iterable(pieces))


def _row_hash(record: bytes) -> str:
    """Of the person's one row, as a bytea literal."""
    return "\\\\x" + digest(record).hex()


@lru_cache(maxsize=_REMEMBERED)
def _span(text: str) -> str:
    return "\t".join("\\N" if day is None else day.isoformat() for day in building.span(text))


@lru_cache(maxsize=_REMEMBERED)
def _codes(*codes: str) -> str:
    return building.array([code for code in codes if code])


_name_key = lru_cache(maxsize=_REMEMBERED)(folding.fold_name)
_has_two_parts = lru_cache(maxsize=_REMEMBERED)(search_keys.has_two_parts)
