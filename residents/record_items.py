"""Which place each item has in the text of a record (RecordItem), read once in a process."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db import connection, transaction

from residents import record_text
from residents.record_text import UnknownItem

_READ = "SELECT name FROM residents_recorditem ORDER BY position"
# The lock lets nobody else append meanwhile; whoever waited for it sees what was appended.
_APPEND = """
LOCK TABLE residents_recorditem IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO residents_recorditem (position, name)
SELECT (SELECT count(*) FROM residents_recorditem) + row_number() OVER (ORDER BY place) - 1, name
FROM unnest(%s::text[]) WITH ORDINALITY named (name, place)
WHERE NOT EXISTS (SELECT FROM residents_recorditem known WHERE known.name = named.name)
"""


@dataclass(frozen=True, slots=True)
class Items:
    """All items by their position, and the position of each."""

    names: tuple[str, ...]
    positions: Mapping[str, int]


_known: Items | None = None


def known() -> Items:
    """The items as this process last read them."""
    return _known or read()


def read() -> Items:
    """The items as they are now; remembered."""
    global _known  # noqa: PLW0603
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        names = tuple(name for (name,) in cursor.fetchall())
    positions = MappingProxyType({name: place for place, name in enumerate(names)})
    _known = Items(names, positions)
    return _known


def append_missing(names: Collection[str]) -> None:
    """Give items that have no position yet the next ones; an item keeps its position for ever."""
    now = read().positions
    missing = [name for name in names if name not in now]
    if not missing:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_APPEND, [missing])
    read()


def encode(record: Mapping[str, str]) -> str:
    """The text of a record. Raises UnknownItem for an item that no feed has brought yet."""
    try:
        return record_text.encode(record, known().positions)
    except UnknownItem:  # another process may have appended it
        return record_text.encode(record, read().positions)


def decode(text: str) -> dict[str, str]:
    """The record of a text."""
    try:
        return record_text.decode(text, known().names)
    except UnknownItem:
        return record_text.decode(text, read().names)
