"""Who may use a page of the entrance: anyone who has given the password, or signed-in staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache

from consent.models import Account
from counter.entry import waiting
from counter.entry.waiting import Waiting

View = Callable[..., HttpResponseBase]
STAFF = ("clerk", "senior", "admin", "operator")


class WaitingRequest(HttpRequest):
    """A request of someone whose password was right: who, and what was kept of the first step."""

    if TYPE_CHECKING:
        account: Account
        waiting: Waiting


class StaffRequest(HttpRequest):
    """A request of a member of staff who proved both factors."""

    if TYPE_CHECKING:
        user: Account


def after_password(view: View) -> View:
    """Let in who has given the password minutes ago; lead all others back to where it is given."""

    @never_cache
    @login_not_required
    @wraps(view)
    def guarded(request: WaitingRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kept = waiting.find(request)
        account = waiting.account_of(kept) if kept else None
        if kept is None or account is None:
            return redirect("desk:login")
        request.waiting, request.account = kept, account
        return view(request, *args, **kwargs)

    guarded.audience = ("anyone",)  # type: ignore[attr-defined]
    return guarded


def only(*roles: str) -> Callable[[View], View]:
    """Let only staff in one of these roles in."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            account = request.user
            is_one = account.groups.filter(name__in=roles).exists()
            if account.kind != Account.Kind.STAFF or not is_one:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.audience = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


any_staff = only(*STAFF)
