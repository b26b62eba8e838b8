"""What the API answers at an address it does not have: not found, in the API's own form."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from counter.api.access import anyone


@anyone
@extend_schema(exclude=True)
class Elsewhere(APIView):
    """Any other address below /api/v1/."""

    throttle_scope = "catalogue"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whatever the method."""
        raise Http404
