"""The letter to check: what will be handed in, person by person; one row may stand open to be corrected."""

from __future__ import annotations

from collections.abc import Mapping
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
        "sections": [_folded(s) for s in answers.check_rows(sitting.sections, form_of, {})],
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


def _folded(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section whose numbers of other ledgers, marks and empty boxes are folded away."""
    shown = [row for row in section["rows"] if row.form or not _is_inner(row)]
    inner = [row for row in section["rows"] if not (row.form or not _is_inner(row))]
    filled = [row for row in section["folded"] if row.row.text]
    return {**section, "rows": shown, "folded": [*inner, *filled]}


def _is_inner(row: Row) -> bool:
    fact = row.row.fact
    return "." in fact and not fact.startswith(PLAIN)
