"""転送: 支援措置 made known to and by other municipalities, each open until the other has answered.

A measure nobody there knows of protects nobody there: what is not answered by the next 開庁日 is called
about. Every verb is as those of consent.measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from consent.actors import Actor
from consent.measures import NotNow, changing, note, standing_for
from consent.models import Measure, MeasureStep, MeasureTransfer
from consent.sealing import seal

Direction = MeasureTransfer.Direction


def add(
    pk: UUID, direction: Direction, words: Mapping[str, str], *, on: date, by: Actor
) -> MeasureTransfer:
    """Note that the measure was sent on to another municipality, or has come from one."""
    with changing(pk, by) as measure:
        made = MeasureTransfer.objects.create(
            measure=measure, direction=direction, sealed=seal({**words}), sent_on=on
        )
        out = direction == Direction.OUT
        step = MeasureStep.Kind.SENT if out else MeasureStep.Kind.RECEIVED
        note(measure, step, standing_for(measure), by)
    return made


def acknowledge(pk: UUID, transfer: int, *, on: date, by: Actor) -> Measure:
    """Note that the other has answered what we sent, or we what they sent. Raises NotNow the second time."""
    with changing(pk, by) as measure:
        waiting = measure.transfers.filter(pk=transfer, acknowledged_on=None, sent_on__lte=on)
        if not waiting.update(acknowledged_on=on):
            raise NotNow
        note(measure, MeasureStep.Kind.ANSWERED, standing_for(measure), by)
    return measure
