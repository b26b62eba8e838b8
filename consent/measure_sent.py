"""支援措置 the core system sends, taken up here to name their 相手方: no delivery ever does.

What is noted here (相手方, 安全な連絡先, 転送) stands beside what was sent. It masks nobody by itself, no
delivery touches it, and it counts for as long as the core system lets the measure stand, now: 区分 3 ends
it, and a delivery that is taken back brings it back.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from consent.actors import Actor
from consent.measure_period import last_day
from consent.models import CoveredPerson, Measure, MeasureStep
from consent.passage import passage
from residents import register
from residents.models import Protection

STANDING = ~Q(kind=Protection.Kind.ENDED) | Q(awaiting=True)
"""Of what was sent: what masks (an end that may be out of date does, too)."""


def covers() -> Q:
    """Of CoveredPerson: whom a measure covers now, entered here or sent."""
    sent = Protection.objects.filter(STANDING, pk=OuterRef("ref"))
    entered = Q(measure__from_core=False, measure__ended_at=None)
    return Q(left_at=None) & (entered | Q(Exists(sent), measure__from_core=True))


def stands() -> Exists:
    """Of Measure: whether it covers anybody now."""
    return Exists(CoveredPerson.objects.filter(covers(), measure=OuterRef("pk")))


def sent_to(refs: Collection[UUID]) -> dict[UUID, Protection]:
    """What the core system lets stand for each of these people."""
    return {each.pk: each for each in Protection.objects.filter(STANDING, pk__in=refs)}


def together(ref: UUID) -> list[UUID]:
    """Who may be covered by the same 申出: others in the household for whom a measure was sent."""
    mates = register.housemates([ref]).get(ref, set())
    return sorted(sent_to(mates))


def taken_up(ref: UUID) -> Measure | None:
    """What is noted here of the measure sent for this person; None where nothing is yet."""
    noted = Measure.objects.filter(from_core=True, covered__ref=ref, covered__left_at=None)
    return noted.order_by("pk").first()


def note_of(sent: Protection, people: Collection[UUID], by: Actor) -> Measure:
    """A measure of ours for what was sent, its period as of now; what counts is what is sent."""
    starts = sent.starts_on or timezone.localdate()
    ends = sent.ends_on if sent.ends_on and sent.ends_on > starts else last_day(starts)
    kind = sent.kind if sent.kind in Measure.Kind.values else Measure.Kind.FULL
    measure = Measure.objects.create(
        from_core=True, kind=kind, starts_on=starts, ends_on=ends, entered_by_id=by.account_id
    )
    CoveredPerson.objects.bulk_create(
        CoveredPerson(measure=measure, ref=ref, is_applicant=ref == sent.pk)
        for ref in dict.fromkeys([sent.pk, *people])
    )
    return measure


def period_of(measure: Measure) -> tuple[str, date | None, date | None]:
    """区分, 開始 and 終了 of a measure: as they are sent now for one of the core system."""
    if not measure.from_core:
        return measure.kind, measure.starts_on, measure.ends_on
    refs = list(measure.covered.filter(left_at=None).values_list("ref", flat=True))
    found = sent_to(refs)
    first = next((found[ref] for ref in refs if ref in found), None)
    if first is None:
        return Protection.Kind.ENDED, None, None
    return first.kind, first.starts_on, first.ends_on


def follow() -> int:
    """Note which of the measures taken up have ended in the core system, or stand again; how many.

    Only the clock of their disposal and the safe contact hang on it: `covers` asks what was sent.
    """
    changed = 0
    sent = Measure.objects.filter(from_core=True)
    for pk in [
        *sent.filter(~stands(), ended_at=None).values_list("pk", flat=True),
        *sent.filter(stands(), ended_at__isnull=False).values_list("pk", flat=True),
    ]:
        with passage():
            measure = Measure.objects.select_for_update().get(pk=pk)
            over = not Measure.objects.filter(stands(), pk=pk).exists()
            if over == (measure.ended_at is not None):
                continue
            measure.ended_at = timezone.now() if over else None
            if over:
                measure.safe_contact = None
            measure.save()
            step = MeasureStep.Kind.LIFTED if over else MeasureStep.Kind.STANDS_AGAIN
            MeasureStep.objects.create(measure=measure, kind=step)
            changed += 1
    return changed
