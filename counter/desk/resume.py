"""Resuming a saved bundle whose engagement's time is over: the answers stay, the records open anew."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from counter.desk import screen
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import VersionForm
from lifeevents import bundles


@staff(*WINDOW)
def resume(request: DeskRequest, number: str) -> HttpResponse:
    """Say that the records are closed; on POST open them again, logged as a new engagement."""
    found = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST or None)
    if form.is_valid():
        bundles.resume(found, version=form.cleaned_data["version"], by=request.actor)
        return redirect("desk:bundle", number)
    return screen.show(request, "desk/resume.html", {"bundle": found})
