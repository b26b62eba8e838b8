"""同居: people who move into a household that is there already, found at the counter."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Max

from consent import door, joining
from consent.actors import Actor
from lifeevents import moving, seating
from lifeevents.arrivals import event_of
from lifeevents.bundles import changing
from lifeevents.entries import BUNDLE
from lifeevents.models import Bundle, Participant

REASON = "加わる世帯の住所と世帯主を確かめるため"
LIVES_HERE = "1"
TOLD_BY_HOME = "new_address"
"""What the household joined says itself: an earlier answer about a home of one's own goes."""


class NotJoinable(Exception):
    """Nobody can be joined there: it is the movers' own household, or the person lives in none here."""


def join(bundle: Bundle, ref: UUID, *, version: int, by: Actor) -> None:
    """Seat the household of `ref` as the one that is moved into, instead of any named before.

    Its records open for the reason that stands in the log. Raises NotJoinable, NotInRegister,
    EngagementClosed, NotYours or Stale; then nobody is seated.
    """
    event = event_of(bundle)
    here = bundle.participants.exclude(roles__contains=["joined"])
    if not moving.is_move(event) or here.filter(ref=ref).exists():
        raise NotJoinable
    joining.name(bundle.engagement, ref, reason=REASON, by=by)
    records = door.open_household(ref, engagement=bundle.engagement, by=by)
    if records[ref].state != LIVES_HERE:
        raise NotJoinable
    with changing(bundle, version, by):
        _leave(bundle)
        bundle.answers.filter(subject=BUNDLE, fact=TOLD_BY_HOME).delete()
        last = bundle.participants.aggregate(last=Max("order"))["last"] or 0
        first = _first_free(bundle)
        Participant.objects.bulk_create(
            Participant(
                bundle=bundle,
                key=f"p{first + place}",
                ref=member,
                roles=list(seating.JOINED),
                after=True,
                order=last + 1 + place,
            )
            for place, member in enumerate(records)
        )


def leave(bundle: Bundle, *, version: int, by: Actor) -> None:
    """They move into a household of their own after all; raises NotYours or Stale."""
    with changing(bundle, version, by):
        _leave(bundle)


def _leave(bundle: Bundle) -> None:
    gone = bundle.participants.filter(roles__contains=["joined"])
    bundle.answers.filter(subject__in=list(gone.values_list("key", flat=True))).delete()
    gone.delete()


def _first_free(bundle: Bundle) -> int:
    taken = [key for key in bundle.participants.values_list("key", flat=True) if key[0] == "p"]
    return max((int(key[1:]) for key in taken), default=0) + 1
