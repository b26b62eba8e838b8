"""Arrivals: people outside the register who are added to a bundle, one by one or from 転出証明書."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max

from consent.actors import Actor
from lifeevents import replies, versions
from lifeevents.bundles import changing
from lifeevents.certificate import MOST_PEOPLE, Certificate
from lifeevents.entries import BUNDLE, Event
from lifeevents.models import Bundle, Participant


class TooMany(Exception):
    """A bundle takes no more newcomers than a certificate lists."""


class LastOne(Exception):
    """Somebody has to arrive: the last newcomer stays."""


def event_of(bundle: Bundle) -> Event:
    """The bundle's life event, in the catalogue it was started with."""
    return versions.of(bundle).events[bundle.event]


def add(bundle: Bundle, *, version: int, by: Actor) -> str:
    """Seat one more newcomer and return their key; raises TooMany, NotYours or Stale."""
    with changing(bundle, version, by):
        return _seat(bundle, event_of(bundle))


def remove(bundle: Bundle, key: str, *, version: int, by: Actor) -> None:
    """Take a newcomer out again, with what was said of them; raises LastOne, NotYours or Stale.

    If they stood here for the others, the first of those now does.
    """
    with changing(bundle, version, by):
        arriving = list(_newcomers(bundle))
        leaving = next((each for each in arriving if each.key == key), None)
        if leaving is None:
            return
        rest = [each for each in arriving if each.key != key]
        if not rest:
            raise LastOne
        bundle.answers.filter(subject=key).delete()
        leaving.delete()
        if "applicant" in leaving.roles:
            rest[0].roles = [*rest[0].roles, "applicant"]
            rest[0].save(update_fields=["roles"])


def take(bundle: Bundle, certificate: Certificate, *, version: int, by: Actor) -> None:
    """Put everyone of a certificate into the bundle: first into seats nobody was named for.

    Raises answering.BadAnswers, TooMany, NotYours or Stale; then nothing is taken.
    """
    event = event_of(bundle)
    with transaction.atomic():
        with changing(bundle, version, by):
            named = set(bundle.answers.filter(fact="name").values_list("subject", flat=True))
            free = [each.key for each in _newcomers(bundle) if each.key not in named]
            while len(free) < len(certificate.people):
                free.append(_seat(bundle, event))
        answers: dict[tuple[str, str], Any] = {
            (BUNDLE, fact): value for fact, value in certificate.shared.items()
        }
        for key, facts in zip(free, certificate.people, strict=False):
            answers |= {(key, fact): value for fact, value in facts.items()}
        replies.answer(bundle, answers, version=bundle.version, by=by)


def _newcomers(bundle: Bundle) -> list[Participant]:
    return [each for each in bundle.participants.filter(ref=None) if "subjects" in each.roles]


def _seat(bundle: Bundle, event: Event) -> str:
    taken = {each.key for each in _newcomers(bundle)}
    if len(taken) >= MOST_PEOPLE:
        raise TooMany
    place = next(place for place in range(1, MOST_PEOPLE + 1) if f"n{place}" not in taken)
    last = bundle.participants.aggregate(last=Max("order"))["last"]
    Participant.objects.create(
        bundle=bundle,
        key=f"n{place}",
        roles=["subjects", event.subject_role],
        after=True,
        order=(last or 0) + 1,
    )
    return f"n{place}"
