"""What a resident has filed online, and what of it is left for a visit, before a counter takes it over."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from consent.models import AccessEntry
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.screen import show
from lifeevents import handing_in, snapshots, versions
from lifeevents.bundles import NotYours
from lifeevents.online import Reach


@staff(*WINDOW)
@require_safe
def submitted(request: DeskRequest, number: str) -> HttpResponse:
    """Show what is filed and what is left; the records stay closed, looking is logged."""
    found = handing_in.waiting().filter(number=number).first()
    if found is None:
        raise NotYours
    content = snapshots.content(found, by=request.actor, action=AccessEntry.Action.LOOK)
    cells = snapshots.cells_of(content)
    context = {
        "waiting": found,
        "event": versions.of(found).events[found.event],
        "filed": _by_department(content, (Reach.HANDED_IN,)),
        "left": _by_department(content, handing_in.AT_THE_COUNTER),
        "undecided": _by_department(content, (Reach.UNDECIDED,)),
        "protected": any(cell["state"] == "protected" for cell in cells),
    }
    return show(request, "desk/submitted.html", context)


def _by_department(content: dict[str, Any], reaches: tuple[Reach, ...]) -> list[dict[str, Any]]:
    listed = (
        {**group, "procedures": [item for item in group["items"] if item["reach"] in reaches]}
        for group in content["checklist"]
    )
    return [group for group in listed if group["procedures"]]
