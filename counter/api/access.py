"""Who may use a view of the API: every view says it with one decorator, and a test walks them all."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from consent.models import Account

View = TypeVar("View", bound=type[APIView])


class ResidentSession(SessionAuthentication):
    """The session of a signed-in resident; without one the answer is 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, as RFC 9110 asks of a 401."""
        return 'Session realm="api"'


class IsResident(BasePermission):
    """Only a resident's own account; staff work at the desk."""

    message = _("住民ご本人のアカウントでサインインしてください。")

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether a resident asks; nobody signed in is refused before as not authenticated."""
        return request.user.is_authenticated and request.user.kind == Account.Kind.RESIDENT


class ResidentSessionScheme(OpenApiAuthenticationExtension):
    """How the schema names the session."""

    target_class = ResidentSession
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """The cookie that carries it."""
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def anyone(view: View) -> View:
    """Let anyone in without a sign-in; a cookie sent along is not looked at."""
    view.audience = ("anyone",)
    view.authentication_classes = []
    view.permission_classes = [AllowAny]
    return view


def residents(view: View) -> View:
    """Let signed-in residents in, each to what is their own."""
    view.audience = ("resident",)
    view.authentication_classes = [ResidentSession]
    view.permission_classes = [IsResident]
    return view
