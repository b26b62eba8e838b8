"""The start page: the life events to begin, news of what was begun, how far it is, who looked."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.actors import Actor, actor_of
from consent.door import NotInRegister
from consent.models import Account
from counter.online.access import AGAIN, OnlineRequest, anyone, resident
from counter.online.forms import BeginForm
from counter.online.page import show
from lifeevents import bundles, versions
from lifeevents.bundles import UnknownEvent
from lifeevents.entries import Event
from lifeevents.models import Application, Bundle

MOST = 20


@anyone
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here; signed in, also what was begun and what is new about it."""
    context: dict[str, Any] = {
        "events": _offered(),
        "token": uuid4(),
        "again": AGAIN in request.GET,
    }
    user = request.user
    if user.is_authenticated and user.kind == Account.Kind.RESIDENT:
        by = actor_of(user, terminal="", channel="online")
        filed = [_row(each, by) for each in bundles.filed(by)[:MOST]]
        context["bundles"] = filed
        context["news"] = [each for each in filed if each["news"]]
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


def _row(each: Bundle, by: Actor) -> dict[str, Any]:
    """One bundle of the list; `news` is what the counter did with what was filed here."""
    is_draft = each.state == Bundle.State.OPEN and each.served_by_id == by.account_id
    return {
        "bundle": each,
        "event": versions.of(each).events[each.event].name,
        "is_draft": is_draft,
        "news": _news(each) if each.filed_by_id and not is_draft else "",
        "at": each.finished_at or each.submitted_at,
    }


def _news(each: Bundle) -> str:
    match each.state:
        case Bundle.State.FINISHED:
            if each.applications.filter(state=Application.State.PENDING).exists():
                return _("手続が終わりました。あとで確かめることが残っています。")
            return _("手続が終わりました。")
        case Bundle.State.OPEN:
            return _("窓口で確認しています。")
    return ""


def _offered() -> list[Event]:
    _version, catalogue = versions.current()
    events = (event for event in catalogue.events.values() if event.offered and event.online)
    return sorted(events, key=lambda event: event.order)
