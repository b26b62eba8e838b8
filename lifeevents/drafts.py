"""Drafts: change sets of one department on the catalogue. Every change names who makes it.

Only accounts with `edit` on a department change what is its own. A verb takes the `version` its
caller last saw and raises Outdated when someone else was quicker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from consent.actors import Actor
from consent.models import Account, Department
from lifeevents import changes, versions
from lifeevents.editions import Edition, edition_of
from lifeevents.models import CatalogueVersion, Draft, DraftEvent, Publication

GENERAL = "general"
"""総務課: changes what belongs to no department of the town (市役所以外の窓口)."""


class MayNotEdit(Exception):
    """This account may not change what belongs to that department."""


class NoSuchDraft(Exception):
    """There is no draft of that number."""


class Outdated(Exception):
    """The draft was changed since the caller saw it, or is no longer in that state."""


def find(pk: int) -> Draft:
    """A draft; raises NoSuchDraft. Everyone who may enter the office may read every draft."""
    found = Draft.objects.select_related("base", "author", "department", "publication")
    draft = found.defer("base__document").filter(pk=pk).first()
    if draft is None:
        raise NoSuchDraft
    return draft


def open_ones() -> QuerySet[Draft]:
    """Drafts being written or waiting for approval."""
    states = (Draft.State.EDITING, Draft.State.SUBMITTED)
    return Draft.objects.filter(state__in=states).select_related("author", "department")


def begin(
    title: str,
    department: str,
    *,
    by: Actor,
    changed: Mapping[str, Any] | None = None,
    base: CatalogueVersion | None = None,
    brings: str = "",
) -> Draft:
    """Begin a draft for a department, empty or with changes; raises MayNotEdit."""
    owner = owner_of(department)
    _require(by, {owner})
    with transaction.atomic():
        draft = Draft.objects.create(
            title=title,
            department_id=owner,
            base=base or versions.latest().catalogue,
            changes=dict(changed or {}),
            brings=brings,
            author_id=by.account_id,
        )
        record(draft, DraftEvent.Kind.BEGUN, by)
    return draft


def roll_back_to(publication: Publication, *, by: Actor) -> Draft:
    """A draft that makes the catalogue what it was in an older version."""
    old = versions.document(publication.catalogue_id)
    changed = changes.difference(latest_document(), old)
    title = f"{publication}（{publication.title}）の内容に戻す"[:80]
    return begin(title, GENERAL, by=by, changed=changed)


def bring_shipped(*, by: Actor) -> Draft | None:
    """A draft of what the maker changed since the town's versions began; None when there is nothing."""
    basis = versions.offered()
    if basis is None:
        return None
    digest, shipped = versions.shipped_digest(), versions.shipped_document()
    versions.stored(shipped, f"出荷時 {digest[:8]}")
    wanted = changes.difference(versions.document(basis.digest), shipped)
    latest = latest_document()
    changed = {key: new for key, new in wanted.items() if changes.entry(latest, key) != new}
    title = "出荷時の手続カタログの更新を取り込む"
    return begin(title, GENERAL, by=by, changed=changed, base=basis, brings=digest)


def writing_for(department: str, *, by: Actor) -> Draft | None:
    """The draft this account is writing for a department, if there is one."""
    own = Draft.objects.filter(author_id=by.account_id, state=Draft.State.EDITING, brings="")
    return own.filter(department=owner_of(department)).first()


def change(draft: Draft, changed: Mapping[str, Any], *, version: int, by: Actor) -> None:
    """Put new objects (None: take away) into the draft; what equals the catalogue again drops out.

    Raises MayNotEdit where an object is, or becomes, another department's.
    """
    document = edition(draft).document
    touched = {**changed}
    _require(by, owners(document, touched) | {draft.department_id})
    latest = latest_document()
    with editing(draft, version):
        merged = {**draft.changes, **touched}
        draft.changes = {
            key: new for key, new in merged.items() if new != changes.entry(latest, key)
        }
        draft.save(update_fields=["changes", "changed_at"])
        for key in touched:
            record(draft, DraftEvent.Kind.CHANGED, by, key=key)


def revert(draft: Draft, keys: Iterable[str], *, version: int, by: Actor) -> None:
    """Drop some of the changes."""
    latest = latest_document()
    change(draft, {key: changes.entry(latest, key) for key in keys}, version=version, by=by)


