"""Snapshots: the values frozen at signature. Papers and handovers use only these, through door.look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone

from consent import door, engagements
from consent.actors import Actor
from consent.door import Sight
from consent.models import AccessEntry
from consent.protection import is_masked
from lifeevents.checklist import checklist
from lifeevents.models import Bundle, Snapshot
from lifeevents.opened import TOWN, Opened
from lifeevents.prefill import Cell, FilledPaper
from residents.facts import Known, Source


def freeze(opened: Opened) -> dict[str, Any]:
    """The plain JSON of a bundle at signature: papers, checklist, counts, and what guards each value."""
    bundle, world = opened.bundle, opened.situation.world
    applicants = world.groups["applicant"]
    name = world.fact("name", applicants[0]) if applicants else None
    cells = [cell for filled in opened.filled for cell in filled.all_cells()]
    return {
        "number": bundle.number,
        "event": opened.event.name,
        "on": bundle.on.isoformat(),
        "office": bundle.office,
        "town": {"name": TOWN, "mayor": f"{TOWN}長"},
        "applicant": name.value if isinstance(name, Known) else "",
        "qr": bundle.number,
        "training": False,
        "checklist": checklist(opened),
        "papers": [_paper(filled, opened) for filled in opened.filled],
        "counts": count(cells),
        "subjects": _subjects(cells, opened),
    }


def content(
    bundle: Bundle, *, by: Actor, action: AccessEntry.Action = AccessEntry.Action.PRINT
) -> dict[str, Any]:
    """The frozen content of a finished bundle as today's permission and protection let `by` see it.

    Stands on a fresh, short engagement with the bundle's purpose, and writes one AccessEntry.
    """
    ground = engagements.reopen(bundle.engagement, by=by)
    snapshot = Snapshot.objects.get(pk=bundle.pk).content
    held = {UUID(ref): categories for ref, categories in snapshot["subjects"].items()}
    sights = door.look(held, engagement=ground.pk, by=by, action=action)
    engagements.close(ground.pk)
    for paper in snapshot["papers"]:
        for cells in (paper["cells"], *(row for rows in paper["rows"].values() for row in rows)):
            for cell in cells.values():
                _mask(cell, sights)
    return {**snapshot, "printed_at": timezone.localtime().isoformat(timespec="minutes")}


def count(cells: list[Cell]) -> dict[str, int]:
    """Fields of all papers, how many of them were filled, and how many of those from what is held."""
    fields = [cell for cell in cells if cell.state != "blank"]
    known = [cell for cell in fields if cell.origin is not None]
    held = [cell for cell in known if cell.origin and cell.origin.source is not Source.ANSWER]
    return {"fields": len(fields), "filled": len(known), "prefilled": len(held)}


def _mask(cell: dict[str, Any], sights: Mapping[UUID, Sight]) -> None:
    guard = cell.get("guard")
    if not guard:
        return
    sight = sights[UUID(guard["ref"])]
    hidden = "withheld" if guard["category"] not in sight.categories else ""
    if sight.masked and is_masked(guard["fact"]):
        hidden = "protected"
    if hidden:
        cell.update(state=hidden, text="", kana="", value=None)


def _paper(filled: FilledPaper, opened: Opened) -> dict[str, Any]:
    paper = filled.paper
    subject = opened.situation.world.people.get(filled.subject)
    return {
        "code": paper.code,
        "procedure": filled.procedure,
        "title": paper.title,
        "form_number": paper.form_number,
        "department": paper.department,
        "department_name": opened.catalogue.departments[paper.department].name,
        "layout": paper.layout,
        "addressee": f"{TOWN}長" if paper.addressee == "mayor" else paper.addressee,
        "subject": subject.label if subject else "",
        "subject_id": filled.subject,
        "cells": {cell.key: _cell(cell, opened) for cell in filled.cells},
        "rows": {
            key: [{cell.key: _cell(cell, opened) for cell in row} for row in rows]
            for key, rows in filled.rows
        },
    }


def _cell(cell: Cell, opened: Opened) -> dict[str, Any]:
    vocabulary = opened.situation.world.vocabulary
    return {
        "label": cell.label,
        "state": "pen" if cell.state == "dont_know" else cell.state,
        "print": cell.print,
        "text": cell.text.text,
        "kana": cell.text.kana,
        "value": cell.text.raw,
        "origin": cell.origin.label if cell.origin else "",
        "guard": {
            "ref": str(cell.guard.ref),
            "fact": cell.guard.fact,
            "category": vocabulary[cell.guard.fact].category,
        }
        if cell.guard and cell.state == "known"
        else None,
    }


def _subjects(cells: list[Cell], opened: Opened) -> dict[str, list[str]]:
    vocabulary = opened.situation.world.vocabulary
    held = defaultdict(set)
    for cell in cells:
        if cell.guard:
            held[str(cell.guard.ref)].add(vocabulary[cell.guard.fact].category)
    return {ref: sorted(categories) for ref, categories in held.items()}
