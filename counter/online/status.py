"""After handing in: the 受付番号, what is finished, what needs a visit by when, and what to bring."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from consent.door import NotInEngagement
from consent.models import AccessEntry
from counter.online import steps
from counter.online.access import OnlineRequest, resident
from counter.online.draft import own
from counter.online.forms import OpinionForm
from counter.online.page import counter_to_come_to, show
from lifeevents import opinions, snapshots, versions
from lifeevents.models import Bundle

RATED = "rated"
Frozen = dict[str, Any]


def show_status(request: OnlineRequest, number: str) -> HttpResponse:
    """How far a bundle is: the page after handing in, and whenever the person comes back to it."""
    found = own(request, number)
    frozen = frozen_of(found, request)
    context = {
        "bundle": found,
        "event": versions.of(found).events[found.event],
        "department": counter_to_come_to(),
        "waits": found.state == Bundle.State.SUBMITTED,
        "is_finished": found.state == Bundle.State.FINISHED,
        "knows": frozen is not None,
        "opinions": opinions.ANSWERS if _may_rate(request, found) else (),
        **(steps.of(frozen["checklist"]) if frozen else {}),
    }
    return show(request, "online/status.html", context)


def frozen_of(found: Bundle, request: OnlineRequest) -> Frozen | None:
    """What was frozen, as the door lets this resident see it today, with a line in the access log.

    None where nothing was, or where it also concerns someone who has left the household since.
    """
    try:
        return snapshots.content(found, by=request.actor, action=AccessEntry.Action.LOOK)
    except (snapshots.NotFrozen, NotInEngagement):
        return None


@resident
@require_POST
def opinion(request: OnlineRequest, number: str) -> HttpResponse:
    """Count how the person found it; once a session for each bundle."""
    found = own(request, number)
    form = OpinionForm(request.POST)
    if form.is_valid() and _may_rate(request, found) and found.state != Bundle.State.OPEN:
        opinions.add(found, form.cleaned_data["opinion"], on=timezone.localdate())
        request.session[RATED] = [*request.session.get(RATED, []), number]
    return redirect("online:bundle", number)


def _may_rate(request: OnlineRequest, found: Bundle) -> bool:
    """What was done at a counter was asked about there."""
    rated = request.session.get(RATED, [])
    return found.filed_by_id is not None and found.number not in rated
