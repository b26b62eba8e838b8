"""The start page: the life events a resident can begin on the phone, and how far theirs are."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from consent.actors import actor_of
from consent.door import NotInRegister
from consent.models import Account
from counter.online.access import AGAIN, OnlineRequest, anyone, resident
from counter.online.forms import BeginForm
from counter.online.page import show
from lifeevents import bundles, versions
from lifeevents.bundles import UnknownEvent
from lifeevents.entries import Event
from lifeevents.models import Bundle

MOST = 20


@anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here; signed in, also what was begun."""
    context = {"events": _offered(), "token": uuid4(), "again": AGAIN in request.GET}
    user = request.user
    if user.is_authenticated and user.kind == Account.Kind.RESIDENT:
        by = actor_of(user, terminal="", channel="online")
        context["bundles"] = [
            {
                "bundle": each,
                "event": versions.of(each).events[each.event].name,
                "is_draft": each.state == Bundle.State.OPEN and each.served_by_id == by.account_id,
            }
            for each in bundles.filed(by)[:MOST]
        ]
    return show(request, "online/home.html", context)


@resident
@require_POST
def begin(request: OnlineRequest) -> HttpResponse:
    """Begin a life event for oneself; a second tap finds the first one's."""
    form = BeginForm(request.POST)
    if not form.is_valid() or request.user.ref is None:
        return redirect("online:home")
    try:
        bundle = bundles.start(
            form.cleaned_data["event"],
            request.user.ref,
            applicant="self",
            on=timezone.localdate(),
            by=request.actor,
            channel=Bundle.Channel.ONLINE,
            token=form.cleaned_data["token"],
        )
    except UnknownEvent:
        return redirect("online:home")
    except NotInRegister:
        return redirect("online:counter")
    return redirect("online:bundle", bundle.number)


def _offered() -> list[Event]:
    _version, catalogue = versions.current()
    events = (event for event in catalogue.events.values() if event.offered and event.online)
    return sorted(events, key=lambda event: event.order)
