"""What the API answers where no view of it does: at an address it does not have, and after a failure.

Django asks the handlers at the end for every address; pages of other parts get their own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from counter.api.access import anyone
from counter.api.problems import MEDIA_TYPE, problem

PREFIX = "/api/"
Handler = Callable[..., HttpResponse]


@anyone
@extend_schema(exclude=True)
class Elsewhere(APIView):
    """Any other address below /api/v1/."""

    throttle_scope = "catalogue"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whatever the method."""
        raise Http404


def _or_page(code: str, status: int, page: Handler) -> Handler:
    """A handler of an error: a problem below /api/, the page of the other parts elsewhere."""

    @wraps(page)
    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return page(request, *args, **kwargs)
        said = problem(code, status)
        return JsonResponse(
            said, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False}
        )

    return handler


def unavailable(request: HttpRequest, page: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """What cannot be answered now (503): a problem below /api/, else that page."""
    return _or_page("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, page)(request)


bad_request = _or_page("bad_request", 400, defaults.bad_request)
permission_denied = _or_page("permission_denied", 403, defaults.permission_denied)
page_not_found = _or_page("not_found", 404, defaults.page_not_found)
server_error = _or_page("server_error", 500, defaults.server_error)
