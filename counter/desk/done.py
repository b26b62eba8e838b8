"""Step 6, 完了: what was made, what had to be written, and the print button."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpResponse

from consent.models import AccessEntry
from counter.desk.access import DeskRequest
from counter.desk.page import minutes_of
from counter.desk.screen import show as show_screen
from lifeevents import snapshots
from lifeevents.models import Application, Bundle


def show(request: DeskRequest, bundle: Bundle) -> HttpResponse:
    """The page of a finished bundle; also where it is printed again."""
    content = snapshots.content(bundle, by=request.actor, action=AccessEntry.Action.LOOK)
    cells = [cell for paper in content["papers"] for cell in paper["cells"].values()]
    context = {
        "bundle": bundle,
        "event": content["event"],
        "papers": content["papers"],
        "departments": [_department(each) for each in content["checklist"]],
        "counts": content["counts"],
        "minutes": minutes_of(bundle),
        "protected": any(cell["state"] == "protected" for cell in cells),
    }
    return show_screen(request, "desk/done.html", context)


def _department(entry: dict[str, Any]) -> dict[str, Any]:
    items = [
        {
            **item,
            "state_name": Application.State(item["state"]).label,
            "deadline": date.fromisoformat(item["deadline"]) if item["deadline"] else None,
        }
        for item in entry["items"]
    ]
    return {**entry, "procedures": items}
