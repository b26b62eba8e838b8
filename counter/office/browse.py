"""Reading the catalogue: life events, the procedures of one, and one procedure."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counter.office import procedure
from counter.office.access import READERS, WRITERS, OfficeRequest, office
from counter.office.screen import show
from lifeevents import drafts, editions, versions, wording
from lifeevents.models import Draft


@office(*READERS)
@require_safe
def events(request: OfficeRequest) -> HttpResponse:
    """Every life event with how many procedures it has, and what waits."""
    catalogue = editions.catalogue(drafts.latest_edition())
    listed = sorted(catalogue.events.values(), key=lambda each: (not each.offered, each.order))
    situations = editions.situations(drafts.latest_edition())
    context = {
        "events": [
            {
                "code": event.code,
                "name": event.name,
                "description": event.description,
                "offered": event.offered,
                "procedures": len(catalogue.procedures_of(event.code)),
                "situations": sum(s["event"] == event.code for s in situations.values()),
            }
            for event in listed
        ],
        "latest": versions.latest(),
        "own": drafts.open_ones().filter(author=request.user),
        "waiting": drafts.open_ones().filter(state=Draft.State.SUBMITTED),
        "offered": versions.offered(),
    }
    return show(request, "office/events.html", context)


@office(*READERS)
@require_safe
def event(request: OfficeRequest, code: str) -> HttpResponse:
    """The procedures of a life event, by department, with what is being changed."""
    catalogue = editions.catalogue(drafts.latest_edition())
    found = catalogue.events.get(code)
    if found is None:
        raise Http404
    drafted = _drafted()
    order = {d.code: d.order for d in catalogue.departments.values()}
    listed = sorted(catalogue.procedures_of(code), key=lambda each: order[each.department])
    context = {
        "event": found,
        "own": set(found.procedures),
        "departments": [
            {
                "name": catalogue.departments[department].name,
                "rows": [_row(each, drafted, found.procedures) for each in same],
            }
            for department, same in groupby(listed, key=lambda each: each.department)
        ],
    }
    return show(request, "office/event.html", context)


@office(*READERS)
@require_safe
def one(request: OfficeRequest, code: str, event: str = "") -> HttpResponse:
    """A procedure as the newest version has it, with its rule tried on a sample family."""
    edition = drafts.latest_edition()
    entry = procedure.in_event(edition, code, event)
    context = {
        "draft": None,
        "can_begin": drafts.may_edit(entry["department"], by=request.actor),
        "drafted": _drafted().get(code, []),
        **procedure.told(request, code, event, edition),
    }
    return show(request, "office/procedure.html", context)


@office(*WRITERS)
@require_POST
def change(request: OfficeRequest, code: str) -> HttpResponse:
    """Open the procedure in this person's draft for its department; the first time, begin one."""
    entry = _entry(code)
    department = entry["department"]
    draft = drafts.writing_for(department, by=request.actor)
    if draft is None:
        title = _("%(name)sの変更") % {"name": entry["name"]}
        draft = drafts.begin(title[:80], department, by=request.actor)
    return redirect("office:procedure_draft", draft.pk, code)


def _entry(code: str) -> Any:
    entry = drafts.latest_document()["procedures"].get(code)
    if entry is None:
        raise Http404
    return entry


def _row(each: Any, drafted: dict[str, list[Draft]], own: tuple[str, ...]) -> dict[str, Any]:
    return {
        "code": each.code,
        "name": each.name,
        "whom": wording.group(each.for_),
        "deadline": each.deadline.text,
        "online": wording.ONLINE[each.online],
        "inherited": each.code not in own,
        "drafted": drafted.get(each.code, []),
    }


def _drafted() -> dict[str, list[Draft]]:
    """The procedures that open drafts change."""
    found: dict[str, list[Draft]] = {}
    for draft in drafts.open_ones():
        for key in draft.changes:
            if key.startswith("procedures/"):
                found.setdefault(key.removeprefix("procedures/"), []).append(draft)
    return found
