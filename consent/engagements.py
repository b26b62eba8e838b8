"""Engagements: begin, agree, reveal, close. Without one there is only search."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models.functions import JSONObject
from django.utils import timezone

from consent import log
from consent.actors import Actor, seen_by
from consent.adverse import hidden_from
from consent.deliveries import applied_last
from consent.models import AccessEntry, Account, Category, Engagement, Purpose
from consent.passage import passage

LASTS = timedelta(hours=4)


class EngagementClosed(Exception):
    """The engagement is closed, has expired, or belongs to another office."""


class NotInEngagement(Exception):
    """Someone outside the engagement's people was asked for."""


class MayNotReveal(Exception):
    """This role may not show a protected person's address (支援措置)."""


def begin(
    purpose_code: str,
    refs: Collection[UUID],
    *,
    reference: str,
    by: Actor,
    by_another: bool = False,
) -> Engagement:
    """Begin an engagement of the newest version of a purpose for these people.

    `by_another`: not they themselves have come, so it may be anyone who lives with them.
    """
    purpose = Purpose.objects.filter(code=purpose_code).order_by("-version")[0]
    return Engagement.objects.create(
        purpose=purpose,
        refs=list(refs),
        named=list(refs),
        by_another=by_another,
        reference=reference,
        begun_by_id=by.account_id,
        office=by.office,
        until=timezone.now() + LASTS,
    )


def standing(engagement_id: UUID, by: Actor) -> Engagement:
    """The engagement, if it still stands for this actor (its beginner or the same office).

    It knows the categories the actor is `permitted` to see at all, and as of when each feed is.

    Raises EngagementClosed otherwise, and where there never was one.
    """
    found = Engagement.objects.select_related("purpose").filter(pk=engagement_id)
    also = {
        "permitted": ArraySubquery(seen_by(by).values("code")),
        "as_of": ArraySubquery(applied_last().values(row=JSONObject(feed="feed", as_of="applied"))),
    }
    engagement = found.annotate(**also).first()
    if engagement is None:
        raise EngagementClosed
    mine = by.account_id == engagement.begun_by_id or (
        bool(by.office) and by.office == engagement.office
    )
    if not mine or engagement.closed_at or engagement.until <= timezone.now():
        raise EngagementClosed
    return engagement


@transaction.atomic
def agree(engagement_id: UUID, categories: Collection[str], *, by: Actor) -> Engagement:
    """Record which of the purpose's categories the person agrees to have used (同意)."""
    engagement = standing(engagement_id, by)
    engagement.agreed = [c for c in engagement.purpose.by_consent if c in categories]
    engagement.agreed_at = timezone.now()
    engagement.save(update_fields=["agreed", "agreed_at"])
    log.record(
        AccessEntry.Action.AGREE,
        dict.fromkeys(engagement.refs, engagement.agreed),
        by=by,
        engagement=engagement,
    )
    return engagement


def reveal(engagement_id: UUID, ref: UUID, *, reason: str, by: Actor) -> None:
    """Show one protected person's address for a stated reason; logged, for this engagement only.

    Raises EngagementClosed, NotInEngagement, or MayNotReveal where the role holds no `reveal` on
    the category basic, or, in an engagement begun for a 相手方, no `protect`.
    """
    assert reason.strip()
    with passage():
        engagement = standing(engagement_id, by)
        if ref not in engagement.refs:
            raise NotInEngagement
        account, basic = Account.objects.get(pk=by.account_id), Category.objects.get(code="basic")
        hidden = hidden_from(engagement, [ref], by=by)
        needed = {"consent.reveal", *(["consent.protect"] if hidden else [])}
        if not all(account.has_perm(permission, basic) for permission in needed):
            raise MayNotReveal
        if ref not in engagement.revealed:
            engagement.revealed.append(ref)
            engagement.save(update_fields=["revealed"])
        log.record(
            AccessEntry.Action.REVEAL, {ref: ["basic"]}, by=by, engagement=engagement, reason=reason
        )


def reopen(engagement_id: UUID, *, by: Actor) -> Engagement:
    """A fresh engagement with the purpose, people and agreement of an earlier one (再印刷 …).

    What was revealed is not carried over.
    """
    earlier = Engagement.objects.get(pk=engagement_id)
    return Engagement.objects.create(
        purpose=earlier.purpose,
        refs=earlier.refs,
        named=earlier.named,
        by_another=earlier.by_another,
        reference=earlier.reference,
        begun_by_id=by.account_id,
        office=by.office,
        until=timezone.now() + LASTS,
        agreed=earlier.agreed,
        agreed_at=earlier.agreed_at,
    )


def close(engagement_id: UUID) -> None:
    """Close it now; closing twice changes nothing."""
    Engagement.objects.filter(pk=engagement_id, closed_at=None).update(closed_at=timezone.now())


def close_expired() -> int:
    """Close every engagement past its time; returns how many."""
    now = timezone.now()
    return Engagement.objects.filter(closed_at=None, until__lte=now).update(closed_at=now)
