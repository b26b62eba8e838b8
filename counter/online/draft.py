"""A resident's own bundle while it is being filled in, and where 戻る leads from each of its pages."""

from __future__ import annotations

from urllib.parse import quote

from django.urls import reverse

from consent import engagements
from consent.engagements import EngagementClosed
from counter.online import questions
from counter.online.access import OnlineRequest
from lifeevents import bundles, newborns, online, roles
from lifeevents.bundles import NotYours
from lifeevents.models import Bundle
from lifeevents.online import Way
from lifeevents.opened import open_bundle
from lifeevents.sitting import Sitting


def own(request: OnlineRequest, number: str) -> Bundle:
    """A bundle this resident filed, in whatever state; raises NotYours for anybody else's."""
    found = bundles.filed(request.actor).filter(number=number).first()
    if found is None:
        raise NotYours
    return found


def is_draft(found: Bundle, request: OnlineRequest) -> bool:
    """Whether it is still the resident's to fill in."""
    return found.state == Bundle.State.OPEN and found.served_by_id == request.actor.account_id


def draft(request: OnlineRequest, number: str) -> Bundle | None:
    """The bundle while it is the resident's to fill in, however long ago begun; None once handed in.

    Raises NotYours for anybody else's.
    """
    found = own(request, number)
    if not is_draft(found, request):
        return None
    try:
        engagements.standing(found.engagement, request.actor)
    except EngagementClosed:
        bundles.resume(found, version=found.version, by=request.actor)
    return found


def way_of(found: Bundle, request: OnlineRequest) -> Way:
    """What of the bundle goes online; one door call."""
    return online.way_of(open_bundle(found, by=request.actor))


def chooses_child(way: Way) -> bool:
    """Whether the household has a baby in the register whom the birth may be about."""
    return way.opened.event.subject_role == "newborn" and bool(newborns.registered(way.opened))


def chooses_movers(found: Bundle) -> bool:
    """Whether somebody of the household may stay."""
    movers = [each for each in found.participants.all() if roles.MOVER in each.roles]
    return len(movers) > 1


def after_agreement(way: Way, found: Bundle) -> str:
    """The page between the agreement and the questions; "" where there is none."""
    if chooses_child(way):
        return "online:child"
    return "online:who" if chooses_movers(found) else ""


def back_from(name: str, sitting: Sitting, way: Way) -> str:
    """Where 戻る leads from a question's page, or from the letter (name "")."""
    found = sitting.bundle
    earlier = questions.before(name, sitting)
    if earlier:
        return f"{reverse('online:bundle', args=[found.number])}?q={quote(earlier)}"
    start = after_agreement(way, found) or "online:agreement"
    return reverse(start, args=[found.number])
