"""The catalogue archive: one immutable JSON document, loaded, digested and read into entries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from lifeevents import catalogue_files, per_event
from lifeevents.catalogue_files import ArchiveRefused
from lifeevents.entries import (
    Card,
    Catalogue,
    Choice,
    Department,
    Derived,
    Document,
    Event,
    Inclusion,
    Procedure,
    Question,
    Role,
    Wording,
)
from lifeevents.paper_entries import Paper, PaperField, PaperRows
from lifeevents.rules.deadline import Deadline
from lifeevents.rules.nodes import And, Expr, FactOf, Or
from lifeevents.rules.tree import RuleError, parse
from residents.facts import FactType

__all__ = [
    "ArchiveRefused",
    "Card",
    "Catalogue",
    "Choice",
    "Department",
    "Derived",
    "Document",
    "Event",
    "Inclusion",
    "Paper",
    "PaperField",
    "PaperRows",
    "Procedure",
    "Question",
    "Role",
    "digest",
    "load",
    "read",
]

Entry = Mapping[str, Any]
T = TypeVar("T")
UNCOUNTED = {"fact": "", "of": "self"}


def load(folder: Path) -> dict[str, Any]:
    """A folder's files as one document. Raises ArchiveRefused, also when two files use one code."""
    return catalogue_files.merge(folder)


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document's canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read(document: Mapping[str, Any]) -> Catalogue:
    """The document's entries. Raises ArchiveRefused naming the key and the mistake in Japanese."""
    mistakes = catalogue_files.mistakes(document)
    if mistakes:
        raise ArchiveRefused(mistakes)
    reading = _Reading(document, document["questions"])
    reading.mistakes += _circles(document["events"])
    catalogue = Catalogue(
        departments=reading.each("departments", _department),
        events=reading.each("events", _event),
        procedures=reading.each("procedures", _procedure),
        questions=reading.each("questions", _question),
        derived=reading.each("derived", _derived),
        papers=reading.each("papers", _paper),
        cards=reading.each("cards", _card),
        situations=document.get("situations", {}),
        wordings={code: _wording(code, document, reading.mistakes) for code in document["events"]},
    )
    if reading.mistakes:
        raise ArchiveRefused(reading.mistakes)
    return catalogue


class _Reading:
    """One document being read; collects the rules that cannot be parsed, by their key."""

    def __init__(self, document: Mapping[str, Any], questions: Mapping[str, Any]) -> None:
        self.document = document
        self.questions = questions
        self.mistakes: list[str] = []

    def each(self, section: str, build: Callable[[str, Entry, _Reading], T]) -> dict[str, T]:
        """A section's entries, built."""
        entries = self.document.get(section, {})
        return {code: build(code, entry, self) for code, entry in entries.items()}

    def tree(self, source: object, place: str) -> Expr:
        """A rule; False, with the mistake noted, when it cannot be parsed."""
        try:
            return parse(source)
        except RuleError as error:
            self.mistakes.append(f"{place} {error.path}: {error.message}")
            return parse(False)

    def asked(self, key: str) -> bool:
        """Whether a question asks for this fact."""
        return key in self.questions


def _circles(events: Mapping[str, Entry]) -> list[str]:
    """Events that inherit from themselves, which nobody could list."""
    included = {
        code: {each["event"] for each in event.get("includes", ())}
        for code, event in events.items()
    }
    reached = dict(included)
    for _ in events:
        reached = {
            code: found.union(*(included.get(each, set()) for each in found))
            for code, found in reached.items()
        }
    return [
        f"events → {code}: 引き継ぐライフイベントが自分自身に戻ります。"
        for code, found in reached.items()
        if code in found
    ]


def _wording(event: str, document: Mapping[str, Any], mistakes: list[str]) -> Wording:
    worded = per_event.worded(document, event)
    reading = _Reading(worded, document["questions"])
    procedures = reading.each("procedures", _procedure)
    questions = reading.each("questions", _question)
    wording = Wording(procedures, questions, reading.each("derived", _derived))
    mistakes += reading.mistakes
    return wording


def _department(code: str, entry: Entry, reading: _Reading) -> Department:
    return Department(code, entry["name"], entry["place"], entry["order"])


