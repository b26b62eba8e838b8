"""Taking over another town's catalogue archive: what is new, what collides, and what to do then (pure).

Nothing of one's own goes away: objects the archive does not have stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lifeevents.changes import Changes, Document, difference, entry, key_of, place_of

SKIP, REPLACE, COPY = CHOICES = ("skip", "replace", "copy")
COPIED = "（取込）"
Decide = Callable[[str], str]


def collisions(latest: Document, archive: Document) -> list[str]:
    """The objects both have, differently; an event whose list alone differs does not collide."""
    return [
        key
        for key, theirs in difference(latest, archive).items()
        if theirs is not None and _differs(key, entry(latest, key), theirs)
    ]


def taken_over(latest: Document, archive: Document, decide: Decide) -> Changes:
    """The changes that bring the archive in; `decide` says skip, replace or copy for each collision.

    Only procedures can be copied beside one's own; anything else is then left as it is. New and
    copied procedures enter the events that list them in the archive.
    """
    decided = {key: decide(key) for key in collisions(latest, archive)}
    changed: Changes = {}
    copies: dict[str, str] = {}
    for key, theirs in difference(latest, archive).items():
        if theirs is None:
            continue
        choice = decided.get(key, REPLACE if entry(latest, key) is None else SKIP)
        if choice == REPLACE:
            changed[key] = theirs
        elif choice == COPY and place_of(key)[0] == "procedures":
            code = _free(place_of(key)[1], latest, archive)
            copies[place_of(key)[1]] = code
            changed[key_of("procedures", code)] = {**theirs, "name": theirs["name"] + COPIED}
    return {**changed, **_events(latest, archive, changed, copies)}


def _events(
    latest: Document, archive: Document, changed: Mapping[str, Any], copies: Mapping[str, str]
) -> Changes:
    """The events with their own procedures, then those of the archive that are there now."""
    found = {}
    for code, theirs in archive.get("events", {}).items():
        key = key_of("events", code)
        ours = changed.get(key) or entry(latest, key)
        if ours is None:
            continue
        own = (entry(latest, key) or theirs)["procedures"]
        listed = [*own, *(c for c in theirs["procedures"] if _is_there(c, latest, changed))]
        listed += [copies[c] for c in theirs["procedures"] if c in copies]
        event = {**ours, "procedures": list(dict.fromkeys(listed))}
        if event != entry(latest, key):
            found[key] = event
    return found


def _is_there(code: str, latest: Document, changed: Mapping[str, Any]) -> bool:
    key = key_of("procedures", code)
    return key in changed or entry(latest, key) is not None


def _differs(key: str, ours: Any, theirs: Any) -> bool:
    if ours is None:
        return False
    if place_of(key)[0] != "events":
        return bool(ours != theirs)
    return {**ours, "procedures": []} != {**theirs, "procedures": []}


def _free(code: str, latest: Document, archive: Document) -> str:
    """A code neither side uses."""
    used = {*latest["procedures"], *archive["procedures"]}
    return next(name for n in range(2, 1000) if (name := f"{code}_{n}") not in used)
