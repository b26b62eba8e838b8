"""Signing in with the card, through the provider, and out again."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent import binding
from counter.oidc import client
from counter.oidc.client import SignInFailed
from counter.online.access import OnlineRequest, anyone, resident
from counter.online.page import counter_to_come_to, show

BACKEND = "django.contrib.auth.backends.ModelBackend"


@anyone
@require_safe
def sign_in(request: HttpRequest) -> HttpResponse:
    """Go to the provider."""
    if not settings.OIDC_ISSUER:
        messages.warning(request, _("いまはオンラインで手続ができません。窓口へお越しください。"))
        return redirect("online:home")
    try:
        return client.send_to_provider(
            request, request.build_absolute_uri(reverse("online:callback"))
        )
    except SignInFailed:
        return _failed(request)


@anyone
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Come back from the provider: bound to one resident, or led to the counter."""
    if not settings.OIDC_ISSUER:
        return redirect("online:home")
    try:
        card = client.read_card(request)
    except SignInFailed:
        return _failed(request)
    account = binding.bind(card)
    if account is None:
        return redirect("online:counter")
    login(request, account, backend=BACKEND)
    request.session.set_expiry(settings.RESIDENT_SESSION_SECONDS)
    return redirect("online:home")


@anyone
@require_safe
def counter(request: HttpRequest) -> HttpResponse:
    """Which counter to come to; the same words whatever the reason."""
    return show(request, "online/counter.html", {"department": counter_to_come_to()})


@resident
@require_POST
def sign_out(request: OnlineRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    messages.info(request, _("終了しました。"))
    return redirect("online:home")


def _failed(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, _("もう一度お試しください。カードを確かめる途中で、うまくいきませんでした。")
    )
    return redirect("online:home")
