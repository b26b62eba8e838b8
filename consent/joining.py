"""Someone more whom an engagement concerns: the household that is moved into, named once it stands."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from consent import log
from consent.actors import Actor
from consent.engagements import NotInEngagement, standing
from consent.models import AccessEntry, Account, Engagement


@transaction.atomic
def name(engagement_id: UUID, ref: UUID, *, reason: str, by: Actor) -> None:
    """Let one more person's records be opened on this ground, for a stated reason; logged at once.

    Raises EngagementClosed, or NotInEngagement to a resident: only a counter looks beyond the family.
    """
    assert reason.strip()
    if by.kind != Account.Kind.STAFF:
        raise NotInEngagement
    ground = standing(engagement_id, by)
    Engagement.objects.select_for_update().get(pk=ground.pk)
    ground.refresh_from_db(fields=["refs"])
    if ref not in ground.refs:
        ground.refs = [*ground.refs, ref]
        ground.save(update_fields=["refs"])
    log.record(AccessEntry.Action.OPEN, {ref: []}, by=by, engagement=ground, reason=reason)
