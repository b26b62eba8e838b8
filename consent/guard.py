"""The guard beside the door: in a request, no SQL may name a personal table outside a door call."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connection
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from consent.passage import is_open

NOT_PERSONAL = frozenset({"delivery", "deliverystep", "inboxlook", "recorditem"})


class WentAroundTheDoor(Exception):
    """A request read a personal table of the register without the door (a mistake in our code)."""


@cache
def _personal_tables() -> re.Pattern[str]:
    tables = [
        re.escape(model._meta.db_table)
        for model in apps.get_app_config("residents").get_models()
        if model._meta.model_name not in NOT_PERSONAL
    ]
    return re.compile(rf"\b({'|'.join(tables)}|residents_staging\w*)\b", re.IGNORECASE)


def refuse_personal_tables(
    execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """A database execute wrapper that raises WentAroundTheDoor; values are never in the message."""
    if not is_open():
        named = _personal_tables().search(str(sql))
        if named:
            raise WentAroundTheDoor(named.group())
    return execute(sql, params, many, context)


class DoorGuard:
    """Middleware: every view, template and related manager of a request runs under the guard."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with connection.execute_wrapper(refuse_personal_tables):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse):
            # Its chunks are made after every middleware has returned.
            response.streaming_content = _guarded(response.streaming_content)
        return response


def _guarded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    with connection.execute_wrapper(refuse_personal_tables):
        yield from chunks
