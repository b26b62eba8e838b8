"""Who may use a page: every view of the residents' side says it, and a test walks them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from consent.actors import Actor, actor_of
from consent.door import CounterOnly, NotInEngagement
from consent.engagements import EngagementClosed
from consent.models import Account
from lifeevents.bundles import NotYours, Stale

View = Callable[..., HttpResponseBase]
AGAIN = "again"
"""In the address of the start page where a sign-in has run out."""


class OnlineRequest(HttpRequest):
    """A request of a resident; `actor` is whom every verb and door call is told as `by`."""

    if TYPE_CHECKING:
        actor: Actor
        user: Account


def anyone(view: View) -> View:
    """Let anyone in without a sign-in."""
    guarded = never_cache(login_not_required(view))
    guarded.audience = ("anyone",)  # type: ignore[attr-defined]
    return guarded


def resident(view: View) -> View:
    """Let residents in, make request.actor, and answer the refusals of door and verbs.

    Anybody else's bundle is not found; who may not be served here any more is led to the counter
    without a word why.
    """

    @never_cache
    @login_not_required
    @wraps(view)
    def guarded(request: OnlineRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('online:home')}?{AGAIN}")
        if request.user.kind != Account.Kind.RESIDENT:
            raise PermissionDenied
        request.actor = actor_of(request.user, terminal="", channel="online")
        try:
            return view(request, *args, **kwargs)
        except NotYours as refusal:
            raise Http404 from refusal
        except (CounterOnly, NotInEngagement):
            logout(request)
            return redirect("online:counter")
        except Stale:
            messages.warning(
                request, _("ほかの操作で先に進んでいます。いまの内容を表示しています。")
            )
            return redirect("online:bundle", kwargs["number"])
        except EngagementClosed:
            messages.warning(
                request, _("開いてから時間がたちました。はじめから、もう一度お願いします。")
            )
            return redirect("online:home")

    guarded.audience = (Account.Kind.RESIDENT.value,)  # type: ignore[attr-defined]
    return guarded
