"""Change sets on a catalogue document: differ, merge, and name what both sides changed (pure).

A change set is {"section/code": new object, or None where it goes away}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Changes = dict[str, Any]


def key_of(section: str, code: str) -> str:
    """An object's key; a code may hold anything, a section no slash."""
    return f"{section}/{code}"


def place_of(key: str) -> tuple[str, str]:
    """The section and code of a key."""
    section, _, code = key.partition("/")
    return section, code


def entry(document: Document, key: str) -> Any:
    """The object of a key, or None."""
    section, code = place_of(key)
    return document.get(section, {}).get(code)


def merged(document: Document, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the changes made; new objects stand last in their section."""
    result = {section: dict(entries) for section, entries in document.items()}
    for key, new in changes.items():
        section, code = place_of(key)
        if new is None:
            result.get(section, {}).pop(code, None)
        else:
            result.setdefault(section, {})[code] = new
    return result


def difference(old: Document, new: Document) -> Changes:
    """The changes that make `new` of `old`."""
    return {key: entry(new, key) for key in _keys(old, new) if entry(old, key) != entry(new, key)}


def conflicts(base: Document, latest: Document, changes: Mapping[str, Any]) -> list[str]:
    """The keys both sides changed since `base`, and not in the same way."""
    return [
        key for key, mine in changes.items() if entry(latest, key) not in (entry(base, key), mine)
    ]


def both(base: Document, latest: Document, changes: Mapping[str, Any], key: str) -> Any:
    """An event with the procedures both sides put in or took out; None where that cannot be said."""
    before, theirs, mine = entry(base, key), entry(latest, key), changes[key]
    if place_of(key)[0] != "events" or not (before and theirs and mine):
        return None
    if _without_list(mine) != _without_list(before):
        return None
    gone = set(before["procedures"]) - set(mine["procedures"])
    kept = [code for code in theirs["procedures"] if code not in gone]
    new = [code for code in mine["procedures"] if code not in before["procedures"]]
    return {**theirs, "procedures": list(dict.fromkeys([*kept, *new]))}


def _without_list(event: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name != "procedures"}


def _keys(*documents: Document) -> Iterator[str]:
    found = {
        key_of(section, code): None
        for document in documents
        for section, entries in document.items()
        for code in entries
    }
    yield from found
