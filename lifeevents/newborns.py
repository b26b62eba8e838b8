"""Which child a birth is about: one not yet in the register, or one the register already has.

The 出生届 is often filed elsewhere (里帰り先, 本籍地); the follow-ups are then for a child who lives here.
"""

from __future__ import annotations

from django.db.models import Max

from consent.actors import Actor
from lifeevents.bundles import changing
from lifeevents.models import Bundle, Participant
from lifeevents.opened import Opened
from lifeevents.rules.dates import birthday
from residents.facts import Known

NEWBORN, SIBLING = ["subjects", "newborn"], ["siblings"]
UNREGISTERED = "n1"


def registered(opened: Opened) -> list[str]:
    """The keys of the parents' children in the register who are not one year old yet, youngest last."""
    return [
        key
        for key, seat in opened.situation.seats.items()
        if seat.ref and {"siblings", "newborn"} & set(seat.roles) and _is_baby(key, opened)
    ]


def chosen(opened: Opened) -> str:
    """The key of the child the birth is about."""
    return opened.situation.world.groups["newborn"][0]


def choose(bundle: Bundle, key: str, *, version: int, by: Actor) -> None:
    """Make the birth about a child of the register, or about one not yet there (UNREGISTERED).

    A key of nobody who may be chosen changes nothing. Raises NotYours or Stale.
    """
    children = bundle.participants.filter(ref__isnull=False, roles__in=[NEWBORN, SIBLING])
    if key != UNREGISTERED and not children.filter(key=key).exists():
        return
    with changing(bundle, version, by):
        children.exclude(key=key).update(roles=SIBLING)
        children.filter(key=key).update(roles=NEWBORN)
        if key == UNREGISTERED:
            last = bundle.participants.aggregate(last=Max("order"))["last"]
            Participant.objects.get_or_create(
                bundle=bundle,
                key=UNREGISTERED,
                defaults={"roles": NEWBORN, "after": True, "order": last + 1},
            )
        else:
            bundle.participants.filter(key=UNREGISTERED).delete()
            bundle.answers.filter(subject=UNREGISTERED).delete()


def _is_baby(key: str, opened: Opened) -> bool:
    world = opened.situation.world
    born = world.fact("birth_date", key)
    return isinstance(born, Known) and birthday(born.value.latest, 1) > world.on
