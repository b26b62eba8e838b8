"""The OpenAPI schema: each operation is documented with every refusal it can answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.serializers import BaseSerializer

from counter.api.access import anyone
from counter.api.problems import MEDIA_TYPE, ProblemSerializer

ALWAYS = {406: "返せる形ではない", 429: "回数が多すぎる", 500: "サーバーの問題"}
WITH_BODY = {400: "形の誤り", 413: "大きすぎる", 415: "受け取れる形ではない", 422: "使えない値"}
SIGNED_IN = {401: "サインインが必要", 403: "住民ご本人だけが使える"}
NAMED = {404: "見つからない"}

Serializer: TypeAlias = type[BaseSerializer] | BaseSerializer


@anyone
@method_decorator(never_cache, name="dispatch")
class Schema(SpectacularJSONAPIView):
    """The schema as JSON."""

    throttle_scope = "catalogue"


def documented(
    operation: str,
    summary: str,
    answer: Serializer,
    *,
    tag: str,
    description: str = "",
    body: Serializer | None = None,
    examples: list[OpenApiExample] | None = None,
    signed_in: bool = False,
    named: bool = False,
) -> Callable[[Any], Any]:
    """Document one operation in Japanese; its refusals follow from what it takes and whom it lets in."""
    refusals = {
        **ALWAYS,
        **(WITH_BODY if body else {}),
        **(SIGNED_IN if signed_in else {}),
        **(NAMED if named else {}),
    }
    responses: dict[Any, OpenApiResponse] = {200: OpenApiResponse(answer, summary)}
    for status, text in sorted(refusals.items()):
        responses[status, MEDIA_TYPE] = OpenApiResponse(ProblemSerializer, text)
    return extend_schema(
        operation_id=operation,
        summary=summary,
        description=description or summary,
        request=body,
        responses=responses,
        examples=examples,
        tags=[tag],
    )


def in_the_readers_language(result: Any, generator: Any, request: Any, public: bool) -> Any:
    """Leave out the serializers' docstrings, which speak to developers (a hook of the schema)."""
    for component in result["components"]["schemas"].values():
        if component["type"] == "object":
            component.pop("description", None)
    return result
