"""One file on its way through an import, and what is written down about it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils import timezone

from residents.feed import Extent, Feed, Target
from residents.importing import file_name, gates
from residents.importing.gates import Received
from residents.importing.latest import Counts
from residents.importing.oddities import Oddities
from residents.importing.parcel import Arrival
from residents.importing.refusal import FileHeld, FileRefused, FileReplayed
from residents.models import Delivery

# 支援措置 first: no reader may ever see a new address before the flag that masks it.
_RANK = {Target.PROTECTION: 0, Target.RESIDENT: 1, Target.HOLDING: 2}


@dataclass(slots=True)
class Incoming:
    """A file and its Delivery; `received` is None when it did not pass the gates."""

    arrival: Arrival
    delivery: Delivery
    received: Received | None = None
    refusal: FileRefused | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def feed(self) -> Feed:
        """The feed of a file that passed the gates."""
        assert self.received
        return self.received.feed

    @property
    def place(self) -> tuple[int, object, int]:
        """Where it stands in its set: 支援措置, 住民, the rest; each feed oldest first."""
        rank = _RANK[self.received.feed.target] if self.received else -1
        return rank, self.delivery.as_of, self.delivery.sequence

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add what runs inside to the delivery's seconds."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.delivery.seconds += time.monotonic() - started

    def refuse(self, refusal: FileRefused) -> None:
        """Write down that nothing was changed, and why."""
        self.refusal = refusal
        held = isinstance(refusal, FileHeld)
        self.delivery.state = Delivery.State.HELD if held else Delivery.State.REFUSED
        self.delivery.new = self.delivery.changed = 0
        self.delivery.gone = self.delivery.unchanged = 0
        self.delivery.reason, self.delivery.message = refusal.reason, refusal.message
        self.delivery.applied_at = None
        self.delivery.save()

    def repeat(self, refusal: FileReplayed) -> None:
        """Report it under the delivery it repeats; a replay gets no row of its own."""
        self.received, self.refusal = None, refusal
        self.delivery.pk = refusal.repeats
        self.delivery.state = Delivery.State.REFUSED
        self.delivery.reason, self.delivery.message = refusal.reason, refusal.message

    def applied(self, counts: Counts, oddities: Oddities) -> None:
        """Write down what applying it did."""
        self.delivery.state = Delivery.State.APPLIED
        self.delivery.applied_at = timezone.now()
        self.delivery.new, self.delivery.changed = counts.new, counts.changed
        self.delivery.gone, self.delivery.unchanged = counts.gone, counts.unchanged
        self.delivery.message = "".join([*self._sentences(), *self.notes, *oddities.sentences()])
        self.delivery.save()

    def _sentences(self) -> Iterator[str]:
        assert self.received
        columns = self.received.columns
        if columns.dropped:
            yield f"{'、'.join(columns.dropped)}は読み込まずに捨てました。"
        if columns.unknown:
            yield f"定義にない項目は読み込んでいません：{'、'.join(columns.unknown)}。"
        if self.delivery.rejected:
            yield f"{self.delivery.rejected}行は取り込めませんでした（取込不可の一覧にあります）。"


def receive(arrival: Arrival, set_id: uuid.UUID) -> Incoming:
    """Pass one file through the gates; a refusal is written down at once.

    The delivery that a replay repeats remembers when it was last seen (for the inbox).
    """
    incoming = Incoming(arrival, _delivery(arrival, set_id))
    with incoming.timed():
        try:
            incoming.received = received = gates.receive(arrival)
        except FileReplayed as refusal:
            incoming.repeat(refusal)
            Delivery.objects.filter(pk=refusal.repeats).update(
                file_size=arrival.size, file_modified=arrival.modified
            )
        except FileRefused as refusal:
            incoming.refuse(refusal)
        else:
            incoming.delivery.sha256 = received.sha256
            incoming.delivery.dropped_columns = list(received.columns.dropped)
    return incoming


def _delivery(arrival: Arrival, set_id: uuid.UUID) -> Delivery:
    delivery = Delivery(
        file_name=arrival.name[:255],
        kind=Delivery.Kind.FULL,
        as_of=timezone.now(),
        set_id=set_id,
        file_size=arrival.size,
        file_modified=arrival.modified,
    )
    try:
        name = file_name.read(arrival.name)
    except FileRefused:
        return delivery
    delivery.feed, delivery.as_of, delivery.sequence = name.feed.code, name.as_of, name.sequence
    if name.extent is Extent.DELTA:
        delivery.kind = Delivery.Kind.CHANGES
    return delivery
