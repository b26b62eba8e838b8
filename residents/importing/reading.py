"""Reading a delivery into staging: all of its rows, or of a 全件 those of the people it changes."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from residents.feed import Target
from residents.importing import blocks, first, first_tables, frames, images, line_hashes, staging
from residents.importing.ahead import one_ahead
from residents.importing.blocks import Block
from residents.importing.first import First
from residents.importing.gates import Received
from residents.importing.line_hashes import Accepted, Differences
from residents.importing.picking import picked, with_keys
from residents.importing.progress import Progress, Silence
from residents.importing.refusal import FileRefused
from residents.importing.rows import Row
from residents.importing.survey import Survey, survey
from residents.importing.suspicions import Suspicions
from residents.models import Delivery, Identity

_MOST = 0.3  # share of differing rows above which all are read
_FEW = 1000
_REPORT_EVERY = 1000
_SHORT = 0.0005  # seconds one thread works before another may
_STAGED_NUMBERS = """
SELECT DISTINCT number FROM residents_stagedrow WHERE delivery_id = ANY(%s) AND number <> ''
"""


@dataclass(slots=True)
class Reading:
    """What was read of a 全件, so that the next one can be compared with it."""

    survey: Survey
    differences: Differences | None = None
    accepted: Accepted = field(default_factory=Accepted)
    first: First | None = None

    def store(self, delivery: Delivery, *, ends: bool) -> None:
        """Keep the hashes of its lines; what is staged tells which were rejected."""
        lines, numbers = staging.rejected_lines(delivery.pk)
        if delivery.whole and not ends and lines:
            return  # nobody knows whose line is missing: the next 全件 is read whole
        line_hashes.store(
            delivery,
            self.survey,
            self.accepted,
            differences=self.differences,
            rejected=numbers,
            ends=ends,
        )


def stage(
    delivery: Delivery,
    received: Received,
    earlier: Sequence[Delivery],
    progress: Progress,
    *,
    straight: bool = False,
) -> Reading | None:
    """Read the file into staging; `earlier` are those of the set that are applied before it.

    With `straight`, residents of an empty register are put where they belong at once. Returns what to
    keep of a 全件; None where the next one must be read whole. Raises FileRefused.
    """
    if delivery.kind != Delivery.Kind.FULL or received.feed.target is Target.PROTECTION:
        _stage_whole(delivery, received, None, progress)
        return None
    of_feed = [each for each in earlier if each.feed == delivery.feed]
    basis = _basis(delivery, of_feed)
    reading = Reading(survey(received, each_row=basis is None))
    reading.differences = _differences(reading.survey, basis)
    if reading.differences is not None:
        try:
            progress.say(f"読込中　{delivery.file_name}")
            _stage_touched(delivery, reading, reading.differences, of_feed)
            return reading
        except FileRefused:
            # Line by line it cannot be read: as a whole it can, or is refused for what it is.
            delivery.rejected, reading.differences, reading.accepted = 0, None, Accepted()
            delivery.whole = True
    elif first.begins(delivery, received.feed, of_feed):
        try:
            _build(delivery, reading, progress, straight=straight)
            return reading
        except (first.NotGrouped, first_tables.Filled):
            _forget(delivery, reading)
    reading.survey = with_keys(reading.survey)
    count = _stage_whole(delivery, received, reading.accepted, progress)
    return reading if count == reading.survey.rows else None


def stage_instead(delivery: Delivery, reading: Reading) -> None:
    """Stage what was built of a first 全件: it is held, and must be found again without its file."""
    _forget(delivery, reading)
    _stage_whole(delivery, reading.survey.received, reading.accepted, Silence())


def _forget(delivery: Delivery, reading: Reading) -> None:
    delivery.rows = delivery.rejected = 0
    reading.first, reading.accepted = None, Accepted()


def _basis(delivery: Delivery, earlier: Sequence[Delivery]) -> Delivery | None:
    """The 全件 to compare with; none where another of the set comes in between."""
    if any(each.kind == Delivery.Kind.FULL for each in earlier):
        return None
    return line_hashes.last_full(delivery.feed)


def _differences(found: Survey, basis: Delivery | None) -> Differences | None:
    differences = basis and line_hashes.compare(found, basis)
    if not differences or len(differences.rows) > _MOST * found.rows + _FEW:
        return None
    return differences


def _build(delivery: Delivery, reading: Reading, progress: Progress, *, straight: bool) -> None:
    received = reading.survey.received
    feed = received.feed
    straight = straight and feed.target is Target.RESIDENT and first_tables.is_empty()
    into = first_tables.Straight() if straight else first_tables.Aside(feed)
    reading.first = First(feed, Suspicions(feed), into)
    reading.survey = with_keys(reading.survey)
    with _opened(delivery, received, progress) as (table, advance):
        reading.first.copy(
            delivery, _accepted(delivery, one_ahead(table), reading.accepted, advance)
        )
    if delivery.rows != reading.survey.rows:
        raise first.NotGrouped


def _accepted(
    delivery: Delivery, table: Iterator[Block], accepted: Accepted, advance: Callable[[], None]
) -> Iterator[Block]:
    for block in table:
        good = np.ones(len(block.lines), bool)
        good[[at for at, row in block.alone.items() if row.reason]] = False
        places = np.flatnonzero(good)
        accepted.extend(places + delivery.rows, block.numbers[places].to_list())
        delivery.rows += len(good)
        delivery.rejected += len(good) - len(places)
        advance()
        yield block


def _stage_whole(
    delivery: Delivery, received: Received, accepted: Accepted | None, progress: Progress
) -> int:
    with _opened(delivery, received, progress) as (table, advance):
        rows = chain.from_iterable(table)
        staging.copy(delivery.pk, _noted(_counted(delivery, rows), accepted, advance))
    return delivery.rows


@contextmanager
def _opened(
    delivery: Delivery, received: Received, progress: Progress
) -> Iterator[tuple[Iterator[Block], Callable[[], None]]]:
    """All blocks of the file, read in a transaction; and what says that reading went on."""
    arrival, feed = received.arrival, received.feed
    with (
        arrival.open() as raw,
        progress.reading(arrival.name, arrival.size, raw) as advance,
        frames.opened(raw, feed) as (columns, table),
        transaction.atomic(),
        _undisturbed(),
    ):
        yield blocks.read(table, columns, feed, timezone.localdate(delivery.as_of)), advance


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Read without looking for cycles, of which rows make none, and let the sending thread work often."""
    collects, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(_SHORT)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        if collects:
            gc.enable()