def edition(draft: Draft) -> Edition:
    """The catalogue as it would be with the draft: its changes on the newest version."""
    return edition_of(changes.merged(latest_document(), draft.changes))


def latest_edition() -> Edition:
    """The newest version, in force yet or not; what drafts build on."""
    newest = versions.latest()
    return Edition(newest.catalogue_id, versions.document(newest.catalogue_id))


def latest_document() -> Mapping[str, Any]:
    """Its document."""
    return latest_edition().document


def conflicts(draft: Draft) -> list[str]:
    """The keys changed both here and in a version published since the draft began."""
    base = versions.document(draft.base_id)
    return changes.conflicts(base, latest_document(), draft.changes)


def may_join(draft: Draft, key: str) -> bool:
    """Whether what both sides did to a key can stand together: they changed different things of it."""
    base = versions.document(draft.base_id)
    return changes.both(base, latest_document(), draft.changes, key) is not None


def resolve(draft: Draft, taken: Mapping[str, str], *, version: int, by: Actor) -> None:
    """Settle every conflict by "mine", "theirs" or "both", and build on the newest version."""
    base, latest = versions.document(draft.base_id), latest_document()
    disputed = changes.conflicts(base, latest, draft.changes)
    if set(disputed) - taken.keys():
        raise Outdated
    _require(by, {draft.department_id})
    kept = dict(draft.changes)
    for key in disputed:
        if taken[key] == "theirs":
            del kept[key]
        elif taken[key] == "both":
            kept[key] = changes.both(base, latest, draft.changes, key)
    with editing(draft, version):
        draft.changes, draft.base = kept, versions.latest().catalogue
        draft.save(update_fields=["changes", "base", "changed_at"])
        for key in disputed:
            record(draft, DraftEvent.Kind.RESOLVED, by, key=key, note=taken[key])


def discard(draft: Draft, *, version: int, by: Actor) -> None:
    """Give the draft up; it stays readable."""
    _require(by, {draft.department_id})
    with editing(draft, version):
        draft.state = Draft.State.DISCARDED
        draft.save(update_fields=["state", "changed_at"])
        record(draft, DraftEvent.Kind.DISCARDED, by)


def may_edit(department: str, *, by: Actor) -> bool:
    """Whether this account holds `edit` on a department (or on 総務課 for one outside the town hall)."""
    account = Account.objects.get(pk=by.account_id)
    owner = Department.objects.get(code=owner_of(department))
    return bool(account.is_active and account.has_perm("consent.edit", owner))


def owner_of(department: str) -> str:
    """The town's department that changes what belongs to a department of the catalogue."""
    exists = Department.objects.filter(code=department).exists()
    return department if exists else GENERAL


def owners(document: Mapping[str, Any], changed: Mapping[str, Any]) -> set[str]:
    """The departments whose procedures or papers a change set touches, before or after."""
    entries = [
        each
        for key, new in changed.items()
        if changes.place_of(key)[0] in ("procedures", "papers")
        for each in (new, changes.entry(document, key))
        if each
    ]
    return {owner_of(each["department"]) for each in entries}


def record(draft: Draft, kind: str, by: Actor, *, key: str = "", note: str = "") -> None:
    """One line of the draft's history."""
    DraftEvent.objects.create(draft=draft, kind=kind, by_id=by.account_id, key=key, note=note)


@contextmanager
def editing(draft: Draft, version: int, state: Draft.State = Draft.State.EDITING) -> Iterator[None]:
    """One transaction in which a draft in `state` moves from `version` to the next; raises Outdated."""
    with transaction.atomic():
        taken = Draft.objects.filter(pk=draft.pk, version=version, state=state).update(
            version=F("version") + 1
        )
        if not taken:
            raise Outdated
        draft.version = version + 1
        yield


def require(draft: Draft, *, by: Actor) -> None:
    """Raises MayNotEdit unless this account may change everything the draft touches."""
    _require(by, owners(latest_document(), draft.changes) | {draft.department_id})


def _require(by: Actor, departments: set[str]) -> None:
    if not all(may_edit(each, by=by) for each in departments):
        raise MayNotEdit
