"""An opened bundle: situation, proposals, questions and filled papers, from one door call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from consent import door
from consent.actors import Actor
from consent.models import Category, Engagement
from lifeevents import asking, kept, prefill, proposals, seating, situation, versions
from lifeevents.asking import Ask
from lifeevents.entries import Catalogue, Event
from lifeevents.models import Bundle
from lifeevents.prefill import Desk, FilledPaper
from lifeevents.proposals import Proposed
from lifeevents.situation import Situation

TOWN = "北見市"


@dataclass(frozen=True, slots=True)
class Offer:
    """One of the purpose's consent categories and whether the person agreed to it."""

    code: str
    name: str
    examples: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that follows from one bundle as it stands now, read once."""

    bundle: Bundle
    catalogue: Catalogue
    event: Event
    situation: Situation
    proposed: tuple[Proposed, ...]
    asks: tuple[Ask, ...]
    filled: tuple[FilledPaper, ...]
    offers: tuple[Offer, ...]
    notice: str
    agreed: bool
    as_of: Mapping[str, datetime]

    @property
    def protected(self) -> bool:
        """Whether anyone here stands under 支援措置: the banner shows on every step."""
        return any(s.record.protected for s in self.situation.seats.values() if s.record)


def open_bundle(bundle: Bundle, *, by: Actor) -> Opened:
    """Read a started bundle: one door call (one AccessEntry), then pure functions only."""
    catalogue = versions.of(bundle).for_event(bundle.event)
    held = kept.of(bundle)
    refs = [each.ref for each in held.participants if each.ref]
    records, ground = door.enter(refs, engagement=bundle.engagement, by=by)
    now = situation.build(
        catalogue.events[bundle.event],
        catalogue,
        seating.taken(held.participants, records),
        held.answers,
        on=bundle.on,
        vocabulary=catalogue.vocabulary(door.vocabulary()),
    )
    proposed = proposals.propose(now, catalogue)
    return Opened(
        bundle=bundle,
        catalogue=catalogue,
        event=now.event,
        situation=now,
        proposed=proposed,
        asks=asking.open_questions(now, catalogue, proposed),
        filled=prefill.fill_papers(now, catalogue, proposed, desk_of(bundle, bundle.on)),
        offers=_offers(ground),
        notice=ground.purpose.notice,
        agreed=ground.agreed_at is not None,
        as_of={each["feed"]: datetime.fromisoformat(each["as_of"]) for each in ground.as_of},
    )


def desk_of(bundle: Bundle, on: date) -> Desk:
    """What papers print of the town and the bundle itself."""
    return Desk(
        {
            "bundle.number": bundle.number,
            "bundle.on": prefill.printed(on, "date").text,
            "bundle.office": bundle.office,
            "town.name": TOWN,
            "town.mayor": f"{TOWN}長",
        }
    )


def _offers(engagement: Engagement) -> tuple[Offer, ...]:
    return tuple(
        Offer(each.code, each.name, each.examples, each.code in engagement.agreed)
        for each in _categories()
        if each.code in engagement.purpose.by_consent
    )


@cache
def _categories() -> tuple[Category, ...]:
    """All categories in their order; only a migrate changes them."""
    return tuple(Category.objects.all())
