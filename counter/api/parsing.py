"""Reading what was sent: JSON, and no more of it than a household needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import exceptions, status
from rest_framework.parsers import JSONParser

MOST_BYTES = 1_000_000


class TooLarge(exceptions.APIException):
    """The body is larger than any request of this API needs to be."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class ShortJSONParser(JSONParser):
    """JSON up to MOST_BYTES; the framework itself reads any length into memory."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value sent; raises TooLarge before reading it."""
        assert parser_context
        if int(parser_context["request"].META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLarge
        return super().parse(stream, media_type, parser_context)
