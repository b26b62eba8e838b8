"""A screen of the office: a template in its frame (bar with its places, who is signed in)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consent import factor_reset
from counter.office.access import OPERATOR, WRITERS, OfficeRequest, has_role
from lifeevents.models import Draft
from lifeevents.opened import TOWN


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in the bar of every screen, and which of its places this one belongs to."""

    town: str
    user: str
    place: str
    waiting: int
    may_write: bool
    may_operate: bool
    may_manage_staff: bool


def show(
    request: OfficeRequest,
    template: str,
    context: dict[str, Any],
    *,
    place: str = "events",
    status: int = 200,
) -> HttpResponse:
    """Render a template in the frame; `place` is the part of the office it belongs to."""
    demo = settings.MODE == "demo"
    frame = Frame(
        town=_("%(town)s（見本データ）") % {"town": TOWN} if demo else TOWN,
        user=str(request.user),
        place=place,
        waiting=Draft.objects.filter(state=Draft.State.SUBMITTED).count(),
        may_write=has_role(request.user, WRITERS),
        may_operate=has_role(request.user, (OPERATOR,)),
        may_manage_staff=has_role(request.user, factor_reset.ROLES),
    )
    return render(request, template, {**context, "office": frame}, status=status)
