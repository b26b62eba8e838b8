"""Bundles: start, identify, agree, answer, finish. Every change names who makes it and what they saw.

A verb takes the `version` its caller last saw and raises Stale when someone else (or a second click)
was quicker; so two people in one bundle cannot overwrite each other. It raises NotYours to an actor
who neither serves the bundle nor is of its office (`changing`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from consent import door, engagements
from consent.actors import Actor
from consent.models import Account
from lifeevents import kept, numbering, roles, seating, versions
from lifeevents.models import Bundle, Participant

METHODS = ("card", "one_point", "two_point", "known")


class Stale(Exception):
    """The bundle was changed since the caller saw it, or is no longer open."""


class NotYours(Exception):
    """No bundle of that 受付番号 that this actor's office may see."""


class UnknownEvent(Exception):
    """The catalogue has no such life event, or none that can be started."""


def start(
    event: str,
    ref: UUID | None,
    *,
    applicant: str,
    on: date,
    by: Actor,
    channel: str = Bundle.Channel.DESK,
    token: UUID | None = None,
    newcomers: Iterable[str] | None = None,
    outsiders: Iterable[str] = (),
    elsewhere: Collection[UUID] = (),
) -> Bundle:
    """Start a bundle for a household: number it, open the engagement, seat who takes part.

    `ref` is whom the event starts from (出生: a parent; 転居: a mover; おくやみ: the deceased; 転入:
    None, or a member of the household joined). `newcomers` and `outsiders` are keys for arrivals
    and applicants outside the register, `elsewhere` residents who take part (seating.arrange).
    `token` is the id the page was given, so that a second click finds the first click's bundle.
    Raises UnknownEvent, NotYours for another office's token, door.NotInRegister, or door.CounterOnly.
    """
    version, catalogue = versions.current()
    found = catalogue.events.get(event)
    if found is None or not found.offered or (_is_resident(by) and not found.online):
        raise UnknownEvent(event)
    assert applicant in seating.APPLICANTS
    assert ref or found.starts_from == roles.NOBODY
    token = token or uuid4()
    with transaction.atomic():
        number = numbering.next_number(on)
        bundle = Bundle.objects.filter(pk=token).first()
        if bundle is None:
            named = [*([ref] if ref else []), *elsewhere]
            engagement = engagements.begin(
                event, named, reference=number, by=by, by_another=applicant != seating.SELF
            )
            bundle = Bundle.objects.create(
                id=token,
                number=number,
                event=event,
                catalogue=version,
                channel=channel,
                on=on,
                engagement=engagement.pk,
                office=by.office,
                served_by_id=by.account_id,
                filed_by_id=by.account_id if _is_resident(by) else None,
                # Who signed in with the card is identified; the counter does so again in person.
                step=Bundle.Step.AGREE if _is_resident(by) else Bundle.Step.IDENTIFY,
            )
        elif not _seen_by(by).filter(pk=token).exists():
            raise NotYours
    try:
        seating.seat(
            bundle,
            found,
            ref,
            applicant=applicant,
            by=by,
            newcomers=roles.usual_newcomers(found.starts_from) if newcomers is None else newcomers,
            outsiders=outsiders,
            elsewhere=elsewhere,
        )
    except (door.NotInRegister, door.NotInEngagement, door.CounterOnly):
        cancel(bundle, version=bundle.version, by=by)
        raise
    return bundle


def find(number: str, *, by: Actor) -> Bundle:
    """The bundle of a 受付番号, if this actor serves it or is of its office; else raises NotYours.

    It comes with what it keeps and with how many bundles the actor serves now (`mine_open`).
    """
    own = mine(by).order_by().values("state").values(count=Count("pk"))
    found = kept.along(_seen_by(by).filter(number=number))
    also = {"mine_open": Coalesce(Subquery(own), 0)}
    bundle = found.annotate(**also).first()
    if bundle is None:
        raise NotYours
    return bundle


def by_number(number: str, *, by: Actor) -> Bundle | None:
    """What a 受付番号 names to this actor: their office's bundle, or one that waits for any counter."""
    return (_seen_by(by) | waiting().order_by()).filter(number=number).first()


def mine(by: Actor) -> QuerySet[Bundle]:
    """The open bundles this actor serves."""
    return Bundle.objects.filter(state=Bundle.State.OPEN, served_by_id=by.account_id)


def team(by: Actor) -> QuerySet[Bundle]:
    """The open bundles of the actor's office that others serve."""
    return _seen_by(by).filter(state=Bundle.State.OPEN).exclude(served_by_id=by.account_id)


def finished_today(by: Actor) -> QuerySet[Bundle]:
    """What the actor's office finished today, newest first."""
    today = timezone.localdate()
    return _seen_by(by).filter(finished_at__date=today).order_by("-finished_at")


def waiting() -> QuerySet[Bundle]:
    """What residents have submitted and no counter has taken yet, the longest waiting first."""
    return Bundle.objects.filter(state=Bundle.State.SUBMITTED).order_by("submitted_at")


def filed(by: Actor) -> QuerySet[Bundle]:
    """A resident's own bundles, whoever serves them now, newest first; none that were cancelled.

    Those they handed in online, and those they came to a counter for themselves, once finished.
    """
    ref = Account.objects.filter(pk=by.account_id).values("ref")
    came = Participant.objects.filter(ref__in=ref, roles__contains=["applicant"]).values("bundle")
    done = Q(state=Bundle.State.FINISHED, pk__in=came)
    own = Bundle.objects.filter(Q(filed_by_id=by.account_id) | done)
    return own.exclude(state=Bundle.State.CANCELLED)


