"""支援措置 entered here: set up by one person at once, ended by two and a hold (trust §0.1, §6.2).

Every verb needs `protect` on the category basic, raises MayNotProtect without it, writes one
AccessEntry and, but for `set_up`, raises NotNow where the measure's state does not allow it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from uuid import UUID, uuid4

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from consent import log, reference
from consent.actors import Actor
from consent.frozen import OF_FAMILY
from consent.models import (
    AccessEntry,
    Account,
    AdverseParty,
    Category,
    CoveredPerson,
    Engagement,
    Measure,
    MeasureStep,
)
from consent.passage import passage
from consent.sealing import seal
from residents import kept
from residents.models import ManualProtection

SYSTEM = Actor(0, Account.Kind.SYSTEM, "system", "", "", "task")
SCOPES = ("viewing", "certificate", "family_register")
"""対象事務: 住民基本台帳の閲覧, 住民票の写し等, 戸籍の附票の写し."""


class MayNotProtect(Exception):
    """This account does not hold `protect`, or may not confirm what it asked for itself."""


class NotNow(Exception):
    """The measure's state does not allow this: ended, already asked for, or too early to extend."""


@dataclass(frozen=True, slots=True)
class Against:
    """相手方: by ref where they are in the register; the words are sealed."""

    ref: UUID | None
    words: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for (支援措置の申出): who, with whom, against whom, why, from when."""

    applicant: UUID
    together: tuple[UUID, ...]
    against: tuple[Against, ...]
    kind: str
    cause: str
    opinion: str
    scopes: tuple[str, ...]
    starts_on: date


def set_up(wish: Wish, *, by: Actor, token: UUID | None = None) -> Measure:
    """Let the measure stand from this transaction on; addresses shown before are masked again.

    `token` is the id the page was given, so that a second click finds the first click's measure.
    """
    people = [wish.applicant, *(ref for ref in wish.together if ref != wish.applicant)]
    with passage():
        refuse_others(by)
        if token and (standing := Measure.objects.filter(pk=token).first()):
            return standing
        measure = Measure.objects.create(
            id=token or uuid4(),
            kind=wish.kind,
            cause=wish.cause,
            opinion=wish.opinion,
            scopes=list(wish.scopes),
            starts_on=wish.starts_on,
            ends_on=last_day(wish.starts_on),
        )
        CoveredPerson.objects.bulk_create(
            CoveredPerson(measure=measure, ref=ref, is_applicant=ref == wish.applicant)
            for ref in people
        )
        AdverseParty.objects.bulk_create(
            AdverseParty(measure=measure, ref=each.ref, sealed=seal(each.words))
            for each in wish.against
        )
        _protect(measure, people, [each.ref for each in wish.against if each.ref])
        _mask_again(people)
        _note(measure, MeasureStep.Kind.SET_UP, people, by)
    return measure


def extend(pk: UUID, *, by: Actor) -> Measure:
    """Another year from the day after the old end; from one month before it, and ever after."""
    with _changing(pk, by) as measure:
        if timezone.localdate() < opens_for_extension(measure.ends_on) or measure.asked_by_id:
            raise NotNow
        measure.ends_on = last_day(measure.ends_on + timedelta(days=1))
        _keep(measure, MeasureStep.Kind.EXTENDED, by)
    return measure


def decide(pk: UUID, *, opinion: str, by: Actor) -> Measure:
    """Make 仮支援措置 a full one, once a 相談機関 has confirmed the need; a year from today."""
    with _changing(pk, by) as measure:
        if measure.kind != Measure.Kind.PROVISIONAL:
            raise NotNow
        measure.kind, measure.opinion = Measure.Kind.FULL, opinion
        measure.starts_on = timezone.localdate()
        measure.ends_on = last_day(measure.starts_on)
        _keep(measure, MeasureStep.Kind.DECIDED, by)
    return measure


def ask_end(pk: UUID, leaving: Collection[UUID], *, ending: str, by: Actor) -> Measure:
    """Ask that these people leave the measure; all of them, and it ends. Nothing changes yet."""
    with _changing(pk, by) as measure:
        people = standing_for(measure)
        if measure.asked_by_id or not leaving or not set(leaving) <= set(people):
            raise NotNow
        measure.leaving = [ref for ref in people if ref in leaving]
        measure.ending, measure.asked_by_id = ending, by.account_id
        measure.save()
        _note(measure, MeasureStep.Kind.ASKED, measure.leaving, by)
    return measure


def confirm_end(pk: UUID, *, by: Actor) -> Measure:
    """The second person's word: after the hold they leave. Raises MayNotProtect to who asked."""
    with _changing(pk, by) as measure:
        if not measure.asked_by_id or measure.confirmed_by_id:
            raise NotNow
        if measure.asked_by_id == by.account_id:
            raise MayNotProtect
        measure.confirmed_by_id = by.account_id
        measure.lifts_at = timezone.now() + hold()
        measure.save()
        _note(measure, MeasureStep.Kind.CONFIRMED, measure.leaving, by)
    return measure


