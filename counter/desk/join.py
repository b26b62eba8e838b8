"""すでにある世帯に入る: finding the household that is moved into, by the search box of every screen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import door
from consent.door import Hit, NotInRegister
from counter.desk import hits
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import ChooseForm, JoinForm, VersionForm
from counter.desk.screen import show
from lifeevents import bundles, joining
from lifeevents.models import Bundle


@staff(*WINDOW)
def join(request: DeskRequest, number: str) -> HttpResponse:
    """Ask for someone of the household; show who was found; on a confirmed POST seat the household."""
    bundle = bundles.find(number, by=request.actor)
    if bundle.state != Bundle.State.OPEN:
        return redirect("desk:bundle", number)
    confirmed = JoinForm(request.POST)
    if confirmed.is_valid():
        return _join(request, bundle, confirmed)
    return _page(request, bundle, _found(request))


@staff(*WINDOW)
@require_POST
def leave(request: DeskRequest, number: str) -> HttpResponse:
    """A household of their own after all."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        joining.leave(bundle, version=form.cleaned_data["version"], by=request.actor)
    return redirect("desk:bundle", number)


def _join(request: DeskRequest, bundle: Bundle, form: JoinForm) -> HttpResponse:
    asked = form.cleaned_data
    try:
        joining.join(bundle, asked["ref"], version=asked["version"], by=request.actor)
    except joining.NotJoinable:
        messages.warning(
            request,
            _(
                "別の世帯の方を選んでください。引っ越す方と同じ世帯か、いま市内に住んでいない方です。"
            ),
        )
        return _page(request, bundle, None)
    except NotInRegister:
        messages.warning(request, _("この方は台帳から外れました。もう一度さがしてください。"))
        return _page(request, bundle, None)
    return redirect("desk:bundle", bundle.number)


def _found(request: DeskRequest) -> Hit | None:
    form = ChooseForm(request.POST)
    if not form.is_valid():
        return None
    chosen = form.cleaned_data
    return door.glance(chosen["ref"], by=request.actor, search_id=chosen["search_id"])


def _page(request: DeskRequest, bundle: Bundle, person: Hit | None) -> HttpResponse:
    context: dict[str, Any] = {"bundle": bundle, "person": person, "reason": joining.REASON}
    if person:
        context |= {
            "age": hits.age_of(person.birth, timezone.localdate()),
            "place": hits.place_of(person),
            "flags": hits.flags(person),
        }
    else:
        context |= {"search_first": True}
    return show(request, "desk/join.html", {**context, "joining": bundle.number})
