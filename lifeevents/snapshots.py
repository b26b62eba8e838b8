"""Snapshots: the values frozen at signature. Papers and handovers use only these, through door.look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent import door, engagements
from consent.actors import Actor
from consent.door import Sight
from consent.models import AccessEntry
from consent.protection import is_masked
from lifeevents import bundles
from lifeevents.checklist import checklist
from lifeevents.guards import guards_of
from lifeevents.models import Bundle, Snapshot, Submission
from lifeevents.opened import TOWN, Opened
from lifeevents.people import label_of
from lifeevents.prefill import Cell, FilledPaper
from residents.facts import Known, Source

Json = dict[str, Any]


class NotFrozen(Exception):
    """Nothing of this bundle was signed or handed in yet."""


def freeze(opened: Opened) -> Json:
    """The plain JSON of a bundle at signature: papers, checklist, counts, and what guards each value."""
    bundle, world = opened.bundle, opened.situation.world
    applicants = world.groups["applicant"]
    name = world.fact("name", applicants[0]) if applicants else None
    cells = [cell for filled in opened.filled for cell in filled.all_cells()]
    content = {
        "number": bundle.number,
        "event": opened.event.name,
        "on": bundle.on.isoformat(),
        "printed_at": _now(),
        "office": bundle.office,
        "town": {"name": TOWN, "mayor": f"{TOWN}長"},
        "applicant": name.value if isinstance(name, Known) else "",
        "applicant_id": applicants[0] if applicants else "",
        "training": False,
        "checklist": checklist(opened),
        "papers": [_paper(filled, opened) for filled in opened.filled],
        "counts": count(cells),
        "names": {
            key: [guard.as_dict() for guard in guards_of("name", key, opened.situation)]
            for key in world.people
        },
    }
    return {**content, "subjects": subjects_of(content)}


def content(
    bundle: Bundle, *, by: Actor, action: AccessEntry.Action = AccessEntry.Action.PRINT
) -> Json:
    """The frozen content of a bundle as today's permission and protection let `by` see it.

    It is what was signed; before that, what a resident handed in online. Stands on a fresh, short
    engagement with the bundle's purpose, and writes one AccessEntry. Raises NotFrozen, or NotYours
    where the bundle is not this actor's to see.
    """
    bundles.refuse_others(bundle, by=by)
    signed = Snapshot.objects.filter(pk=bundle.pk).first()
    frozen = signed or Submission.objects.filter(pk=bundle.pk).first()
    if frozen is None:
        raise NotFrozen
    snapshot = frozen.content
    ground = engagements.reopen(bundle.engagement, by=by)
    held = {UUID(ref): categories for ref, categories in snapshot["subjects"].items()}
    sights = door.look(held, engagement=ground.pk, by=by, action=action)
    engagements.close(ground.pk)
    _mask(snapshot, sights)
    return {**snapshot, "printed_at": _now()}


def _now() -> str:
    return timezone.localtime().isoformat(timespec="minutes")


def count(cells: list[Cell]) -> dict[str, int]:
    """Fields of all papers, how many of them were filled, and how many of those from what is held."""
    fields = [cell for cell in cells if cell.state != "blank"]
    known = [cell for cell in fields if cell.origin is not None]
    held = [cell for cell in known if cell.origin and cell.origin.source is not Source.ANSWER]
    return {"fields": len(fields), "filled": len(known), "prefilled": len(held)}


def _mask(snapshot: Json, sights: Mapping[UUID, Sight]) -> None:
    for cell in cells_of(snapshot):
        hidden = _hidden(cell["guards"], sights)
        if hidden:
            cell.update(state=hidden, text="", kana="", value=None)
    for item in _items(snapshot):
        reasons = zip(item["because"], item["because_guards"], strict=True)
        item["because"] = [text for text, guards in reasons if not _hidden(guards, sights)]
    names = snapshot["names"]
    for named in (*snapshot["papers"], *_items(snapshot)):
        if _hidden(names.get(named["subject_id"], ()), sights):
            named["subject"] = ""
    if _hidden(names.get(snapshot["applicant_id"], ()), sights):
        snapshot["applicant"] = ""


def _hidden(guards: Iterable[Mapping[str, str]], sights: Mapping[UUID, Sight]) -> str:
    """Why a value may not be shown today (protected, withheld), or ""."""
    withheld = False
    for guard in guards:
        sight = sights[UUID(guard["ref"])]
        if sight.masked and is_masked(guard["fact"]):
            return "protected"
        withheld = withheld or guard["category"] not in {"", *sight.categories}
    return "withheld" if withheld else ""


def cells_of(snapshot: Json) -> Iterator[Json]:
    """Every cell of a snapshot's papers, the rows' cells too."""
    for paper in snapshot["papers"]:
        yield from paper["cells"].values()
        for rows in paper["rows"].values():
            for row in rows:
                yield from row.values()


def _items(snapshot: Json) -> Iterator[Json]:
    for department in snapshot["checklist"]:
        yield from department["items"]


def _paper(filled: FilledPaper, opened: Opened) -> Json:
    paper = filled.paper
    return {
        "code": paper.code,
        "procedure": filled.procedure,
        "title": paper.title,
        "form_number": paper.form_number,
        "department": paper.department,
        "department_name": opened.catalogue.departments[paper.department].name,
        "layout": paper.layout,
        "addressee": f"{TOWN}長" if paper.addressee == "mayor" else paper.addressee,
        "subject": label_of(filled.subject, opened),
        "subject_id": filled.subject,
        "cells": {cell.key: _cell(cell) for cell in filled.cells},
        "rows": {
            key: [{cell.key: _cell(cell) for cell in row} for row in rows]
            for key, rows in filled.rows
        },
    }


def _cell(cell: Cell) -> Json:
    return {
        "label": cell.label,
        "state": "pen" if cell.state == "dont_know" else cell.state,
        "required": cell.required,
        "print": cell.print,
        "text": cell.text.text,
        "kana": cell.text.kana,
        "value": cell.text.raw,
        "origin": cell.origin.label if cell.origin else "",
        "guards": [guard.as_dict() for guard in cell.guards],
    }


def subjects_of(content: Json) -> dict[str, list[str]]:
    """{ref: categories} of everything the snapshot tells, for door.look."""
    guards = [guard for cell in cells_of(content) for guard in cell["guards"]]
    guards += [
        guard for item in _items(content) for told in item["because_guards"] for guard in told
    ]
    guards += [guard for told in content["names"].values() for guard in told]
    held: defaultdict[str, set[str]] = defaultdict(set)
    for guard in guards:
        held[guard["ref"]] |= {guard["category"]} - {""}
    return {ref: sorted(categories) for ref, categories in held.items()}
