"""How Django REST framework and the OpenAPI schema are set up (read by the settings; imports nothing)."""

from __future__ import annotations

from typing import Any

THROTTLES = {"catalogue": "120/min", "guidance": "30/min", "bundles": "60/min"}


def rest_framework(*, proxies: int) -> dict[str, Any]:
    """REST_FRAMEWORK: JSON only, closed by default; `proxies` in front name the client's address."""
    return {
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_AUTHENTICATION_CLASSES": [],  # each view names its audience (counter.api.access)
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "DEFAULT_PARSER_CLASSES": ["counter.api.parsing.ShortJSONParser"],
        "DEFAULT_THROTTLE_CLASSES": ["counter.api.throttling.SharedThrottle"],
        "DEFAULT_THROTTLE_RATES": THROTTLES,
        "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
        "DEFAULT_METADATA_CLASS": None,
        "EXCEPTION_HANDLER": "counter.api.problems.answer",
        "NUM_PROXIES": proxies,
        "URL_FORMAT_OVERRIDE": None,
    }


SPECTACULAR: dict[str, Any] = {
    "TITLE": "書かない窓口 API",
    "DESCRIPTION": (
        "ライフイベントごとに必要な手続を案内し、ご本人の受付の状況を答えます。"
        "手続の案内には氏名も番号もいりません。送られた内容は保存しません。"
    ),
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "BundleState": "lifeevents.models.Bundle.State",
        "BundleStep": "lifeevents.models.Bundle.Step",
        "BundleChannel": "lifeevents.models.Bundle.Channel",
        "ApplicationState": "lifeevents.models.Application.State",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "counter.api.schema.in_the_readers_language",
    ],
}
