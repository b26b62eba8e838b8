"""Starting a bundle: which life event, and who has come."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consent import door
from consent.door import NotInRegister
from counter.desk import hits
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import StartForm
from counter.desk.screen import show
from lifeevents import bundles, roles, versions
from lifeevents.entries import Event

CHOSEN = "chosen"
"""Under which the session keeps whom the search list handed over, and the search's id."""
YOUNGEST_WHO_FILES = 15
"""Below this age someone is asked whether the right person was chosen (遺言・養子縁組の15歳 as a guide)."""
APPLICANTS = (
    ("self", gettext_lazy("本人"), gettext_lazy("いま選んだ方（転入のときは、転入する方）")),
    ("household", gettext_lazy("同一世帯の方"), gettext_lazy("配偶者など、同じ世帯の方")),
    ("proxy", gettext_lazy("代理人"), gettext_lazy("委任された方、法定代理人")),
)


@staff(*WINDOW)
def start(request: DeskRequest) -> HttpResponse:
    """Show whom the search chose; on POST start the bundle, which opens the household's records."""
    events = offered()
    form = StartForm(request.POST or None, events=events, applicants=APPLICANTS)
    if not form.is_valid():
        return _page(request, form, events)
    asked = form.cleaned_data
    try:
        bundle = bundles.start(
            asked["event"],
            asked["ref"],
            applicant=asked["applicant"],
            on=asked["on"] or timezone.localdate(),
            by=request.actor,
            token=asked["token"],
            newcomers=newcomers_of(asked["event"], asked["newcomers"], events),
        )
    except NotInRegister:
        messages.warning(request, _("この方は台帳から外れました。もう一度さがしてください。"))
        return redirect("desk:home")
    return redirect("desk:bundle", bundle.number)


def offered() -> list[Event]:
    """The life events of the catalogue in force that can be started: the common ones first."""
    _version, catalogue = versions.current()
    events = [event for event in catalogue.events.values() if event.offered]
    return sorted(events, key=lambda event: (not event.common, event.order))


def newcomers_of(code: str, count: int | None, events: list[Event]) -> list[str] | None:
    """The keys of several people who come new (多胎); None leaves it to the event."""
    event = next(event for event in events if event.code == code)
    if not count or not roles.usual_newcomers(event.starts_from):
        return None
    return [f"n{place}" for place in range(1, count + 1)]


def _offer(event: Event) -> dict[str, Any]:
    """A tile of someone who is in the register: whoever comes new then joins their household."""
    joins = event.starts_from == roles.NOBODY
    joining = _("この方の世帯に、{event}で加わります（同居）。").format(event=event.name)
    says = joining if joins else event.description
    newcomers = bool(roles.usual_newcomers(event.starts_from))
    of_deceased = event.starts_from == roles.DECEASED
    return {"event": event, "says": says, "newcomers": newcomers, "of_deceased": of_deceased}


def _page(request: DeskRequest, form: StartForm, events: list[Event]) -> HttpResponse:
    chosen = request.session.get(CHOSEN)
    if not chosen:
        return redirect("desk:home")
    search_id = UUID(chosen["search_id"])
    person = door.glance(UUID(chosen["ref"]), by=request.actor, search_id=search_id)
    if person is None:
        return redirect("desk:home")
    form.initial = {"ref": person.ref, "token": uuid4()}
    today = timezone.localdate()
    age = hits.age_of(person.birth, today)
    context = {
        "form": form,
        "person": person,
        "age": age,
        "is_child": age is not None and age < YOUNGEST_WHO_FILES,
        "place": hits.place_of(person),
        "flags": hits.flags(person),
        "events": [_offer(event) for event in events],
        "applicants": APPLICANTS,
        "today": today,
    }
    return show(request, "desk/start.html", context, status=422 if form.is_bound else 200)
