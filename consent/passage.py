"""The passage through the door: one durable transaction, and the mark that a door call is open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction

_open: ContextVar[bool] = ContextVar("door_open", default=False)


@contextmanager
def passage() -> Iterator[None]:
    """Read and log together: both are committed before a value leaves the door, or neither."""
    with transaction.atomic(durable=True):
        token = _open.set(True)
        try:
            yield
        finally:
            _open.reset(token)


def is_open() -> bool:
    """Whether this thread stands inside a door call now."""
    return _open.get()
