"""A page of the residents' side in its frame."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consent.models import Account
from lifeevents import versions
from lifeevents.entries import Department
from lifeevents.opened import TOWN


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a template in the frame; who is signed in can sign out on every page."""
    user = request.user
    frame = {
        "town": _("%(town)s（見本データ）") % {"town": TOWN} if settings.MODE == "demo" else TOWN,
        "signed_in": user.is_authenticated and user.kind == Account.Kind.RESIDENT,
    }
    return render(request, template, {**context, "online": frame}, status=status)


def counter_to_come_to() -> Department:
    """The first counter of the town hall: where those go who cannot be served here."""
    _version, catalogue = versions.current()
    return min(catalogue.departments.values(), key=lambda each: each.order)
