"""Step 6, 完了: what was made, what had to be written, the print button, one tap."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import cautions
from consent.models import AccessEntry
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.page import minutes_of
from counter.desk.screen import show as show_screen
from lifeevents import bundles, opinions, snapshots
from lifeevents.models import Application, Bundle

RATED = "rated_here"


class OpinionForm(forms.Form):
    """How the person found it, in one tap."""

    opinion = forms.ChoiceField(choices=opinions.ANSWERS)


def show(request: DeskRequest, bundle: Bundle) -> HttpResponse:
    """The page of a finished bundle; also where it is printed again."""
    content = snapshots.content(bundle, by=request.actor, action=AccessEntry.Action.LOOK)
    context = {
        "bundle": bundle,
        "event": content["event"],
        "papers": content["papers"],
        "departments": [_department(each) for each in content["checklist"]],
        "counts": content["counts"],
        "minutes": minutes_of(bundle),
        "protected": cautions.needed(bundle.engagement),
        "opinions": () if bundle.number in request.session.get(RATED, []) else opinions.ANSWERS,
    }
    return show_screen(request, "desk/done.html", context)


@staff(*WINDOW)
@require_POST
def opinion(request: DeskRequest, number: str) -> HttpResponse:
    """Count how the person who was served found it; once a session for each bundle."""
    found = bundles.find(number, by=request.actor)
    form, rated = OpinionForm(request.POST), request.session.get(RATED, [])
    finished = found.state == Bundle.State.FINISHED
    if form.is_valid() and finished and number not in rated:
        opinions.add(found, form.cleaned_data["opinion"], on=timezone.localdate())
        request.session[RATED] = [*rated, number]
        messages.info(request, _("ありがとうございました。どなたの答えかは残りません。"))
    return redirect("desk:bundle", number)


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
