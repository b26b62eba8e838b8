"""支援措置 entered here: set up by one person at once, decided by another, extended (trust §0.1, §6.2).

Every verb needs `protect` on the category basic, raises MayNotProtect without it, writes one
AccessEntry and, but for `set_up`, raises NotNow where the measure's state does not allow it.
How one ends stands in measure_ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from consent import log, measure_sent
from consent.actors import Actor
from consent.frozen import OF_FAMILY
from consent.measure_period import last_day, opens_for_extension
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
from consent.sealing import seal, unseal
from residents import kept
from residents.models import ManualProtection, Protection

SCOPES = ("viewing", "certificate", "family_register")
"""対象事務: 住民基本台帳の閲覧, 住民票の写し等, 戸籍の附票の写し."""


class MayNotProtect(Exception):
    """This account does not hold `protect`, or may not confirm what it asked for itself."""


class NotNow(Exception):
    """The measure's state does not allow this: ended, already asked for, or too early for it."""


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
    contact: Mapping[str, str] = field(default_factory=dict, repr=False)


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
            entered_by_id=by.account_id,
            safe_contact=seal({**wish.contact}) if any(wish.contact.values()) else None,
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
        note(measure, MeasureStep.Kind.SET_UP, people, by)
    return measure


def extend(pk: UUID, *, by: Actor) -> Measure:
    """Another year from the day after the old end; from one month before it, and ever after."""
    with changing(pk, by) as measure:
        too_early = timezone.localdate() < opens_for_extension(measure.ends_on)
        if too_early or measure.asked_by_id or measure.from_core:
            raise NotNow
        measure.ends_on = last_day(measure.ends_on + timedelta(days=1))
        _keep(measure, MeasureStep.Kind.EXTENDED, by)
    return measure


def decide(pk: UUID, *, opinion: str, by: Actor) -> Measure:
    """Decide on it, as someone else than who entered it (MayNotProtect to them).

    仮支援措置 becomes a full one once a 相談機関 has confirmed the need, for a year from today; one that
    was entered as full keeps its period.
    """
    with changing(pk, by) as measure:
        if measure.decided_by_id or measure.asked_by_id or measure.from_core:
            raise NotNow
        if measure.entered_by_id == by.account_id:
            raise MayNotProtect
        measure.decided_by_id, measure.opinion = by.account_id, opinion
        if measure.kind == Measure.Kind.PROVISIONAL:
            measure.kind = Measure.Kind.FULL
            measure.starts_on = timezone.localdate()
            measure.ends_on = last_day(measure.starts_on)
        _keep(measure, MeasureStep.Kind.DECIDED, by)
    return measure


def set_contact(pk: UUID, words: Mapping[str, str], *, by: Actor) -> Measure:
    """Where and when the applicant may be asked safely, and the word they are known by; sealed."""
    with changing(pk, by) as measure:
        measure.safe_contact = seal({**words}) if any(words.values()) else None
        measure.save()
        note(measure, MeasureStep.Kind.CONTACT, standing_for(measure), by)
    return measure


def may_protect(account: Account) -> bool:
    """Whether this account may take 支援措置 in, extend and end them."""
    return bool(account.has_perm("consent.protect", Category.objects.get(code="basic")))


def add_against(pk: UUID, against: Against, *, by: Actor) -> Measure:
    """Name one more 相手方, or link one who has come into the register since.

    From now on their visits learn nothing of whom it covers. Nothing is kept for their household: it
    was told of the measure already, if it asked. Raises NotNow for somebody the measure covers.
    """
    with changing(pk, by) as measure:
        people = standing_for(measure)
        if against.ref in people:
            raise NotNow
        AdverseParty.objects.create(measure=measure, ref=against.ref, sealed=seal(against.words))
        note(measure, MeasureStep.Kind.AGAINST, people, by)
    return measure


def take_up(ref: UUID, together: Collection[UUID], *, by: Actor) -> Measure:
    """What is noted here of a measure the core system sends, to which 相手方 can be added.

    A second time it is the same. Raises NotNow where none stands for this person, or where someone of
    `together` is not of those measure_sent.together names.
    """
    with passage():
        refuse_others(by)
        # Locked, so that two clicks note one.
        sent = Protection.objects.select_for_update().filter(measure_sent.STANDING, pk=ref).first()
        if sent is None:
            raise NotNow
        if noted := measure_sent.taken_up(ref):
            return noted
        if not set(together) <= set(measure_sent.together(ref)):
            raise NotNow
        measure = measure_sent.note_of(sent, together, by)
        note(measure, MeasureStep.Kind.TAKEN_UP, standing_for(measure), by)
    return measure


def standing_for(measure: Measure) -> list[UUID]:
    """Whom the measure covers now, the applicant first."""
    return list(measure.covered.filter(left_at=None).values_list("ref", flat=True))


def contact_of(measure: Measure) -> Mapping[str, str]:
    """The safe contact's words; {} where none is known."""
    return unseal(measure.safe_contact) if measure.safe_contact else {}


@contextmanager
def changing(pk: UUID, by: Actor) -> Iterator[Measure]:
    """A standing measure, locked, for who answers for it. Raises NotNow or MayNotProtect."""
    with passage():
        refuse_others(by)
        standing = Measure.objects.select_for_update().filter(measure_sent.stands(), pk=pk)
        measure = standing.first()
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
    note(measure, step, standing_for(measure), by)


def _mask_again(people: Collection[UUID]) -> None:
    """What was shown in engagements still open is masked from now on."""
    shown = Engagement.objects.select_for_update().filter(closed_at=None)
    for engagement in shown.filter(revealed__overlap=list(people)):
        engagement.revealed = [ref for ref in engagement.revealed if ref not in people]
        engagement.save(update_fields=["revealed"])


def note(measure: Measure, step: MeasureStep.Kind, people: Collection[UUID], by: Actor) -> None:
    """Write a step down, in the measure and in the access log."""
    MeasureStep.objects.create(measure=measure, kind=step, by_id=by.account_id or None)
    log.record(
        AccessEntry.Action.PROTECT, dict.fromkeys(people, ["basic"]), by=by, reason=str(step.label)
    )
