"""Change sets on a catalogue document: differ, merge, and name what both sides changed (pure).

A change set is {"section/code": new object, or None where it goes away}.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Changes = dict[str, Any]
_ABSENT: Any = object()


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
    """What both sides did to an object, together; None where both changed the same in another way.

    Of an event's procedures it is what either side put in or took out.
    """
    before, theirs, mine = entry(base, key), entry(latest, key), changes[key]
    if not (before and theirs and mine):
        return None
    if place_of(key)[0] != "events" or _without_list(mine) != _without_list(before):
        return _joined(before, theirs, mine)
    gone = set(before["procedures"]) - set(mine["procedures"])
    kept = [code for code in theirs["procedures"] if code not in gone]
    new = [code for code in mine["procedures"] if code not in before["procedures"]]
    return {**theirs, "procedures": list(dict.fromkeys([*kept, *new]))}


def _joined(
    before: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Field by field what one side changed; a field is taken whole, but `per_event` by its fields."""
    result = dict(theirs)
    for name in dict.fromkeys((*before, *theirs, *mine)):
        was, other, own = (side.get(name, _ABSENT) for side in (before, theirs, mine))
        if own in (was, other):
            continue
        if other != was:
            parts = [{} if side is _ABSENT else side for side in (was, other, own)]
            nested = _per_event(*parts) if name == "per_event" else None
            if nested is None:
                return None
            own = nested
        if own is _ABSENT:
            del result[name]
        else:
            result[name] = own
    return result


def _per_event(was: Any, other: Any, own: Any) -> dict[str, Any] | None:
    joined = {
        event: _joined(was.get(event, {}), other.get(event, {}), own.get(event, {}))
        for event in dict.fromkeys((*was, *other, *own))
    }
    if None in joined.values():
        return None
    return {event: each for event, each in joined.items() if each}


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
