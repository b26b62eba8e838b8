"""Long statements whose plan a connection keeps: planning a search takes longer than searching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import ServerBindingCursor


def keep_plans(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let a new connection plan such a statement once, whatever is bound to it later.

    Nothing else is bound by the server here: Django writes values into its statements. Compiling
    (jit) takes a hundred times what running a search does, and would be done for each.
    """
    connection.connection.prepare_threshold = 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('plan_cache_mode', 'force_generic_plan', false),"
            " set_config('jit', 'off', false)"
        )


def rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """What the statement finds; its text should differ no more than its plan must."""
    connection.ensure_connection()
    bound: Any = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    wrapped = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrapped(bound) as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
