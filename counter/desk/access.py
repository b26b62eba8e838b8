"""Who may use a screen: every view of the desk says it with `staff`, and a test walks them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from consent.actors import Actor, actor_of
from consent.door import MayNotSearch
from consent.engagements import EngagementClosed
from consent.models import Account, Category
from lifeevents.bundles import NotYours, Stale

CLERK, SENIOR = "clerk", "senior"
WINDOW = (CLERK, SENIOR)
"""窓口職員 and 窓口責任者: those who serve people."""
TERMINAL = "terminal"
"""Under which the session keeps the terminal's name."""

View = Callable[..., HttpResponseBase]


class DeskRequest(HttpRequest):
    """A request of a member of staff; `actor` is whom every verb and door call is told as `by`."""

    if TYPE_CHECKING:
        actor: Actor
        user: Account
        htmx: HtmxDetails


def staff(*roles: str) -> Callable[[View], View]:
    """Let only staff of these roles in, make request.actor, and answer the refusals of the verbs.

    Others get 403, a bundle of another office 404; a stale or expired one is shown again with a
    sentence. Nothing is kept in the browser's cache.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: DeskRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            terminal = request.session.get(TERMINAL, "")
            request.actor = actor_of(request.user, terminal=terminal, channel="desk")
            if not _may_enter(request, roles):
                raise PermissionDenied
            try:
                return view(request, *args, **kwargs)
            except NotYours as refusal:
                raise Http404 from refusal
            except MayNotSearch as refusal:
                raise PermissionDenied from refusal
            except Stale:
                return _again(request, _STALE, "desk:bundle", number=kwargs["number"])
            except EngagementClosed:
                return _again(request, _EXPIRED, "desk:resume", number=kwargs["number"])

        guarded.audience = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


def anyone(view: View) -> View:
    """Let anyone in without a sign-in; its audience says so to the test that walks all addresses."""
    view.audience = ("anyone",)  # type: ignore[attr-defined]
    return login_not_required(view)


def may_reveal(account: Account) -> bool:
    """Whether this account may show a protected person's address for a stated reason."""
    return bool(account.has_perm("consent.reveal", Category.objects.get(code="basic")))


def _may_enter(request: DeskRequest, roles: tuple[str, ...]) -> bool:
    """Staff in one of the roles; who holds several groups acts in the first, but may use them all."""
    account = request.user
    return account.kind == Account.Kind.STAFF and (
        request.actor.role in roles or account.groups.filter(name__in=roles).exists()
    )


def _again(request: DeskRequest, sentence: str, name: str, **kwargs: object) -> HttpResponseBase:
    messages.warning(request, _(sentence))
    page = reverse(name, kwargs=kwargs)
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


_STALE = "この受付は、ほかの操作で先に進んでいます。いまの内容を表示しています。"
_EXPIRED = "この受付は開いてから時間がたったため、記録を閉じました。"
