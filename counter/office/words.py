"""How a procedure, its rule and its facts are told on the office's screens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lifeevents import editions, per_event, wording
from lifeevents.editions import Edition
from lifeevents.entries import Catalogue
from lifeevents.rules.check import facts_read
from lifeevents.rules.sentences import Clause, clause
from lifeevents.rules.tree import parse

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slot:
    """One rule of a procedure: its own, one it has in one life event, or a document's condition."""

    name: str
    title: str | Promise
    clause: Clause
    is_always: bool


@dataclass(frozen=True, slots=True)
class Used:
    """One fact a procedure needs, and where it comes from."""

    label: str
    source: str
    question: str
    key: str


def rule(entry: Entry, edition: Edition) -> Slot:
    """The rule of a procedure."""
    return _slot("rule", _("この手続が必要になる条件"), entry["rule"], edition)


def views(entry: Entry, edition: Edition) -> list[tuple[str, str]]:
    """The life events that may have a procedure their own way, with their names, in order."""
    found = {*entry["events"], *entry.get(per_event.PER_EVENT, {})} & edition.document[
        "events"
    ].keys()
    named = ((code, edition.document["events"][code]) for code in found)
    ordered = sorted(named, key=lambda each: (not each[1]["offered"], each[1]["order"]))
    return [(code, event["name"]) for code, event in ordered]


def differences(entry: Entry, edition: Edition) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """What life events have their own way: the event, its name, and what differs in words."""
    return [
        (event, name, list(wording.differing("procedures", entry, event, edition)))
        for event, name in views(entry, edition)
        if per_event.own(entry, event)
    ]


def documents(entry: Entry, edition: Edition) -> list[dict[str, Any]]:
    """持ち物, each with the slot of its condition."""
    return [
        {
            "name": document["name"],
            "slot": _slot(
                f"documents/{place}/when",
                format_lazy(_("「{name}」が必要な場合"), name=document["name"]),
                document.get("when", True),
                edition,
            ),
        }
        for place, document in enumerate(entry["documents"])
    ]


def rows(entry: Entry, edition: Edition) -> dict[str, str]:
    """A procedure's texts and settings in words, by their label."""
    return wording.tell("procedures", entry, edition)


def used(code: str, edition: Edition) -> list[Used]:
    """The facts a procedure's rule, documents and deadline need, those asked for last."""
    catalogue = editions.catalogue(edition)
    vocabulary = editions.vocabulary(edition)
    found = [
        Used(
            label=vocabulary[key].label,
            source=vocabulary[key].source,
            question=catalogue.questions[key].text if key in catalogue.questions else "",
            key=key,
        )
        for key in sorted(_facts(code, edition, catalogue))
        if key in vocabulary and key not in catalogue.derived
    ]
    return sorted(found, key=lambda each: (bool(each.question), each.source, each.label))


def events_of(code: str, edition: Edition) -> list[str]:
    """The offered life events in which a procedure can be proposed."""
    catalogue = editions.catalogue(edition)
    return [
        event.code
        for event in sorted(catalogue.events.values(), key=lambda each: each.order)
        if any(each.code == code for each in catalogue.procedures_of(event.code))
    ]


def _slot(name: str, title: str | Promise, tree: Any, edition: Edition) -> Slot:
    read = clause(tree, wording.names(edition))
    return Slot(name, title, read, read.kind == "always")


def _facts(code: str, edition: Edition, catalogue: Catalogue) -> set[str]:
    """What is read, derived facts looked through."""
    entry = edition.document["procedures"][code]
    waiting = {entry["deadline"].get("from", {}).get("fact", "")} - {""}
    for tree in _trees(entry):
        waiting |= facts_read(parse(tree))
    reached: set[str] = set()
    while waiting:
        key = waiting.pop()
        if key not in reached:
            reached.add(key)
            derived = catalogue.derived.get(key)
            waiting |= facts_read(derived.stated) if derived else set()
    return reached


def _trees(entry: Entry) -> Iterator[Any]:
    yield entry["rule"]
    yield from (each["when"] for each in entry["documents"] if "when" in each)
    yield from (own["rule"] for own in entry.get(per_event.PER_EVENT, {}).values() if "rule" in own)
