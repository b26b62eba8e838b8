"""Catalogue versions: the one in force, and the one a bundle is bound to (immutable, design I9).

A document is stored once, under its digest; a publication says from which day it is in force.
A newer shipped catalogue follows a shipped one by itself; a town that has published changes of its
own is offered it as a draft instead (`offered`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from lifeevents import archive
from lifeevents.entries import Catalogue
from lifeevents.models import Bundle, CatalogueVersion, Draft, Publication

STARTER = Path(__file__).with_name("catalogue")
PUBLISHING = 0x6B616B75
"""The database lock under which one publication is made at a time."""


class TooEarly(Exception):
    """A publication may not take effect before the one it is built on."""


def current() -> tuple[CatalogueVersion, Catalogue]:
    """The version new bundles are bound to; the shipped catalogue is published at its first use."""
    version = in_force(timezone.localdate()).catalogue
    return version, _read(version.digest)


def in_force(on: date) -> Publication:
    """The newest publication whose day has come."""
    latest()
    found = _publications().filter(effective_from__lte=on).first()
    return found or _publications().earliest("number")


def latest() -> Publication:
    """The newest publication, in force yet or not; publishes the shipped catalogue where it is due."""
    newest = _newest()
    if newest is None or _is_outdated(newest):
        return _publish_shipped()
    return newest


def of(bundle: Bundle) -> Catalogue:
    """The catalogue a bundle was started with."""
    return _read(bundle.catalogue_id)


def catalogue_of(publication: Publication) -> Catalogue:
    """A publication's catalogue."""
    return _read(publication.catalogue_id)


def publish(
    document: Mapping[str, Any],
    *,
    effective_from: date,
    title: str,
    drafted_by: int,
    approved_by: int,
) -> Publication:
    """Put a document in force from a day, as the next version; raises TooEarly.

    What it must meet before (no problem, every situation, a second person) is drafts' to see to.
    """
    with transaction.atomic():
        one_at_a_time()
        newest = latest()
        if effective_from < newest.effective_from:
            raise TooEarly
        return Publication.objects.create(
            number=newest.number + 1,
            catalogue=stored(document, f"第{newest.number + 1}版"),
            effective_from=effective_from,
            origin=Publication.Origin.DRAFT,
            title=title,
            based_on=newest,
            drafted_by_id=drafted_by,
            approved_by_id=approved_by,
        )


def stored(document: Mapping[str, Any], name: str) -> CatalogueVersion:
    """The row of a document; the same document is stored once."""
    version, _ = CatalogueVersion.objects.get_or_create(
        digest=archive.digest(document), defaults={"name": name, "document": document}
    )
    return version


def offered() -> CatalogueVersion | None:
    """The shipped catalogue the town's versions rest on, where this program was shipped with a newer.

    What differs between the two is what a draft would bring; None when there is nothing to bring.
    """
    digest = shipped_digest()
    if latest().origin == Publication.Origin.SHIPPED or _was_taken(digest):
        return None
    brought = Draft.objects.filter(state=Draft.State.PUBLISHED).exclude(brings="")
    last = brought.order_by("-publication").first()
    if last is not None:
        return CatalogueVersion.objects.get(digest=last.brings)
    return Publication.objects.filter(origin=Publication.Origin.SHIPPED)[0].catalogue


def document(digest: str) -> Mapping[str, Any]:
    """A stored document, read once; nobody may change it."""
    return _document(digest)


def shipped_document() -> Mapping[str, Any]:
    """The catalogue this program was shipped with."""
    return _starter()[0]


def shipped_digest() -> str:
    """Its digest."""
    return _starter()[1]


def _newest() -> Publication | None:
    return _publications().first()


def _publications() -> QuerySet[Publication]:
    """Newest first, without the documents, which are large."""
    return Publication.objects.select_related("catalogue").defer("catalogue__document")


def _is_outdated(newest: Publication) -> bool:
    """Whether a shipped catalogue is in force and this program brings one never published before."""
    if newest.origin != Publication.Origin.SHIPPED:
        return False
    _, digest = _starter()
    return newest.catalogue_id != digest and not _was_published(digest)


def _publish_shipped() -> Publication:
    document, digest = _starter()
    with transaction.atomic():
        one_at_a_time()
        newest = _newest()
        if newest is not None and not _is_outdated(newest):
            return newest
        return Publication.objects.create(
            number=newest.number + 1 if newest else 1,
            catalogue=stored(document, f"出荷時 {digest[:8]}"),
            effective_from=timezone.localdate(),
            origin=Publication.Origin.SHIPPED,
            title="出荷時の手続カタログ",
            based_on=newest,
        )


def _was_published(digest: str) -> bool:
    return Publication.objects.filter(catalogue=digest).exists()


def _was_taken(digest: str) -> bool:
    """Whether a shipped catalogue was published, or a draft brings its changes."""
    taken = Draft.objects.filter(brings=digest).exclude(state=Draft.State.DISCARDED)
    return _was_published(digest) or taken.exists()


def one_at_a_time() -> None:
    """Wait for, and then be, the only transaction that publishes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])


def _starter() -> tuple[dict[str, Any], str]:
    return _loaded(STARTER)


@lru_cache(maxsize=2)
def _loaded(folder: Path) -> tuple[dict[str, Any], str]:
    document = archive.load(folder)
    return document, archive.digest(document)


@lru_cache(maxsize=8)
def _document(digest: str) -> Mapping[str, Any]:
    starter, shipped = _starter()
    if digest == shipped:
        return starter
    found: dict[str, Any] = CatalogueVersion.objects.get(digest=digest).document
    return found


@lru_cache(maxsize=8)
def _read(digest: str) -> Catalogue:
    return archive.read(_document(digest))
