"""Locking out whoever guesses: by account and address together, over both factors (django-axes).

One who mistypes at a counter must not lock out the colleagues behind the same address.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _


def address_of(request: HttpRequest) -> str:
    """The address a request comes from: what the proxy in front of us saw, if there is one.

    A proxy adds the address it saw at the end of X-Forwarded-For; all before it the sender chose.
    """
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_TLS_PROXY:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or seen
    try:
        return str(ip_address(seen))
    except ValueError:
        return "0.0.0.0"  # the server listens on a socket without addresses


def note_failure(request: HttpRequest, username: str) -> None:
    """Count a wrong second factor as a wrong password is counted."""
    user_login_failed.send(__name__, credentials={"username": username}, request=request)


def locked_until(request: HttpRequest, username: str) -> datetime | None:
    """When this account may try again from this address; None if it may now."""
    if AxesProxyHandler.is_allowed(request, {"username": username}):
        return None
    last = (
        AccessAttempt.objects.filter(username=username, ip_address=address_of(request))
        .order_by("-attempt_time")
        .values_list("attempt_time", flat=True)
        .first()
    )
    return (last or timezone.now()) + (get_cool_off(request) or timedelta())


def sentence(until: datetime) -> str:
    """What to tell someone who is locked out."""
    return _(
        "続けてまちがえたため、この職員番号ではこの場所からしばらく入れません。"
        "%(time)sを過ぎてから、もう一度入ってください。お急ぎのときは、管理者に連絡してください。"
    ) % {"time": date_format(timezone.localtime(until), "H時i分")}
