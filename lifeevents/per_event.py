"""An entry as one life event has it: what the archive's `per_event` lays over the entry itself (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lifeevents.catalogue_files import PER_EVENT

Entry = Mapping[str, Any]
SHARED = (PER_EVENT, "events")
"""What no event has its own way."""


def own(entry: Entry, event: str) -> dict[str, Any]:
    """What an event has its own way; nothing for the entry itself (event "")."""
    return dict(entry.get(PER_EVENT, {}).get(event, {}))


def seen(entry: Entry, event: str) -> dict[str, Any]:
    """The entry as an event has it; the entry itself for event ""."""
    if not event:
        return dict(entry)
    return {**{name: entry[name] for name in entry if name != PER_EVENT}, **own(entry, event)}


def put(entry: Entry, event: str, changed: Entry) -> dict[str, Any]:
    """The entry, changed for one event only (event "": for all that have no way of their own).

    What is as in the entry itself is not the event's own any more.
    """
    if not event:
        return dict(changed)
    differing = {
        name: value
        for name, value in changed.items()
        if name not in SHARED and (name not in entry or entry[name] != value)
    }
    return _with(entry, event, differing)


def shared_again(entry: Entry, event: str, names: Collection[str]) -> dict[str, Any]:
    """The entry with these no longer the event's own."""
    left = {name: value for name, value in own(entry, event).items() if name not in names}
    return _with(entry, event, left)


def _with(entry: Entry, event: str, differing: Entry) -> dict[str, Any]:
    others = {code: each for code, each in entry.get(PER_EVENT, {}).items() if code != event}
    laid = {**others, event: dict(differing)} if differing else others
    result = {name: value for name, value in entry.items() if name != PER_EVENT}
    return {**result, PER_EVENT: laid} if laid else result
