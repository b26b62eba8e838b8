"""Starting a bundle: which life event, and who has come."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import door
from counter.desk import hits
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import StartForm
from counter.desk.screen import show
from lifeevents import bundles, versions
from lifeevents.entries import Event

CHOSEN = "chosen"
"""Under which the session keeps whom the search list handed over, and the search's id."""
APPLICANTS = (
    ("self", _("本人"), _("いま選んだ方")),
    ("household", _("同一世帯の方"), _("配偶者など、同じ世帯の方")),
    ("proxy", _("代理人"), _("委任された方、法定代理人")),
)


@staff(*WINDOW)
def start(request: DeskRequest) -> HttpResponse:
    """Show whom the search chose; on POST start the bundle, which opens the household's records."""
    events = offered()
    form = StartForm(request.POST or None, events=events, applicants=APPLICANTS)
    if form.is_valid():
        asked = form.cleaned_data
        bundle = bundles.start(
            asked["event"],
            asked["ref"],
            applicant=asked["applicant"],
            on=asked["on"] or timezone.localdate(),
            by=request.actor,
            token=asked["token"],
        )
        return redirect("desk:bundle", bundle.number)
    return _page(request, form, events)


def offered() -> list[Event]:
    """The life events of the catalogue in force that can be started: the common ones first."""
    _version, catalogue = versions.current()
    events = [event for event in catalogue.events.values() if event.offered]
    return sorted(events, key=lambda event: (not event.common, event.order))


def _page(request: DeskRequest, form: StartForm, events: list[Event]) -> HttpResponse:
    chosen = request.session.get(CHOSEN)
    if not chosen:
        return redirect("desk:home")
    search_id = UUID(chosen["search_id"])
    person = door.glance(UUID(chosen["ref"]), by=request.actor, search_id=search_id)
    if person is None:
        return redirect("desk:home")
    form.initial = {"ref": person.ref, "token": uuid4()}
    if len(events) == 1:
        form.initial["event"] = events[0].code
    today = timezone.localdate()
    context = {
        "form": form,
        "person": person,
        "age": hits.age_of(person.birth, today),
        "place": hits.place_of(person),
        "flags": hits.flags(person),
        "events": events,
        "applicants": APPLICANTS,
        "today": today,
    }
    return show(request, "desk/start.html", context, status=422 if form.is_bound else 200)