def withdraw_end(pk: UUID, *, by: Actor) -> Measure:
    """Let it stand after all: any one person may say so until the hold is over."""
    with _changing(pk, by) as measure:
        if not measure.asked_by_id:
            raise NotNow
        people = measure.leaving
        _forget_the_end(measure)
        measure.save()
        _note(measure, MeasureStep.Kind.WITHDRAWN, people, by)
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


def last_day(starts_on: date) -> date:
    """One year less a day (2020-04-01 → 2021-03-31); from 29 February to 28 February (民法143条2項)."""
    end = starts_on + relativedelta(years=1)
    return end if (starts_on.month, starts_on.day) == (2, 29) else end - timedelta(days=1)


def opens_for_extension(ends_on: date) -> date:
    """From when a measure may be extended, and its end is warned of: one month before."""
    return ends_on - relativedelta(months=1)


@cache
def hold() -> timedelta:
    """How long two people's word waits before it counts (reference.toml, [protection])."""
    data = tomllib.loads(reference.PATH.read_text(encoding="utf-8"))
    return timedelta(hours=data["protection"]["hold_hours"])


def may_protect(account: Account) -> bool:
    """Whether this account may take 支援措置 in, extend and end them."""
    return bool(account.has_perm("consent.protect", Category.objects.get(code="basic")))


def standing_for(measure: Measure) -> list[UUID]:
    """Whom the measure covers now, the applicant first."""
    return list(measure.covered.filter(left_at=None).values_list("ref", flat=True))


@contextmanager
def _changing(pk: UUID, by: Actor) -> Iterator[Measure]:
    with passage():
        refuse_others(by)
        measure = Measure.objects.select_for_update().filter(pk=pk, ended_at=None).first()
        if measure is None:
            raise NotNow
        yield measure


def refuse_others(by: Actor) -> None:
    """Raise MayNotProtect to whoever does not answer for 支援措置."""
    account = Account.objects.get(pk=by.account_id)
    if account.kind != Account.Kind.STAFF or not may_protect(account):
        raise MayNotProtect


def _protect(measure: Measure, people: Collection[UUID], against: Collection[UUID]) -> None:
    """Mask them; for a household they share with a 相手方 their rows are kept as they are now (R2)."""
    then = kept.to_keep(people, against, OF_FAMILY)
    ManualProtection.objects.bulk_create(
        ManualProtection(
            identity_id=ref,
            ground=measure.pk,
            kind=measure.kind,
            starts_on=measure.starts_on,
            ends_on=measure.ends_on,
            household_number=then[ref].household_number if ref in then else "",
            before=then[ref].before if ref in then else None,
        )
        for ref in people
    )


def _keep(measure: Measure, step: MeasureStep.Kind, by: Actor) -> None:
    measure.save()
    ManualProtection.objects.filter(ground=measure.pk).update(
        kind=measure.kind, starts_on=measure.starts_on, ends_on=measure.ends_on
    )
    _note(measure, step, standing_for(measure), by)


def _lift(measure: Measure) -> None:
    now, people = timezone.now(), measure.leaving
    ManualProtection.objects.filter(ground=measure.pk, identity__in=people).delete()
    measure.covered.filter(ref__in=people).update(left_at=now)
    if standing_for(measure):
        _forget_the_end(measure)
    else:
        measure.ended_at = now
    measure.save()
    _note(measure, MeasureStep.Kind.LIFTED, people, SYSTEM)


def _forget_the_end(measure: Measure) -> None:
    measure.leaving, measure.ending = [], ""
    measure.asked_by = measure.confirmed_by = measure.lifts_at = None


def _mask_again(people: Collection[UUID]) -> None:
    """What was shown in engagements still open is masked from now on."""
    shown = Engagement.objects.select_for_update().filter(closed_at=None)
    for engagement in shown.filter(revealed__overlap=list(people)):
        engagement.revealed = [ref for ref in engagement.revealed if ref not in people]
        engagement.save(update_fields=["revealed"])


def _note(measure: Measure, step: MeasureStep.Kind, people: Collection[UUID], by: Actor) -> None:
    MeasureStep.objects.create(measure=measure, kind=step, by_id=by.account_id or None)
    log.record(
        AccessEntry.Action.PROTECT, dict.fromkeys(people, ["basic"]), by=by, reason=str(step.label)
    )
