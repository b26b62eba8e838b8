"""Who of the staff has enrolled, and the two steps by which someone enrols anew."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent import factor_reset, factors
from consent.actors import Actor, actor_of
from consent.factor_reset import MayNotReset
from consent.models import Account, FactorReset
from counter.entry.access import StaffRequest, only
from counter.entry.again import recently_proved
from counter.entry.forms import ResetForm

accounts_office = only(*factor_reset.ROLES)


@accounts_office
@require_safe
def staff(request: StaffRequest) -> HttpResponse:
    """All members of staff, and what waits for a second person."""
    return _page(request, ResetForm())


@accounts_office
@recently_proved
@require_POST
def ask(request: StaffRequest) -> HttpResponse:
    """The first person."""
    form = ResetForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    wanted = form.cleaned_data["username"], form.cleaned_data["reason"]
    return _do(request, lambda by: factor_reset.ask(*wanted, by=by), _ASKED)


@accounts_office
@recently_proved
@require_POST
def confirm(request: StaffRequest, pk: int) -> HttpResponse:
    """The second person."""
    return _do(request, lambda by: factor_reset.confirm(pk, by=by), _CONFIRMED)


@accounts_office
@require_POST
def drop(request: StaffRequest, pk: int) -> HttpResponse:
    """Either of them, or a third."""
    return _do(request, lambda by: factor_reset.drop(pk, by=by), _DROPPED)


def _do(request: StaffRequest, verb: Callable[[Actor], object], said: str) -> HttpResponse:
    try:
        verb(_actor(request))
    except MayNotReset as refusal:
        raise PermissionDenied from refusal
    except (Account.DoesNotExist, FactorReset.DoesNotExist) as missing:
        raise Http404 from missing
    messages.success(request, _(said))
    return redirect("entry:staff")


def _page(request: StaffRequest, form: ResetForm) -> HttpResponse:
    by = _actor(request)
    asked = FactorReset.objects.select_related("account", "asked_by", "decided_by")
    accounts = Account.objects.filter(kind=Account.Kind.STAFF, is_active=True)
    context = {
        "form": form,
        "by": request.user,
        "waiting": [
            (each, factor_reset.may_confirm(each, by=by)) for each in asked.filter(decided_at=None)
        ],
        "past": asked.exclude(decided_at=None)[:20],
        "accounts": accounts.select_related("office").order_by("username"),
        "enrolled": factors.enrolled(),
    }
    return render(request, "entry/staff.html", context, status=422 if form.errors else 200)


def _actor(request: StaffRequest) -> Actor:
    return actor_of(request.user, terminal=request.session.get("terminal", ""), channel="office")


_ASKED = "再登録を依頼しました。ほかの管理者か運用担当が承認すると、次に入るときに登録し直します。"
_CONFIRMED = "承認しました。この職員は、次に入るときに二要素を登録し直します。"
_DROPPED = "依頼を取り下げました。"
