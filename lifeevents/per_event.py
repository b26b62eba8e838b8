"""An entry as one life event has it: what the archive's `per_event` lays over the entry itself (pure).

An event has what it inherits from another the other's way, until it has a way of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

Entry = Mapping[str, Any]
Document = Mapping[str, Any]
PER_EVENT = "per_event"
WORDED = ("procedures", "questions", "derived")
"""The sections of a document whose entries an event may have its own way."""
SHARED = (PER_EVENT, "events")
"""What no event has its own way."""


def own(entry: Entry, event: str) -> dict[str, Any]:
    """What an event has its own way; nothing for the entry itself (event "")."""
    return dict(entry.get(PER_EVENT, {}).get(event, {}))


def seen(entry: Entry, event: str, document: Document) -> dict[str, Any]:
    """The entry as an event of the document has it; the entry itself for event ""."""
    return _laid(entry, (*_inherited(event, document), event)) if event else dict(entry)


def worded(document: Document, event: str) -> dict[str, dict[str, Any]]:
    """The entries an event, or one it inherits from, has its own way; by section and code."""
    ways = {*_inherited(event, document), event}
    return {
        section: {
            code: seen(entry, event, document)
            for code, entry in document.get(section, {}).items()
            if not ways.isdisjoint(entry.get(PER_EVENT, ()))
        }
        for section in WORDED
    }


def put(entry: Entry, event: str, changed: Entry, document: Document) -> dict[str, Any]:
    """The entry, changed for one event only (event "": for all that have no way of their own).

    What is as the event would have it anyway is not its own any more.
    """
    if not event:
        return dict(changed)
    anyway = _laid(entry, _inherited(event, document))
    differing = {
        name: value
        for name, value in changed.items()
        if name not in SHARED and (name not in anyway or anyway[name] != value)
    }
    return _with(entry, event, differing)


def shared_again(entry: Entry, event: str, names: Collection[str]) -> dict[str, Any]:
    """The entry with these no longer the event's own."""
    left = {name: value for name, value in own(entry, event).items() if name not in names}
    return _with(entry, event, left)


def _inherited(event: str, document: Document) -> tuple[str, ...]:
    included = document["events"].get(event, {}).get("includes", ())
    return tuple(each["event"] for each in included)


def _laid(entry: Entry, events: Iterable[str]) -> dict[str, Any]:
    """The entry with what these events have their own way, a later one over an earlier."""
    found = {name: value for name, value in entry.items() if name != PER_EVENT}
    for event in events:
        found |= own(entry, event)
    return found


def _with(entry: Entry, event: str, differing: Entry) -> dict[str, Any]:
    others = {code: each for code, each in entry.get(PER_EVENT, {}).items() if code != event}
    laid = {**others, event: dict(differing)} if differing else others
    result = {name: value for name, value in entry.items() if name != PER_EVENT}
    return {**result, PER_EVENT: laid} if laid else result
