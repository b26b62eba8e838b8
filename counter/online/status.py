"""After handing in: the 受付番号, how far it is, what comes next and what to bring."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from counter.online.access import OnlineRequest
from counter.online.page import counter_to_come_to, show
from lifeevents import bundles, versions
from lifeevents.bundles import NotYours
from lifeevents.models import Application, Bundle
from lifeevents.sitting import Sitting

YES, UNKNOWN = "yes", "unknown"
HANDED_IN = Application.State.SUBMITTED


def show_status(request: OnlineRequest, number: str) -> HttpResponse:
    """How far a bundle is; nothing of the register, so that it can be looked at any time."""
    found = bundles.filed(request.actor).filter(number=number).first()
    if found is None:
        raise NotYours
    catalogue = versions.of(found)
    context = {
        "bundle": found,
        "event": catalogue.events[found.event],
        "department": counter_to_come_to(),
        "waits": found.state == Bundle.State.SUBMITTED,
        "is_finished": found.state == Bundle.State.FINISHED,
        "applications": [
            {
                "name": catalogue.procedures[each.procedure].name,
                "department": catalogue.departments[each.department].name,
                "state": each.get_state_display(),
                "deadline": each.deadline if each.state != HANDED_IN else None,
            }
            for each in found.applications.order_by("deadline", "procedure", "subject")
        ],
    }
    return show(request, "online/status.html", context)


def context_of(sitting: Sitting) -> dict[str, Any]:
    """What the letter and the page after it say of an opened bundle."""
    due = [each for each in sitting.proposals if each.verdict == YES]
    applying = [each for each in due if each.kind == "application"]
    deadlines = [each.deadline for each in applying if each.deadline]
    return {
        "bundle": sitting.bundle,
        "event": sitting.event,
        "applying": applying,
        "also": [each for each in due if each.kind != "application"],
        "undecided": [each for each in sitting.proposals if each.verdict == UNKNOWN],
        "documents": list(dict.fromkeys(name for each in applying for name in each.documents)),
        "until": min(deadlines, default=None),
        "department": counter_to_come_to(),
    }
