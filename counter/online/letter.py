"""The letter to check: what will be handed in, person by person; one row may stand open to be corrected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from counter import answers
from counter.answers import Field, Row
from counter.online import steps
from counter.online.access import OnlineRequest
from counter.online.draft import back_from
from counter.online.page import show
from counter.online.questions import Errors
from lifeevents import handing_in
from lifeevents.online import Way
from lifeevents.sitting import CheckRow, Sitting
from residents import wareki

PLAIN = ("contact.",)
"""Of the facts of other ledgers, those a person reads the letter for; the rest are folded."""
PLACES = frozenset({"address", "postal_code", "previous_address", "new_address", "old_address"})
"""What is the same for everyone who lives together: read once, folded where it says nothing new."""


def show_letter(
    request: OnlineRequest, sitting: Sitting, way: Way, errors: Errors | None
) -> HttpResponse:
    """What is handed in and what is not, then every value, each with its way to correct it."""
    editing = request.POST.get("edit", "") if errors else request.GET.get("edit", "")

    def form_of(row: CheckRow) -> list[Field] | None:
        if not row.editable or answers.name_of(row) != editing:
            return None
        asked = [_for_picker(each) for each in answers.of_correction(row)]
        return answers.answered_again(asked, request.POST, errors) if errors else asked

    applicants = way.opened.situation.world.groups["applicant"]
    context: dict[str, Any] = {
        **steps.of(handing_in.checklist_of(way)),
        "bundle": sitting.bundle,
        "event": sitting.event,
        "who": sitting.people[applicants[0]].name,
        "sections": _folded(answers.check_rows(sitting.sections, form_of, {})),
        "back": back_from("", sitting, way),
        "title": _("内容の確認"),
    }
    return show(request, "online/check.html", context, status=422 if errors else 200)


def _for_picker(field: Field) -> Field:
    """A day as a date picker takes it; one that is not whole starts empty."""
    if field.look != "date":
        return field
    day = next(iter(wareki.readings(field.value)), None)
    return replace(field, value=day.isoformat() if day else "")


def _folded(sections: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Sections whose numbers of other ledgers, marks, empty boxes and repeated places are folded away."""
    read: set[str] = set()
    found = []
    for section in sections:
        shown: list[Row] = []
        inner: list[Row] = []
        for row in section["rows"]:
            is_place = row.row.fact in PLACES
            is_inner = _is_inner(row) or (is_place and row.row.text in read)
            (inner if is_inner and not row.form else shown).append(row)
            read |= {row.row.text} if is_place and row.row.text else set()
        filled = [row for row in section["folded"] if row.row.text]
        found.append({**section, "rows": shown, "folded": [*inner, *filled]})
    return [section for section in found if section["rows"] or section["folded"]]


def _is_inner(row: Row) -> bool:
    fact = row.row.fact
    return "." in fact and not fact.startswith(PLAIN)
