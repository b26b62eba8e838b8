"""One delivery on its way through an import, and what is written down about it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from residents import feed as feeds
from residents.feed import Extent, Feed, Target
from residents.importing import file_name, gates, order, states
from residents.importing.arrival import Arrival
from residents.importing.gates import Received
from residents.importing.refusal import FileHeld, FileRefused, FileReplayed
from residents.importing.suspicions import Suspicions
from residents.models import Delivery

if TYPE_CHECKING:
    from residents.importing.latest import Counts
    from residents.importing.reading import Reading

State = Delivery.State
# 支援措置 first: no reader may ever see a new address before the flag that masks it.
_RANK = {Target.PROTECTION: 0, Target.RESIDENT: 1, Target.HOLDING: 2}


@dataclass(slots=True)
class Incoming:
    """A delivery, and its file while it is read; a released one comes back without a file.

    `received` is None when the file did not pass the gates. `holds` are the reasons to wait.
    """

    delivery: Delivery
    arrival: Arrival | None = None
    received: Received | None = None
    refusal: FileRefused | None = None
    holds: list[FileHeld] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    reading: Reading | None = None

    @property
    def feed(self) -> Feed:
        """The feed it is a delivery of."""
        return feeds.feed(self.delivery.feed)

    @property
    def place(self) -> tuple[object, ...]:
        """Where it stands in its set: 支援措置, 住民, the rest; each feed oldest first."""
        known = self.delivery.feed in feeds.feeds()
        rank = _RANK[self.feed.target] if known else -1
        return rank, *order.moment(self.delivery)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Add what runs inside to the delivery's seconds."""
        started = time.monotonic()
        try:
            yield
        finally:
            self.delivery.seconds += time.monotonic() - started

    def start_over(self, holds: Sequence[FileHeld]) -> None:
        """Forget what was read and found out since it was its turn; its transaction was undone."""
        self.delivery.refresh_from_db()
        self.reading, self.refusal, self.holds, self.notes = None, None, [*holds], []

    def refuse(self, refusal: FileRefused, by: Sequence[int] = ()) -> None:
        """Write down that nothing was changed, and why."""
        self.refusal = refusal
        self.delivery.reason, self.delivery.message = refusal.reason, refusal.message
        states.move(self.delivery, State.REFUSED, by=by)

    def hold(self, holds: Sequence[FileHeld]) -> None:
        """Write down that nothing is changed until two people, or what is missing, let it go on."""
        self.refusal = holds[0]
        self.delivery.reason = holds[0].reason
        self.delivery.message = "".join(each.message for each in holds)
        states.move(self.delivery, State.HELD)

    def repeat(self, refusal: FileReplayed) -> None:
        """Report it under the delivery it repeats; a replay gets no row of its own.

        The delivery it repeats remembers when the file was last seen (for the inbox).
        """
        self.received, self.refusal = None, refusal
        Delivery.objects.filter(pk=refusal.repeats).update(
            file_size=self.delivery.file_size, file_modified=self.delivery.file_modified
        )
        self.delivery.pk = refusal.repeats
        self.delivery.state = State.REFUSED
        self.delivery.reason, self.delivery.message = refusal.reason, refusal.message

    def applied(self, counts: Counts, suspicions: Suspicions, by: Sequence[int]) -> None:
        """Write down what applying it did."""
        delivery = self.delivery
        states.move(delivery, State.CHECKED)
        delivery.applied_at = timezone.now()
        delivery.new, delivery.changed = counts.new, counts.changed
        delivery.gone, delivery.unchanged = counts.gone, counts.unchanged
        delivery.held_after = counts.held
        delivery.reason = ""
        delivery.message = "".join(
            [*self._sentences(), *self.notes, *suspicions.oddities.sentences()]
        )
        states.move(delivery, State.APPLIED, by=by)

    def _sentences(self) -> Iterator[str]:
        yield from self.delivery.summary.get("notes", ())
        if self.delivery.rejected:
            yield f"{self.delivery.rejected}行は取り込めませんでした（取込不可の一覧にあります）。"


def receive(arrival: Arrival, set_id: uuid.UUID) -> Incoming:
    """Pass one file through the gates; a refusal is written down at once."""
    incoming = Incoming(_delivery(arrival, set_id), arrival)
    with incoming.timed():
        try:
            incoming.received = received = gates.receive(arrival)
        except FileRefused as refusal:
            incoming.refuse(refusal)
        else:
            incoming.delivery.sha256 = received.sha256
            incoming.delivery.dropped_columns = list(received.columns.dropped)
            incoming.delivery.summary = {"notes": list(_notes(received))}
    return incoming


def _notes(received: Received) -> Iterator[str]:
    columns = received.columns
    if columns.dropped:
        yield f"{'、'.join(columns.dropped)}は読み込まずに捨てました。"
    if columns.unknown:
        yield f"定義にない項目は読み込んでいません：{'、'.join(columns.unknown)}。"


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