def _stage_touched(
    delivery: Delivery,
    reading: Reading,
    differences: Differences,
    earlier: Sequence[Delivery],
) -> None:
    """Read the rows that differ, then the other rows of the same people; name who has none left."""
    found = reading.survey
    with transaction.atomic():
        new = differences.rows
        _stage_picked(delivery, reading, new)
        absent = {*differences.vanished, *_changed_since(differences.basis, earlier)}
        siblings = differences.of(absent | _staged_numbers([delivery.pk]))
        _stage_picked(delivery, reading, siblings)
        staging.touch(delivery.pk, sorted(absent - _staged_numbers([delivery.pk])))
    delivery.rows, delivery.whole = found.rows, False
    last = Delivery.objects.filter(feed=delivery.feed, state=Delivery.State.APPLIED)
    newest = last.order_by("-applied_at", "-as_of", "-sequence").values_list("pk", flat=True)
    delivery.basis = newest.first()


def _stage_picked(delivery: Delivery, reading: Reading, wanted: Any) -> None:
    if not len(wanted):
        return
    feed, day = reading.survey.received.feed, timezone.localdate(delivery.as_of)
    with picked(reading.survey, wanted) as (columns, lines):
        table = frames.of_lines(lines, columns.width)
        checked = _counted(delivery, blocks.checked(table, columns, feed, day))
        at = iter(wanted.tolist())
        staging.copy(delivery.pk, _noted(checked, reading.accepted, _nothing, at))


def _counted(delivery: Delivery, checked: Iterator[Row]) -> Iterator[Row]:
    for row in checked:
        delivery.rows += 1
        delivery.rejected += bool(row.reason)
        yield row


def _noted(
    checked: Iterator[Row],
    accepted: Accepted | None,
    advance: Callable[[], None],
    indices: Iterator[int] | None = None,
) -> Iterator[Row]:
    for place, row in enumerate(checked):
        if accepted is not None:
            index = place if indices is None else next(indices)
            if not row.reason:
                accepted.add(index, row.number)
        if place % _REPORT_EVERY == 0:
            advance()
        yield row
    advance()


def _nothing() -> None:
    pass


def _changed_since(basis: Delivery, earlier: Sequence[Delivery]) -> set[str]:
    """Whom 差分 have changed since that 全件: their lines may be as before, the register is not."""
    later = Delivery.objects.filter(
        feed=basis.feed, state=Delivery.State.APPLIED, applied_at__gt=basis.applied_at
    )
    refs = {ref for each in later for ref in images.refs_changed(each)}
    numbers = Identity.objects.filter(pk__in=refs).values_list("number", flat=True)
    return {*numbers, *_staged_numbers([each.pk for each in earlier])}


def _staged_numbers(deliveries: Sequence[UUID]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_STAGED_NUMBERS, [list(deliveries)])
        return {number for (number,) in cursor.fetchall()}
