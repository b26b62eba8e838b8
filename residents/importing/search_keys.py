"""What one person is found by, folded: every name, reading and address they have or had; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from residents import folding, names
from residents.models import SearchKey

_READINGS = (names.KANA, names.ALIAS_KANA)
_NAMES = (names.NAME, names.ALIAS, names.ROMAN, names.KANJI)
_FORMER = ((names.FORMER_KANA, names.KANA), (names.FORMER, names.NAME))
_ALSO = {
    SearchKey.Kind.KANA.value: SearchKey.Kind.KANA_ALSO.value,
    SearchKey.Kind.NAME.value: SearchKey.Kind.NAME_ALSO.value,
}
_PHONE = "電話番号"
_MOST_PARTS = 6  # of one name; longer foreign names are found by their first parts

Row = Mapping[str, str]
Key = tuple[str, str]


def of_person(rows: Sequence[Row]) -> set[Key]:
    """(kind, key) of all rows of one person, the latest first.

    Today's 氏名 and 通称 are KANA and NAME; 名 alone, 旧氏 and what an older row says are *_ALSO.
    """
    keys = set(_of_names(rows[0], SearchKey.Kind.KANA, SearchKey.Kind.NAME))
    for row in rows:
        keys.update(_of_names(row, SearchKey.Kind.KANA_ALSO, SearchKey.Kind.NAME_ALSO))
        keys.update(_of_other_names(row))
        keys.update(_of_address(row))
    keys -= {(_ALSO[kind], key) for kind, key in keys if kind in _ALSO}
    return {key for key in keys if key[1]}


def of_contact(row: Row) -> set[Key]:
    """(kind, key) of the telephone numbers in a row of 連絡先."""
    numbers = (folding.fold_digits(text) for item, text in row.items() if item.startswith(_PHONE))
    return {(SearchKey.Kind.PHONE.value, number) for number in numbers if number}


def _of_names(row: Row, kana: SearchKey.Kind, name: SearchKey.Kind) -> Iterator[Key]:
    for kind, items in ((kana, _READINGS), (name, _NAMES)):
        for item in items:
            if row.get(item):
                yield kind.value, folding.fold(row[item])


def _of_other_names(row: Row) -> Iterator[Key]:
    """What follows each space (名 alone finds too, 標準仕様書 2.1.2), and 旧氏 with the 名."""
    kinds = (SearchKey.Kind.KANA_ALSO.value, SearchKey.Kind.NAME_ALSO.value)
    for kind, items in zip(kinds, (_READINGS, _NAMES), strict=True):
        for item in items:
            parts = row.get(item, "").split()
            for place in range(1, min(len(parts), _MOST_PARTS)):
                yield kind, folding.fold("".join(parts[place:]))
    for kind, (former, present) in zip(kinds, _FORMER, strict=True):
        if row.get(former):
            given = row.get(present, "").split()[1:]
            yield kind, folding.fold(row[former] + "".join(given))


def _of_address(row: Row) -> Iterator[Key]:
    street = row.get("住所_町字", "") + row.get("住所_番地号表記", "")
    for text in (street, row.get("住所_方書", "")):
        yield SearchKey.Kind.ADDRESS.value, folding.fold_address(text)
