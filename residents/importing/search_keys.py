"""What one person is found by, folded: every name, reading and address they have or had; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from residents import folding, names
from residents.models import SearchKey

_READINGS = (names.KANA, names.ALIAS_KANA)
_NAMES = (names.NAME, names.ALIAS, names.ROMAN, names.KANJI)
_FORMER = ((names.FORMER_KANA, names.KANA), (names.FORMER, names.NAME))
_PHONE = "電話番号"
_MOST_PARTS = 6  # of one name; longer foreign names are found by their first parts

Row = Mapping[str, str]
Key = tuple[str, str]


def of_person(rows: Iterable[Row]) -> set[Key]:
    """(kind, key) of all rows of one person, the latest and the older ones."""
    return {key for row in rows for key in (*_of_names(row), *_of_address(row)) if key[1]}


def of_contact(row: Row) -> set[Key]:
    """(kind, key) of the telephone numbers in a row of 連絡先."""
    numbers = (folding.fold_digits(text) for item, text in row.items() if item.startswith(_PHONE))
    return {(SearchKey.Kind.PHONE.value, number) for number in numbers if number}


def _of_names(row: Row) -> Iterator[Key]:
    for item in _READINGS:
        yield from _from_each_part(SearchKey.Kind.KANA, row.get(item, ""))
    for item in _NAMES:
        yield from _from_each_part(SearchKey.Kind.NAME, row.get(item, ""))
    kinds = (SearchKey.Kind.KANA, SearchKey.Kind.NAME)
    for kind, (former, present) in zip(kinds, _FORMER, strict=True):
        if row.get(former):
            given = row.get(present, "").split()[1:]
            yield kind.value, folding.fold(row[former] + "".join(given))


def _from_each_part(kind: SearchKey.Kind, name: str) -> Iterator[Key]:
    """The whole name, and what follows each space: 名 alone finds too (標準仕様書 2.1.2)."""
    parts = name.split()
    for place in range(min(len(parts), _MOST_PARTS)):
        yield kind.value, folding.fold("".join(parts[place:]))


def _of_address(row: Row) -> Iterator[Key]:
    street = row.get("住所_町字", "") + row.get("住所_番地号表記", "")
    for text in (street, row.get("住所_方書", "")):
        yield SearchKey.Kind.ADDRESS.value, folding.fold_address(text)
