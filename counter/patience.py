"""No page hangs: one that must wait for a locked table says so after a few seconds, and what to do.

Whoever fills an empty table of the register keeps its readers waiting, for a minute with a million
people. Tasks and commands wait; only connections opened while somebody is answered do not.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails
from psycopg.errors import LockNotAvailable

from consent import deliveries
from counter.api import elsewhere

SECONDS = 4
_TRY_AGAIN = 15  # seconds
_answering: ContextVar[bool] = ContextVar("answering", default=False)


class Patience:
    """Middleware: what waited too long for a lock is answered by a page that says what goes on (503)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer in the form that was asked for; every other failure stays one."""
        if not _is_lock_held(exception):
            return None
        response = elsewhere.unavailable(request, _page)
        response["Retry-After"] = str(_TRY_AGAIN)
        return response


def begin_answering(**_kwargs: Any) -> None:
    """A request has come (signal)."""
    _answering.set(True)


def end_answering(**_kwargs: Any) -> None:
    """It has been answered (signal)."""
    _answering.set(False)


def limit(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
    """Let a connection opened for a request wait no longer for a lock (signal)."""
    if _answering.get():
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{SECONDS}s'")


def _is_lock_held(exception: Exception) -> bool:
    return isinstance(exception, OperationalError) and isinstance(
        exception.__cause__, LockNotAvailable
    )


def _page(request: HttpRequest) -> HttpResponse:
    said = _said()
    if HtmxDetails(request):  # the page that asks shows the sentence
        return HttpResponse(
            said, content_type="text/plain; charset=utf-8", status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    return render(request, "503.html", {"said": said}, status=HTTPStatus.SERVICE_UNAVAILABLE)


def _said() -> str:
    if deliveries.is_applying():
        return _(
            "いま、連携データの最初の取込をしています。終わるまで、この画面は使えません。"
            "1、2分待って、もう一度開いてください。"
        )
    return _("ほかの処理が終わるのを待っています。少し待って、もう一度開いてください。")
