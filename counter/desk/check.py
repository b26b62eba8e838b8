"""Step 4, 内容確認: every value of every paper once, corrected once, with the paper beside it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counter.desk import fields
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.fields import Field
from counter.desk.forms import VersionForm
from counter.desk.page import show_step
from lifeevents import bundles, replies
from lifeevents.answering import BadAnswers
from lifeevents.models import Bundle
from lifeevents.prefill import FilledPaper
from lifeevents.sitting import CheckRow, Sitting, sit
from residents.facts import FactType, Source

Errors = Mapping[tuple[str, str], str]
STATES = {
    "missing": gettext_lazy("空欄"),
    "dont_know": gettext_lazy("紙に書く"),
    "withheld": gettext_lazy("同意なし — 紙に書く"),
    "protected": gettext_lazy("支援措置 — 出しません"),
    "blank": gettext_lazy("空欄のまま"),
}
"""What stands in the place of an origin where there is no value."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value as the page shows it; `shows` are its places on the papers, `form` corrects it."""

    row: CheckRow
    origin: str
    look: str
    shows: str
    form: list[Field] | None

    @property
    def name(self) -> str:
        """How the row is named in addresses and forms; no personal data."""
        return _name(self.row)

    @property
    def is_minor(self) -> bool:
        """Whether it may be folded away: an empty box nobody must fill, a mark that follows from others."""
        is_mark = self.row.source == Source.DERIVED and self.row.type == FactType.BOOL
        return self.form is None and (self.row.state == "missing" or is_mark)

    @property
    def id(self) -> str:
        """An id for the page."""
        return re.sub(r"\W", "-", self.name)


def show(
    request: DeskRequest, bundle: Bundle, errors: Errors | None = None, *, focus: str = ""
) -> HttpResponse:
    """The step's page; `?edit=p1:name` opens a row for correction, `focus` returns to it.

    htmx gets that row alone.
    """
    sitting = sit(bundle, by=request.actor)
    editing = request.POST.get("edit", "") if errors else request.GET.get("edit", "")
    returning = request.GET.get("focus", "")

    def form_of(row: CheckRow) -> list[Field] | None:
        is_open = row.editable and _name(row) == editing
        return _correction(row, request, errors) if is_open else None

    sections = _sections(sitting, form_of)
    if request.htmx and request.method == "GET" and (wanted := editing or returning):
        return _row_alone(request, bundle, sections, wanted, returning)
    missing = _missing(sitting, request, None if editing else errors)
    if not (editing or focus or returning):
        missing = fields.with_focus(missing)
    context = {
        "missing": _by_person(missing, sitting),
        "missing_count": len(missing),
        "sections": sections,
        "papers": _papers(sitting),
        "focus": focus or returning,
    }
    status = 422 if errors else 200
    return show_step(request, sitting, "desk/check.html", context, status=status)


@staff(*WINDOW)
@require_POST
def correct(request: DeskRequest, number: str) -> HttpResponse:
    """Fill what was missing, or correct one value: once, on every paper."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return redirect("desk:bundle", number)
    try:
        replies.answer(
            bundle,
            fields.read(request.POST),
            version=form.cleaned_data["version"],
            by=request.actor,
            typed=fields.typed_characters(request.POST),
        )
    except BadAnswers as mistakes:
        return show(request, bundle, mistakes.messages)
    if request.htmx:
        return show(request, bundle, focus=request.POST.get("edit", ""))
    return redirect("desk:bundle", number)


@staff(*WINDOW)
@require_POST
def undo(request: DeskRequest, number: str) -> HttpResponse:
    """Let the register's value stand again."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    name = request.POST.get("edit", "")
    if form.is_valid():
        replies.take_back(bundle, *fields.split(name), version=form.cleaned_data["version"])
    return show(request, bundle, focus=name) if request.htmx else redirect("desk:bundle", number)


def _name(row: CheckRow) -> str:
    return f"{row.subject}:{row.fact}"


def _missing(sitting: Sitting, request: DeskRequest, errors: Errors | None) -> list[Field]:
    asked = [fields.of_row(row, with_value=False) for row in sitting.missing]
    return fields.answered_again(asked, request.POST, errors) if errors else asked


def _row_alone(
    request: DeskRequest,
    bundle: Bundle,
    sections: list[dict[str, Any]],
    wanted: str,
    focus: str,
) -> HttpResponse:
    rows = (row for section in sections for row in (*section["rows"], *section["folded"]))
    row = next((row for row in rows if row.name == wanted), None)
    if row is None:
        raise Http404
    context = {"row": row, "bundle": bundle, "focus": focus}
    return render(request, "desk/_check_row.html", context)


def _by_person(missing: list[Field], sitting: Sitting) -> list[dict[str, Any]]:
    titles = {section.subject: section.title for section in sitting.sections}
    by_subject = groupby(missing, lambda field: fields.split(field.name)[0])
    return [{"title": titles[subject], "fields": list(same)} for subject, same in by_subject]


def _sections(
    sitting: Sitting, form_of: Callable[[CheckRow], list[Field] | None]
) -> list[dict[str, Any]]:
    """One section a person; what is required and missing stands above them, not in them."""
    places = _places(sitting.opened.filled)
    sections = []
    for section in sitting.sections:
        rows = [
            _row(row, places[row.subject, row.fact], form_of(row))
            for row in section.rows
            if row.state != "blank" and not (row.required and row.state == "missing")
        ]
        folded = [row for row in rows if row.is_minor]
        shown = [row for row in rows if not row.is_minor]
        if rows:
            title, subject = section.title, section.subject
            sections.append({"subject": subject, "title": title, "rows": shown, "folded": folded})
    return sections


def _row(row: CheckRow, places: list[str], form: list[Field] | None) -> Row:
    look = "open" if row.state == "missing" else "fresh" if row.corrected else ""
    origin = row.origin or str(STATES.get(row.state, ""))
    return Row(row, origin, look, " ".join(places), form)


def _correction(row: CheckRow, request: DeskRequest, errors: Errors | None) -> list[Field]:
    """The field of a row, with the reading beside a name: the two change together."""
    asked = [fields.of_row(row, with_value=True)]
    if row.type == FactType.NAME and row.kana:
        reading = replace(
            asked[0], name=f"{row.subject}:{row.fact}_kana", label="よみ", value=row.kana, help=""
        )
        asked.append(reading)
    if errors:
        asked = fields.answered_again(asked, request.POST, errors)
    return fields.with_focus(asked)


def _places(filled: Iterable[FilledPaper]) -> Mapping[tuple[str, str], list[str]]:
    """Where each fact stands: "paper:key", and "paper:list.2.key" for the second row of a list."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for number, paper in enumerate(filled):
        for cell in paper.cells:
            places[cell.subject, cell.fact].append(f"{number}:{cell.key}")
        for key, rows in paper.rows:
            for place, row in enumerate(rows, start=1):
                for cell in row:
                    at = f"{number}:{key}.{place}.{cell.key}"
                    places[cell.subject, cell.fact].append(at)
    return places


def _papers(sitting: Sitting) -> list[dict[str, str]]:
    labels = {key: person.name for key, person in sitting.people.items()}
    return [
        {"title": filled.paper.title, "subject_label": labels.get(filled.subject, "")}
        for filled in sitting.opened.filled
    ]
