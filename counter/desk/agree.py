"""Step 2, 同意: which categories may be used; nothing is ticked beforehand, yes and no weigh the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import AgreeForm
from counter.desk.page import show_step
from lifeevents import bundles
from lifeevents.models import Bundle
from lifeevents.sitting import Sitting, sit


def show(request: DeskRequest, bundle: Bundle) -> HttpResponse:
    """The step's page; who comes back to it finds what was agreed."""
    sitting = sit(bundle, by=request.actor)
    agreed = {each.code: "yes" if each.agreed else "no" for each in sitting.categories}
    return _page(request, sitting, agreed if sitting.agreed else {})


@staff(*WINDOW)
@require_POST
def agree(request: DeskRequest, number: str) -> HttpResponse:
    """Record the person's answers."""
    bundle = bundles.find(number, by=request.actor)
    sitting = sit(bundle, by=request.actor)
    form = AgreeForm(request.POST, [each.code for each in sitting.categories])
    if not form.is_valid():
        return _page(request, sitting, form.data, unanswered=True)
    bundles.agree(bundle, form.agreed, version=form.cleaned_data["version"], by=request.actor)
    return redirect("desk:bundle", number)


def _page(
    request: DeskRequest, sitting: Sitting, given: Mapping[str, Any], *, unanswered: bool = False
) -> HttpResponse:
    rows = [
        {
            "code": each.code,
            "name": each.name,
            "examples": each.examples,
            "value": given.get(each.code, ""),
        }
        for each in sitting.categories
    ]
    error = _("どの行も「はい」か「いいえ」を選んでください。") if unanswered else ""
    context = {"rows": rows, "unanswered": error}
    return show_step(
        request, sitting, "desk/agree.html", context, status=422 if unanswered else 200
    )
