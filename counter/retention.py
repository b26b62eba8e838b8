"""保存期間 of everything: each layer's rules, from the top down, so that nothing is still pointed at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from consent import retention
from consent.retention import Layer, Outcome
from lifeevents.retention import LAYER as LIFEEVENTS

COUNTER = Layer(Path(__file__).with_name("retention.toml"))
LAYERS = (COUNTER, LIFEEVENTS, retention.CONSENT, retention.REGISTER)


def dispose(moment: datetime, *, by: str = retention.NIGHTLY) -> Iterator[Outcome]:
    """Apply every rule as of `moment`; what came of each. Raises retention.NotAged."""
    for layer in LAYERS:
        yield from retention.dispose(layer, moment, by=by)


def foresee(moment: datetime) -> Iterator[Outcome]:
    """What would go as of any moment, also one to come; nothing changes."""
    for layer in LAYERS:
        yield from retention.foresee(layer, moment)
