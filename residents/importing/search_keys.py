"""What one person is found by, folded: every name, reading and address they have or had; pure.

What nearly everyone has stands in columns of the resident's own row; only further names, earlier
addresses and telephone numbers are rows of SearchKey.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from residents import folding, names
from residents.models import SearchKey

_READINGS = (names.KANA, names.ALIAS_KANA)
_NAMES = (names.NAME, names.ALIAS, names.ROMAN, names.KANJI)
_FORMER = ((names.FORMER_KANA, names.KANA), (names.FORMER, names.NAME))
OTHERS = frozenset({*_READINGS, *_NAMES, *(item for item, _ in _FORMER)}) - {names.KANA, names.NAME}
_KANA_ALSO, _NAME_ALSO = SearchKey.Kind.KANA_ALSO.value, SearchKey.Kind.NAME_ALSO.value
_ADDRESS, _PHONE_KIND = SearchKey.Kind.ADDRESS.value, SearchKey.Kind.PHONE.value
_PHONE = "電話番号"
_BOTH = "_"  # between a Latin name and one in kanji, as cards join them
_MOST_PARTS = 6  # of one name; longer foreign names are found by their first parts
LONGEST = 120  # letters of a key; an index row has no room for more than a few of these

Row = Mapping[str, str]
Key = tuple[str, str]


class Columns(NamedTuple):
    """The keys in a resident's own row, named as its columns."""

    kana_key: str
    name_key: str
    address_key: str
    building_key: str


def columns(row: Row) -> Columns:
    """The keys of today's name, reading and address, from the latest row of a person."""
    keys = (
        folding.fold_name(names.shown_kana(row)),
        folding.fold_name(row.get(names.NAME, "") or names.shown_name(row)),
        folding.fold_place(row.get("住所_町字", ""), row.get("住所_番地号表記", "")),
        folding.fold_address(row.get("住所_方書", "")),
    )
    return Columns(*(key[:LONGEST] for key in keys))


def also(rows: Sequence[Row], own: Columns | None = None) -> set[Key]:
    """(kind, key) of all rows of one person, the latest first, of what `columns` does not hold.

    通称, ローマ字 and 漢字 names, 旧氏, 名 behind a middle name, and what older rows say.
    """
    own = own or columns(rows[0])
    if len(rows) == 1 and _is_plain(rows[0], own):
        return set()
    keys = {(kind, key[:LONGEST]) for row in rows for kind, key in _of_row(row)}
    for kind, name in ((_KANA_ALSO, own.kana_key), (_NAME_ALSO, own.name_key)):
        keys -= {(kind, name), (kind, name.partition(" ")[2])}
    keys -= {(_ADDRESS, own.address_key), (_ADDRESS, own.building_key)}
    return {key for key in keys if key[1]}


def _is_plain(row: Row, own: Columns) -> bool:
    """Whether the row's own columns hold all it says, as nearly everyone's do: it saves most of the work."""
    texts = row.get(names.KANA, ""), row.get(names.NAME, "")
    return (
        row.keys().isdisjoint(OTHERS)
        and all(map(has_two_parts, texts))
        and max(map(len, own)) < LONGEST
    )


def has_two_parts(name: str) -> bool:
    """Whether a name is one 氏 and one 名 at most."""
    return _BOTH not in name and len(name.split()) <= 2


def of_contact(row: Row) -> set[Key]:
    """(kind, key) of the telephone numbers in a row of 連絡先."""
    numbers = (folding.fold_digits(text) for item, text in row.items() if item.startswith(_PHONE))
    return {(_PHONE_KIND, number[:LONGEST]) for number in numbers if number}


def _of_row(row: Row) -> Iterator[Key]:
    for kind, items in ((_KANA_ALSO, _READINGS), (_NAME_ALSO, _NAMES)):
        for item in items:
            if row.get(item):
                yield from ((kind, key) for key in _of_name(row[item]))
    for kind, (former, present) in zip((_KANA_ALSO, _NAME_ALSO), _FORMER, strict=True):
        if row.get(former):
            given = "".join(row.get(present, "").split()[1:])
            yield kind, folding.fold_name(f"{row[former]} {given}")
    street = folding.fold_place(row.get("住所_町字", ""), row.get("住所_番地号表記", ""))
    yield _ADDRESS, street
    yield _ADDRESS, folding.fold_address(row.get("住所_方書", ""))


def _of_name(text: str) -> Iterator[str]:
    """The name, and what follows each of its spaces (名 alone finds too, 標準仕様書 2.1.2)."""
    for name in text.split(_BOTH):
        yield folding.fold_name(name)
        parts = name.split()
        for place in range(1, min(len(parts), _MOST_PARTS)):
            yield folding.fold("".join(parts[place:]))
