"""Who may use a screen of the office: every view says it with `office`, and a test walks them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django_htmx.middleware import HtmxDetails

from consent.actors import Actor, actor_of
from consent.models import Account
from lifeevents.approval import NotYourOwn
from lifeevents.drafts import MayNotEdit, NoSuchDraft, Outdated
from lifeevents.rules.editing import NoSuchPlace

ADMIN, OPERATOR = "admin", "operator"
SUPPORT = "support_officer"
"""支援措置責任者: see the measures, and nothing of the catalogue."""
WRITERS = (ADMIN,)
READERS = (ADMIN, OPERATOR)
"""管理者 change the catalogue; 運用担当 read it."""

View = Callable[..., HttpResponseBase]


class OfficeRequest(HttpRequest):
    """A request of a member of staff; `actor` is whom every verb is told as `by`."""

    if TYPE_CHECKING:
        actor: Actor
        user: Account
        htmx: HtmxDetails


def office(*roles: str) -> Callable[[View], View]:
    """Let only staff of these roles in, make request.actor, and answer the refusals of the verbs."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: OfficeRequest, *args: object, **kwargs: object) -> HttpResponseBase:
            if not has_role(request.user, roles):
                raise PermissionDenied
            terminal = request.session.get("terminal", "")
            request.actor = actor_of(request.user, terminal=terminal, channel="office")
            try:
                return view(request, *args, **kwargs)
            except NoSuchDraft as missing:
                raise Http404 from missing
            except (MayNotEdit, NotYourOwn) as refusal:
                raise PermissionDenied from refusal
            except (Outdated, NoSuchPlace):
                messages.warning(request, _(_OUTDATED))
                return redirect("office:draft", kwargs["pk"])

        guarded.audience = roles  # type: ignore[attr-defined]
        return guarded

    return decorate


def has_role(account: Account, roles: tuple[str, ...]) -> bool:
    """Whether an account is staff in one of these roles."""
    return account.kind == Account.Kind.STAFF and account.groups.filter(name__in=roles).exists()


_OUTDATED = (
    "この変更案は、ほかの操作で先に変わっています。いまの内容を表示していますので、"
    "もう一度操作してください。"
)
