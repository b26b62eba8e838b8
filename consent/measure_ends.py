"""How 支援措置 end, or let someone go: two people, and a hold; never a date (trust §6.2).

Every verb is as those of consent.measures.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from consent.actors import Actor
from consent.measure_period import Phase, hold, phase
from consent.measures import MayNotProtect, NotNow, changing, contact_of, note, standing_for
from consent.models import Account, Measure, MeasureStep
from consent.passage import passage
from residents.models import ManualProtection

BY_APPLICANT = (Measure.Ending.WISH, Measure.Ending.NOT_RENEWED)
"""What only the applicant's own word allows: they must have been known."""
SYSTEM = Actor(0, Account.Kind.SYSTEM, "system", "", "", "task")


@dataclass(frozen=True, slots=True)
class End:
    """Why someone leaves a measure, and how they were known when they asked for it themselves."""

    why: str
    verified: str = ""


def ask(pk: UUID, leaving: Collection[UUID], *, end: End, by: Actor) -> Measure:
    """Ask that these people leave the measure; all of them, and it ends. Nothing changes yet."""
    with changing(pk, by) as measure:
        people = standing_for(measure)
        if (
            measure.from_core
            or measure.asked_by_id
            or not leaving
            or not set(leaving) <= set(people)
        ):
            raise NotNow
        if not _may_end(measure, end):
            raise NotNow
        measure.leaving = [ref for ref in people if ref in leaving]
        measure.ending, measure.verified = end.why, end.verified
        measure.asked_by_id = by.account_id
        measure.save()
        note(measure, MeasureStep.Kind.ASKED, measure.leaving, by)
    return measure


def reasons(measure: Measure) -> list[str]:
    """Why this measure could end now, by its time, its kind and its transfers."""
    why, now = Measure.Ending, phase(measure.ends_on, timezone.localdate())
    answered = measure.transfers.filter(direction="out", acknowledged_on__isnull=False).exists()
    possible = {
        why.WISH: True,
        why.NOT_NEEDED: measure.kind == Measure.Kind.PROVISIONAL,
        why.NOT_RENEWED: now in (Phase.GRACE, Phase.OVERDUE),
        why.NO_ANSWER: now == Phase.OVERDUE,
        why.TRANSFERRED: answered,
        why.MISTAKE: True,
    }
    return [each.value for each, may in possible.items() if may]


def ways(measure: Measure) -> list[str]:
    """How the applicant can be known: met, or by the word that was agreed."""
    by_word = [Measure.Verified.CODE_WORD.value] if contact_of(measure).get("code_word") else []
    return [Measure.Verified.IN_PERSON.value, *by_word]


def _may_end(measure: Measure, end: End) -> bool:
    if end.why not in reasons(measure):
        return False
    return end.why not in BY_APPLICANT or end.verified in ways(measure)


def confirm(pk: UUID, *, by: Actor) -> Measure:
    """The second person's word: after the hold they leave. Raises MayNotProtect to who asked."""
    with changing(pk, by) as measure:
        if not measure.asked_by_id or measure.confirmed_by_id:
            raise NotNow
        if measure.asked_by_id == by.account_id:
            raise MayNotProtect
        measure.confirmed_by_id = by.account_id
        measure.lifts_at = timezone.now() + hold()
        measure.save()
        note(measure, MeasureStep.Kind.CONFIRMED, measure.leaving, by)
    return measure


def withdraw(pk: UUID, *, by: Actor) -> Measure:
    """Let it stand after all: any one person may say so until the hold is over."""
    with changing(pk, by) as measure:
        if not measure.asked_by_id:
            raise NotNow
        people = measure.leaving
        _forget_the_end(measure)
        measure.save()
        note(measure, MeasureStep.Kind.WITHDRAWN, people, by)
    return measure


def lift_due() -> int:
    """Let go whoever's hold is over; how many measures were touched. Runs by itself, twice too."""
    lifted = 0
    for pk in Measure.objects.filter(ended_at=None, lifts_at__lte=timezone.now()).values_list("pk"):
        with passage():
            measure = Measure.objects.select_for_update().get(pk=pk[0])
            if measure.ended_at is None and measure.lifts_at and measure.lifts_at <= timezone.now():
                _lift(measure)
                lifted += 1
    return lifted


def _lift(measure: Measure) -> None:
    now, people = timezone.now(), measure.leaving
    ManualProtection.objects.filter(ground=measure.pk, identity__in=people).delete()
    measure.covered.filter(ref__in=people).update(left_at=now)
    if standing_for(measure):
        _forget_the_end(measure)
    else:
        measure.ended_at, measure.safe_contact = now, None
    measure.save()
    note(measure, MeasureStep.Kind.LIFTED, people, SYSTEM)


def _forget_the_end(measure: Measure) -> None:
    measure.leaving, measure.ending, measure.verified = [], "", ""
    measure.asked_by = measure.confirmed_by = measure.lifts_at = None
