"""Several sets that lie in one place: each in its turn, and past what another import keeps waiting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from residents.importing.bucket import BucketAway
from residents.importing.refusal import ImportBusy
from residents.models import Delivery

Set = TypeVar("Set")


def work_off(waiting: Sequence[Set], take_in: Callable[[Set], list[Delivery]]) -> list[Delivery]:
    """Take in one set after the other; returns what became of all of their files.

    A set whose feed another import holds is tried again once others have been dealt with, for that
    import may be over then; it is given up when nothing else is left. Raises BucketAway, OSError or
    ImportBusy in the end, where some could not be taken in, and whatever else `take_in` raises at once.
    """
    done: list[Delivery] = []
    away: BucketAway | OSError | None = None
    while waiting:
        kept: list[Set] = []
        for each in waiting:
            try:
                done += take_in(each)
            except ImportBusy:
                kept.append(each)
            except (BucketAway, OSError) as error:
                away = error
        if len(kept) == len(waiting):
            break
        waiting = kept
    if away:
        raise away
    if waiting:
        raise ImportBusy
    return done
