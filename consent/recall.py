"""Who saw or received values that a delivery brought and that are taken back (recall)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.models import AccessEntry, AccessSubject
from residents.importing import images
from residents.models import Delivery

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Recall:
    """The access entries that concern changed records, oldest first, and how many people were seen."""

    entries: tuple[UUID, ...]
    people: int


def since(deliveries: Iterable[Delivery]) -> Recall:
    """Every look since each of these applied deliveries at a record it had changed."""
    entries: dict[UUID, datetime] = {}
    people: set[UUID] = set()
    for delivery in deliveries:
        for ref, entry, at in _looks(delivery):
            people.add(ref)
            entries[entry] = at
    ordered = sorted(entries, key=lambda entry: (entries[entry], entry))
    return Recall(tuple(ordered), len(people))


def entries(found: Recall) -> list[AccessEntry]:
    """The lines of the access log behind a recall: who, when, over which channel, in which bundle."""
    return list(AccessEntry.objects.filter(pk__in=found.entries).order_by("at"))


def _looks(delivery: Delivery) -> Iterator[tuple[UUID, UUID, datetime]]:
    subjects = AccessSubject.objects.filter(entry__at__gte=delivery.applied_at)
    columns = ("ref", "entry_id", "entry__at")
    for refs in _batches(images.refs_changed(delivery)):
        yield from subjects.filter(ref__in=refs).values_list(*columns)


def _batches(refs: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(refs), _BATCH):
        yield refs[start : start + _BATCH]
