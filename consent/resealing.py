"""Sealing measures anew after their key has changed, so that a former key can be taken away."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.fernet import InvalidToken

from consent.models import AdverseParty, Measure, MeasureTransfer
from consent.sealing import renewed

SEALED = ((Measure, "safe_contact"), (AdverseParty, "sealed"), (MeasureTransfer, "sealed"))
"""Every column that `sealing.seal` fills."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """How many values are under the first key now that were not, already were, and fit no key."""

    renewed: int
    current: int
    shut: int


def seal_anew() -> Resealed:
    """Bring all that is sealed under the first of PROTECTION_KEYS. May be broken off and run again.

    What no key opens stays as it is, so that its key can still be given back.
    """
    moved = current = shut = 0
    for model, column in SEALED:
        rows = model._default_manager.exclude(**{column: None}).order_by("pk")
        for pk, sealed in rows.values_list("pk", column).iterator():
            try:
                fresh = renewed(sealed)
            except InvalidToken:
                shut += 1
                continue
            if fresh is None:
                current += 1
                continue
            # Somebody may have written another value meanwhile: theirs is under the first key anyway.
            same = model._default_manager.filter(pk=pk, **{column: sealed})
            moved += same.update(**{column: fresh})
    return Resealed(moved, current, shut)
