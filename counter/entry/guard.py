"""The first guard: staff reach no page before both factors are proved, nor after their time."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseForbidden
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from consent.models import Account
from counter.entry import session, waiting


class BothFactors(LoginRequiredMiddleware):
    """Django's rule that every page needs a sign-in, and ours of what a sign-in of staff is.

    It asks for the account and not for the page: a view that forgot its decorator is covered.
    """

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        ended = None
        if request.user.is_authenticated and request.user.kind != Account.Kind.RESIDENT:
            ended = session.over(request.session)
            is_passive = getattr(view_func, "is_passive", False)
            if ended and is_passive:
                return HttpResponseForbidden()  # the page's own next request says why
            if ended:
                logout(request)
            elif not is_passive:
                session.keep(request.session)
        refused = super().process_view(request, view_func, view_args, view_kwargs)
        return _way_in(request, ended) if refused else None


def passive(view: Any) -> Any:
    """Mark a view a page calls by itself: nobody is busy because of it."""
    view.is_passive = True
    return view


def _way_in(request: HttpRequest, ended: str | None) -> HttpResponseBase:
    """The page to prove what is missing at; htmx is told to go there with the whole page."""
    if waiting.find(request):
        return _go(request, resolve_url("entry:code"))
    where = redirect_to_login(page_of(request), resolve_url(settings.LOGIN_URL)).url
    if ended in (session.IDLE, session.TOO_LONG):
        where = f"{where}&ended={ended}"
    return _go(request, where)


def _go(request: HttpRequest, where: str) -> HttpResponseBase:
    return HttpResponseClientRedirect(where) if HtmxDetails(request) else redirect(where)


def page_of(request: HttpRequest) -> str:
    """The page to come back to: for what was sent from a page, that page."""
    if part := HtmxDetails(request):
        return part.current_url_abs_path or "/"
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()})
    return (urlsplit(page).path if ours else "") or "/"
