"""Approval: a draft is submitted by who wrote it, and published by somebody else who may edit it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from consent.actors import Actor
from lifeevents import drafts, editions, versions
from lifeevents.editions import Edition
from lifeevents.models import Draft, DraftEvent, Publication


class NotYourOwn(Exception):
    """Who wrote a draft may not approve it."""


class NotReady(Exception):
    """The draft has a conflict, a problem or a failing situation, or changes nothing."""


@dataclass(frozen=True, slots=True)
class Readiness:
    """What still stands against publishing a draft."""

    is_empty: bool
    conflicts: tuple[str, ...]
    problems: tuple[str, ...]
    failing: dict[str, tuple[str, ...]]

    @property
    def is_ready(self) -> bool:
        """Whether it may be submitted and published."""
        return not (self.is_empty or self.conflicts or self.problems or self.failing)


def readiness(draft: Draft) -> Readiness:
    """What stands against publishing the draft on the newest version."""
    edition = drafts.edition(draft)
    problems = editions.problems(edition)
    return Readiness(
        is_empty=not draft.changes,
        conflicts=tuple(drafts.conflicts(draft)),
        problems=problems,
        failing={} if problems else editions.failing(edition),
    )


def submit(
    draft: Draft, *, effective_from: date, note: str, version: int, by: Actor, title: str = ""
) -> None:
    """Ask for approval, to take effect from a day; raises NotReady, MayNotEdit."""
    drafts.require(draft, by=by)
    if not readiness(draft).is_ready:
        raise NotReady
    with drafts.editing(draft, version):
        draft.state, draft.effective_from = Draft.State.SUBMITTED, effective_from
        draft.title = title or draft.title
        draft.save(update_fields=["state", "effective_from", "title", "changed_at"])
        drafts.record(draft, DraftEvent.Kind.SUBMITTED, by, note=note)


def withdraw(draft: Draft, *, version: int, by: Actor) -> None:
    """Take the draft back to write on; only who wrote it."""
    if not is_writer(draft, by=by):
        raise drafts.MayNotEdit
    _back(draft, DraftEvent.Kind.WITHDRAWN, "", version, by)


def send_back(draft: Draft, *, note: str, version: int, by: Actor) -> None:
    """Return the draft with what is to be mended; raises NotYourOwn, MayNotEdit."""
    _require_second_person(draft, by)
    _back(draft, DraftEvent.Kind.RETURNED, note, version, by)


def publish(draft: Draft, *, version: int, by: Actor) -> Publication:
    """Approve the draft and put it in force from its day, or from today where that has passed.

    Raises NotYourOwn, MayNotEdit, NotReady, Outdated; TooEarly where the newest version is in force
    only from a later day.
    """
    _require_second_person(draft, by)
    with transaction.atomic(), drafts.editing(draft, version, Draft.State.SUBMITTED):
        versions.one_at_a_time()
        if not readiness(draft).is_ready:
            raise NotReady
        assert draft.effective_from is not None
        draft.publication = versions.publish(
            drafts.edition(draft).document,
            effective_from=max(draft.effective_from, timezone.localdate()),
            title=draft.title,
            drafted_by=draft.author_id,
            approved_by=by.account_id,
        )
        draft.state = Draft.State.PUBLISHED
        draft.save(update_fields=["state", "publication", "changed_at"])
        drafts.record(draft, DraftEvent.Kind.PUBLISHED, by)
    return draft.publication


def is_writer(draft: Draft, *, by: Actor) -> bool:
    """Whether this account wrote any of the draft."""
    written = draft.events.filter(kind__in=DraftEvent.WRITING, by=by.account_id)
    return draft.author_id == by.account_id or written.exists()


def may_approve(draft: Draft, *, by: Actor) -> bool:
    """Whether this account may be the second person."""
    try:
        _require_second_person(draft, by)
    except (NotYourOwn, drafts.MayNotEdit):
        return False
    return True


def edition_before(draft: Draft) -> Edition:
    """What a draft is compared with: the version it was published on, else the newest."""
    published = draft.publication
    if published is None or published.based_on is None:
        return drafts.latest_edition()
    digest = published.based_on.catalogue_id
    return Edition(digest, versions.document(digest))


def edition_after(draft: Draft) -> Edition:
    """The catalogue with the draft; once published, what was published."""
    if draft.publication is None:
        return drafts.edition(draft)
    digest = draft.publication.catalogue_id
    return Edition(digest, versions.document(digest))


def _require_second_person(draft: Draft, by: Actor) -> None:
    if is_writer(draft, by=by):
        raise NotYourOwn
    drafts.require(draft, by=by)


def _back(draft: Draft, kind: DraftEvent.Kind, note: str, version: int, by: Actor) -> None:
    with drafts.editing(draft, version, Draft.State.SUBMITTED):
        draft.state = Draft.State.EDITING
        draft.save(update_fields=["state", "changed_at"])
        drafts.record(draft, kind, by, note=note)
