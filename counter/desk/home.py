"""The home screen: who has come, whom I serve, whom my colleagues serve."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.measures import may_protect
from consent.operators import is_operator
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.screen import show
from lifeevents import bundles, handing_in, versions
from lifeevents.models import Bundle

MOST_WAITING = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One bundle in a list; nobody's name."""

    number: str
    event: str
    step: str
    served_by: str
    at: datetime
    visits: int | None = None


@staff(*WINDOW)
@require_safe
def home(request: DeskRequest) -> HttpResponse:
    """The three lists, and what was finished today."""
    by = request.actor
    waiting = _waiting()
    context = {
        "waiting": [row for row in waiting if row.visits != 0],
        "complete": [row for row in waiting if row.visits == 0],
        "mine": _rows(bundles.mine(by)),
        "team": _rows(bundles.team(by).select_related("served_by"), names=True),
        "finished": _rows(bundles.finished_today(by)),
        "search_first": True,
        "protects": may_protect(request.user),
        "operates": is_operator(request.user),
        "empty_mine": _("対応中の受付はありません。住民をさがして受付をはじめると、ここに出ます。"),
        "empty_team": _("同じ係の職員が対応している受付が、ここに出ます。引き継ぐときに開きます。"),
    }
    return show(request, "desk/home.html", context)


@staff(*WINDOW)
@require_POST
def take_over(request: DeskRequest, number: str) -> HttpResponse:
    """Serve someone who applied online: the bundle goes on here, at 本人確認.

    Where nothing is left for a visit, that is shown first.
    """
    if "anyway" not in request.POST and handing_in.needs_no_visit(number):
        return redirect("desk:submitted", number)
    return redirect("desk:bundle", bundles.take_over(number, by=request.actor).number)


def _waiting() -> list[Row]:
    return [
        Row(
            number=bundle.number,
            event=versions.of(bundle).events[bundle.event].name,
            step=bundle.get_state_display(),
            served_by="",
            at=bundle.submitted_at or bundle.started_at,
            visits=bundle.visits,
        )
        for bundle in handing_in.waiting()[:MOST_WAITING]
    ]


def _rows(found: Iterable[Bundle], *, names: bool = False) -> list[Row]:
    return [
        Row(
            number=bundle.number,
            event=versions.of(bundle).events[bundle.event].name,
            step=bundle.get_step_display(),
            served_by=str(bundle.served_by) if names else "",
            at=bundle.finished_at or bundle.started_at,
        )
        for bundle in found
    ]