def _event(code: str, entry: Entry, reading: _Reading) -> Event:
    place = f"events → {code}"
    return Event(
        code=code,
        name=entry["name"],
        order=entry["order"],
        common=entry["common"],
        offered=entry["offered"],
        description=entry["description"],
        subject_role=entry["subject_role"],
        procedures=tuple(entry["procedures"]),
        asks={group: asked["card"] for group, asked in entry.get("asks", {}).items()},
        roles={
            name: Role(
                role["over"],
                reading.tree(role["where"], f"{place} → {name}"),
                **{key: role[key] for key in ("relation", "many", "maybe") if key in role},
            )
            for name, role in entry.get("roles", {}).items()
        },
        includes=tuple(
            Inclusion(each["event"], reading.tree(each["guard"], f"{place} → guard"))
            for each in entry.get("includes", ())
        ),
        starts_from=entry.get("starts_from", "parent"),
        online=entry.get("online") or "",
    )


def _procedure(code: str, entry: Entry, reading: _Reading) -> Procedure:
    place = f"procedures → {code}"
    deadline, counted_of = _deadline(entry["deadline"])
    return Procedure(
        code=code,
        name=entry["name"],
        summary=entry["summary"],
        for_=entry["for"],
        events=tuple(entry["events"]),
        rule=reading.tree(entry["rule"], f"{place} → rule"),
        effective_from=_day(entry["effective"]["from"]),
        effective_until=_day(entry["effective"]["until"]),
        law=entry["law"],
        sources=tuple(entry["sources"]),
        verified=entry["verified"],
        law_verified=entry.get("law_verified", False),
        local=entry.get("local", False),
        deadline=deadline,
        deadline_of=counted_of,
        department=entry["department"],
        documents=tuple(
            Document(
                each["name"],
                reading.tree(each["when"], f"{place} → documents") if "when" in each else None,
            )
            for each in entry["documents"]
        ),
        papers=tuple(entry["papers"]),
        online=entry["online"],
        kind=entry["kind"],
        requires=tuple(entry["requires"]),
    )


def _deadline(entry: Entry) -> tuple[Deadline, str]:
    counted = entry.get("from", UNCOUNTED)
    deadline = Deadline(
        from_fact=counted["fact"],
        text=entry["text"],
        days=entry.get("days"),
        months=entry.get("months", 0),
        years=entry.get("years", 0),
        count_first_day=entry.get("count_first_day", False),
        roll_to_open_day=entry.get("roll_to_open_day", False),
    )
    return deadline, counted["of"]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _question(fact: str, entry: Entry, reading: _Reading) -> Question:
    given = {name: entry[name] for name in ("help", "unit", "card", "max_length") if name in entry}
    return Question(
        fact=fact,
        of=entry["of"],
        text=entry["text"],
        type=FactType(entry["type"]),
        label=entry["label"],
        category=entry["category"],
        choices=tuple(Choice(each["value"], each["label"]) for each in entry.get("choices", ())),
        order=entry["order"],
        required_for_paper=entry.get("required_for_paper", False),
        **given,
    )


def _derived(key: str, entry: Entry, reading: _Reading) -> Derived:
    stated = reading.tree(entry["rule"], f"derived → {key}")
    return Derived(
        key=key,
        of=entry["of"],
        type=FactType(entry["type"]),
        label=entry["label"],
        category=entry.get("category", "basic"),
        rule=_asked_where_open(key, stated) if reading.asked(key) else stated,
        stated=stated,
    )


def _asked_where_open(key: str, stated: Expr) -> Expr:
    """A derived fact that is also asked for names itself as missing while it cannot be derived.

    `(key and stated) or stated` is `stated` in all three values: a fact read inside its own derivation
    is unknown. So one question about the fact replaces many about what it follows from.
    """
    return Or((And((FactOf(key), stated)), stated))


def _paper(code: str, entry: Entry, reading: _Reading) -> Paper:
    return Paper(
        code=code,
        title=entry["title"],
        form_number=entry.get("form_number", ""),
        layout=entry["layout"],
        department=entry["department"],
        addressee=entry.get("addressee", "mayor"),
        per=entry["per"],
        size=entry.get("size", "A4"),
        fields=tuple(PaperField(**field) for field in entry["fields"]),
        rows=tuple(
            PaperRows(
                key=table["key"],
                label=table.get("label", ""),
                over=table["over"],
                max=table.get("max", 6),
                where=table.get("where", ""),
                fields=tuple(PaperField(**field) for field in table["fields"]),
            )
            for table in entry.get("rows", ())
        ),
    )


def _card(code: str, entry: Entry, _reading: _Reading) -> Card:
    return Card(code, entry["title"], entry.get("help", ""))