def refuse_others(bundle: Bundle, *, by: Actor) -> None:
    """Raise NotYours where this bundle is neither the actor's to serve, nor theirs, nor waiting for any."""
    seen = _seen_by(by).order_by()
    seen |= filed(by).order_by() if _is_resident(by) else waiting().order_by()
    if not seen.filter(pk=bundle.pk).exists():
        raise NotYours


def submit(bundle: Bundle, *, version: int, by: Actor) -> None:
    """Hand an online bundle in (申請): it waits for the counter. Submitting it again changes nothing.

    Raises NotYours or Stale.
    """
    bundle.refresh_from_db()
    if bundle.filed_by_id != by.account_id:
        raise NotYours
    if bundle.state == Bundle.State.SUBMITTED:
        return
    with changing(bundle, version, by):
        bundle.state = Bundle.State.SUBMITTED
        bundle.submitted_at = timezone.now()
        bundle.save(update_fields=["state", "submitted_at"])
        engagements.close(bundle.engagement)


def take_over(number: str, *, by: Actor) -> Bundle:
    """Take a submitted bundle to this counter: a fresh engagement of its office, from 本人確認 on.

    The channel stays. Raises NotYours where none waits under this 受付番号.
    """
    if by.kind != Account.Kind.STAFF:
        raise NotYours
    with transaction.atomic():
        bundle = waiting().select_for_update().filter(number=number).first()
        if bundle is None:
            raise NotYours
        bundle.engagement = engagements.reopen(bundle.engagement, by=by).pk
        bundle.state, bundle.step = Bundle.State.OPEN, Bundle.Step.IDENTIFY
        bundle.served_by_id, bundle.office = by.account_id, by.office
        bundle.version += 1
        bundle.save()
    return bundle


def identify(
    bundle: Bundle,
    *,
    version: int,
    method: str,
    documents: Collection[str],
    by: Actor,
    authority: str = "",
) -> None:
    """Record how the applicant was identified (本人確認: 券面, 1点, 2点) and a proxy's authority."""
    assert method in METHODS
    with changing(bundle, version, by):
        bundle.identified = {
            "method": method,
            "documents": list(documents),
            "authority": authority,
            "by": by.account_id,
            "at": timezone.now().isoformat(),
        }
        # Online the person has agreed already; what only the counter needs is still to be asked.
        bundle.step = Bundle.Step.ASK if bundle.filed_by_id else Bundle.Step.AGREE
        bundle.save(update_fields=["identified", "step"])


def agree(bundle: Bundle, categories: Collection[str], *, version: int, by: Actor) -> None:
    """Record which categories the person agrees to have used, and go on to the questions."""
    with changing(bundle, version, by):
        engagements.agree(bundle.engagement, categories, by=by)
        bundle.step = Bundle.Step.ASK
        bundle.save(update_fields=["step"])


def set_taking_part(
    bundle: Bundle, key: str, taking_part: bool, *, version: int, by: Actor
) -> None:
    """Tick or untick one household member's part in the bundle."""
    with changing(bundle, version, by):
        bundle.participants.filter(key=key).update(taking_part=taking_part)


def resume(bundle: Bundle, *, version: int, by: Actor) -> None:
    """Open the records of a saved bundle again once its engagement's time is over.

    Every answer stays; who stands here is identified anew, and a resident was by signing in.
    """
    with changing(bundle, version, by):
        bundle.engagement = engagements.reopen(bundle.engagement, by=by).pk
        if not _is_resident(by):
            bundle.step, bundle.identified = Bundle.Step.IDENTIFY, {}
        bundle.save(update_fields=["engagement", "step", "identified"])


def go_to(bundle: Bundle, step: str, *, version: int, by: Actor) -> None:
    """Move to a step; nothing entered is lost."""
    with changing(bundle, version, by):
        bundle.step = Bundle.Step(step)
        bundle.save(update_fields=["step"])


def cancel(bundle: Bundle, *, version: int, by: Actor) -> None:
    """Cancel (取下げ): close the engagement; answers go when retention disposes of them."""
    with changing(bundle, version, by):
        bundle.state = Bundle.State.CANCELLED
        bundle.save(update_fields=["state"])
        engagements.close(bundle.engagement)


@contextmanager
def changing(bundle: Bundle, version: int, by: Actor) -> Iterator[None]:
    """One transaction in which the open bundle moves from `version` to the next; every verb's gates.

    Raises NotYours where the actor neither serves it nor is of its office, Stale where it is no
    longer open or was changed since the actor saw it.
    """
    with transaction.atomic():
        yours = _seen_by(by).filter(pk=bundle.pk)
        taken = yours.filter(version=version, state=Bundle.State.OPEN).update(
            version=F("version") + 1
        )
        if not taken:
            raise Stale if yours.exists() else NotYours
        yield
    bundle.version = version + 1  # only now does the database say so, too


def _is_resident(by: Actor) -> bool:
    return by.kind == Account.Kind.RESIDENT


def _seen_by(by: Actor) -> QuerySet[Bundle]:
    seen = Q(served_by_id=by.account_id)
    return Bundle.objects.filter(seen | Q(office=by.office) if by.office else seen)
