"""Leaving the office: sign out."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from counter.office.access import READERS, SUPPORT, OfficeRequest, office


@office(*READERS, SUPPORT)
@require_POST
def leave(request: OfficeRequest) -> HttpResponse:
    """Sign out and show the way in."""
    logout(request)
    return redirect(settings.LOGIN_URL)
