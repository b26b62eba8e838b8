"""Step 4, 内容確認: every value of every paper once, corrected once, with the paper beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counter import answers
from counter.answers import Field
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import VersionForm
from counter.desk.page import show_step
from lifeevents import bundles, handing_in, replies
from lifeevents.answering import BadAnswers
from lifeevents.models import Bundle
from lifeevents.prefill import FilledPaper
from lifeevents.sitting import CheckRow, Section, Sitting, sit

Errors = Mapping[tuple[str, str], str]


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
        is_open = row.editable and answers.name_of(row) == editing
        return _correction(row, request, errors) if is_open else None

    places, filed = _places(sitting.opened.filled), _filed_papers(sitting)
    sections = answers.check_rows(
        [_as_filed(section, places, filed) for section in sitting.sections], form_of, places
    )
    if request.htmx and request.method == "GET" and (wanted := editing or returning):
        return _row_alone(request, bundle, sections, wanted, returning)
    missing = _missing(sitting, request, None if editing else errors)
    if not (editing or focus or returning):
        missing = answers.with_focus(missing)
    context = {
        "missing": _by_person(missing, sitting),
        "missing_count": len(missing),
        "sections": sections,
        "papers": _papers(sitting, filed),
        "filed_count": len(filed),
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
            answers.read(request.POST),
            version=form.cleaned_data["version"],
            by=request.actor,
            typed=answers.typed_characters(request.POST),
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
        version = form.cleaned_data["version"]
        replies.take_back(bundle, *answers.split(name), version=version, by=request.actor)
    return show(request, bundle, focus=name) if request.htmx else redirect("desk:bundle", number)


def _missing(sitting: Sitting, request: DeskRequest, errors: Errors | None) -> list[Field]:
    asked = [answers.of_row(row, with_value=False) for row in sitting.missing]
    return answers.answered_again(asked, request.POST, errors) if errors else asked


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
    by_subject = groupby(missing, lambda field: answers.split(field.name)[0])
    return [{"title": titles[subject], "fields": list(same)} for subject, same in by_subject]


def _correction(row: CheckRow, request: DeskRequest, errors: Errors | None) -> list[Field]:
    """The field of a row, with the reading beside a name: the two change together."""
    asked = answers.of_correction(row)
    if errors:
        asked = answers.answered_again(asked, request.POST, errors)
    return answers.with_focus(asked)


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


def _filed_papers(sitting: Sitting) -> frozenset[int]:
    """The places of the papers whose values were frozen when the resident handed them in online."""
    filed = handing_in.filed_before(sitting.bundle)
    codes = handing_in.papers_of(filed, sitting.opened.catalogue)
    papers = enumerate(sitting.opened.filled)
    return frozenset(number for number, filled in papers if filled.paper.code in codes)


def _as_filed(
    section: Section, places: Mapping[tuple[str, str], list[str]], filed: Collection[int]
) -> Section:
    """The section whose rows say so where they stand on filed papers only: nothing corrects them there."""

    def is_filed(row: CheckRow) -> bool:
        at = places.get((row.subject, row.fact), ())
        return bool(at) and all(int(place.partition(":")[0]) in filed for place in at)

    return replace(
        section,
        rows=tuple(
            replace(row, editable=False, origin=_("オンラインで申請済み")) if is_filed(row) else row
            for row in section.rows
        ),
    )


def _papers(sitting: Sitting, filed: Collection[int]) -> list[dict[str, Any]]:
    labels = {key: person.name for key, person in sitting.people.items()}
    return [
        {
            "title": filled.paper.title,
            "subject_label": labels.get(filled.subject, ""),
            "filed": number in filed,
        }
        for number, filled in enumerate(sitting.opened.filled)
    ]
