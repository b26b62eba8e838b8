"""Writing AccessEntries: one event, and one subject row per person it concerns."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from consent.actors import Actor
from consent.models import AccessEntry, AccessSubject, Engagement


def record(
    action: AccessEntry.Action,
    subjects: Mapping[UUID, Collection[str]],
    *,
    by: Actor,
    engagement: Engagement | None = None,
    search_id: UUID | None = None,
    found_by: str = "",
    reason: str = "",
) -> AccessEntry:
    """Write one entry and its subject rows ({ref: categories seen}) in the caller's transaction."""
    entry = AccessEntry.objects.create(
        action=action,
        actor_kind=by.kind,
        account_id=by.account_id,
        role=by.role,
        office=by.office,
        terminal=by.terminal,
        channel=by.channel,
        purpose=engagement.purpose.code if engagement else "",
        purpose_version=engagement.purpose.version if engagement else None,
        reference=engagement.reference if engagement else "",
        engagement=engagement.pk if engagement else None,
        search_id=search_id,
        found_by=found_by,
        reason=reason,
    )
    AccessSubject.objects.bulk_create(
        AccessSubject(entry=entry, ref=ref, categories=sorted(categories))
        for ref, categories in subjects.items()
    )
    return entry


def shown_under(search_id: UUID) -> set[UUID]:
    """The refs already logged under one page's search: each is logged once a page."""
    return set(
        AccessSubject.objects.filter(entry__search_id=search_id).values_list("ref", flat=True)
    )
