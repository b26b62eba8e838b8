"""A screen: a template in the desk's frame (bar, search box, keys)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from counter.desk.access import DeskRequest
from lifeevents import bundles
from lifeevents.opened import TOWN

SHORTCUTS = "desk_shortcuts"
"""A cookie: "off" where someone has switched the character keys off (WCAG 2.1.4)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in the bar of every screen."""

    town: str
    terminal: str
    user: str
    my_open: int
    shortcuts: bool
    training: bool


def town_name() -> str:
    """The town as screens name it; the demo says that its people are made up."""
    if settings.MODE == "demo":
        return _("%(town)s（見本データ）") % {"town": TOWN}
    return TOWN


def show(
    request: DeskRequest, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """Render a template in the frame; to htmx the same markup without it."""
    frame = Frame(
        town=town_name(),
        terminal=request.actor.terminal,
        user=str(request.user),
        my_open=_my_open(request, context),
        shortcuts=request.COOKIES.get(SHORTCUTS) != "off",
        training=settings.TRAINING,
    )
    layout = "desk/_bare.html" if request.htmx else "desk/base.html"
    return render(request, template, {**context, "desk": frame, "layout": layout}, status=status)


def _my_open(request: DeskRequest, context: dict[str, Any]) -> int:
    """How many bundles this clerk serves: known already where the page is one of them or lists them."""
    if request.htmx:
        return 0
    if "bundle" in context:
        return int(context["bundle"].mine_open)
    if "mine" in context:
        return len(context["mine"])
    return bundles.mine(request.actor).count()
