"""The search box of every screen: by POST, so that no query stands in a history or a log."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from consent import door
from counter.desk import hits
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import ChooseForm
from counter.desk.screen import show
from counter.desk.start import CHOSEN
from lifeevents import bundles, numbering, versions


@staff(*WINDOW)
def search(request: DeskRequest) -> HttpResponse:
    """The people found: the list alone for htmx, else a page with it."""
    query = request.POST.get("q", "").strip()[:100]
    if not query:
        context = {"search_first": True, "joining": _bundle_joining(request)}
        return show(request, "desk/search.html", context)
    if (number := numbering.read(query)) and not request.POST.get("joining"):
        return _reception(request, number)
    search_id = _search_id(request.POST.get("search_id", ""))
    found = door.search(query, by=request.actor, search_id=search_id)
    context = {
        "found": found,
        "rows": hits.rows(found.hits, query, timezone.localdate()),
        "twins": bool(hits.twins(found.hits)),
        "search_id": search_id,
        "joining": _bundle_joining(request),
    }
    if request.htmx:
        return render(request, "desk/_hits.html", context)
    return show(request, "desk/search.html", {**context, "query": query})


def _reception(request: DeskRequest, number: str) -> HttpResponse:
    """The bundle of a 受付番号 that was typed or scanned; no record is opened to find it."""
    bundle = bundles.by_number(number, by=request.actor)
    event = versions.of(bundle).events[bundle.event] if bundle else None
    context = {"reception": bundle, "event": event, "number": number}
    if request.htmx:
        return render(request, "desk/_reception.html", context)
    return show(request, "desk/search.html", {**context, "query": number})


@staff(*WINDOW)
@require_POST
def choose(request: DeskRequest) -> HttpResponse:
    """Take one of the people found to the start page; who it is stays out of the address."""
    form = ChooseForm(request.POST)
    if not form.is_valid():
        return redirect("desk:search")
    request.session[CHOSEN] = {key: str(value) for key, value in form.cleaned_data.items()}
    return redirect("desk:start")


def _bundle_joining(request: DeskRequest) -> str:
    """The 受付番号 for whose movers a household to join is being looked for, "" for any other search."""
    number = request.POST.get("joining", "")
    return bundles.find(number, by=request.actor).number if number else ""


def _search_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
