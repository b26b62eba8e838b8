"""支援措置: showing a protected address for a stated reason, where the role allows it."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from consent import engagements
from consent.engagements import MayNotReveal
from counter.desk.access import SENIOR, DeskRequest, staff
from counter.desk.forms import RevealForm
from lifeevents import bundles
from lifeevents.sitting import sit


@staff(SENIOR)
@require_POST
def reveal(request: DeskRequest, number: str) -> HttpResponse:
    """Show the household's address in this bundle only; who, why and when are logged."""
    bundle = bundles.find(number, by=request.actor)
    form = RevealForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            for person in sit(bundle, by=request.actor).people.values():
                if person.masked and person.ref:
                    engagements.reveal(
                        bundle.engagement, person.ref, reason=reason, by=request.actor
                    )
        except MayNotReveal as refusal:
            raise PermissionDenied from refusal
    return redirect("desk:bundle", number)
