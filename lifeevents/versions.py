"""Catalogue versions: the one in force, and the one a bundle is bound to (immutable, design I9)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lifeevents import archive
from lifeevents.entries import Catalogue
from lifeevents.models import Bundle, CatalogueVersion

STARTER = Path(__file__).with_name("catalogue")


def current() -> tuple[CatalogueVersion, Catalogue]:
    """The version new bundles are bound to; the shipped catalogue is published at its first use."""
    document, digest = _starter()
    version, _ = CatalogueVersion.objects.get_or_create(
        digest=digest, defaults={"name": f"出荷時 {digest[:8]}", "document": document}
    )
    return version, _read(digest)


def of(bundle: Bundle) -> Catalogue:
    """The catalogue a bundle was started with."""
    return _read(bundle.catalogue_id)


@lru_cache(maxsize=1)
def _starter() -> tuple[dict[str, object], str]:
    document = archive.load(STARTER)
    return document, archive.digest(document)


@lru_cache(maxsize=8)
def _read(digest: str) -> Catalogue:
    document, shipped = _starter()
    if digest != shipped:
        document = CatalogueVersion.objects.get(digest=digest).document
    return archive.read(document)
