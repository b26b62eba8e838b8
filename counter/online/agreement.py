"""同意: who may use what for which procedures; one answer for each category, none given beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent.door import OF_FAMILY
from counter.online.access import OnlineRequest, resident
from counter.online.draft import after_agreement, draft, way_of
from counter.online.forms import AgreeForm
from counter.online.page import show
from lifeevents import bundles, uses
from lifeevents.bundles import NotYours
from lifeevents.models import Bundle
from lifeevents.online import Way

MOST_NAMED = 3


@resident
@require_safe
def agreement(request: OnlineRequest, number: str) -> HttpResponse:
    """The agreement again; what was answered stays. `?each` asks for every category by itself."""
    found = draft(request, number)
    return show_agreement(request, found) if found else redirect("online:bundle", number)


@resident
@require_POST
def agree(request: OnlineRequest, number: str) -> HttpResponse:
    """Record the answers."""
    found = draft(request, number)
    if found is None:
        raise NotYours
    way = way_of(found, request)
    form = AgreeForm(request.POST, [each.code for each in way.opened.offers])
    if not form.is_valid():
        return _each(request, found, way, form)
    bundles.agree(found, form.agreed, version=form.cleaned_data["version"], by=request.actor)
    return redirect(after_agreement(way, found) or "online:bundle", number)


def show_agreement(request: OnlineRequest, found: Bundle) -> HttpResponse:
    """All categories with three answers of equal weight: yes, one by one, no."""
    way = way_of(found, request)
    if "each" in request.GET:
        return _each(request, found, way, None)
    context = {"bundle": found, "event": way.opened.event, "rows": list(_rows(way, {}))}
    return show(request, "online/agree.html", context)


def _each(request: OnlineRequest, found: Bundle, way: Way, form: AgreeForm | None) -> HttpResponse:
    given = {each.code: "yes" if each.agreed else "no" for each in way.opened.offers}
    said = form.data if form else given if way.opened.agreed else {}
    rows = list(_rows(way, said))
    for row in rows:
        wrong = form is not None and row["code"] in form.errors
        row["error"] = _("「はい」か「いいえ」を選んでください。") if wrong else ""
    context = {"bundle": found, "event": way.opened.event, "rows": rows}
    return show(request, "online/agree_each.html", context, status=422 if form else 200)


def _rows(way: Way, said: Any) -> Iterator[dict[str, Any]]:
    """Each category: what it holds, whose it is, and which procedures it is for."""
    used = uses.of_categories(way.opened)
    for each in way.opened.offers:
        names = used.get(each.code, ())
        yield {
            "code": each.code,
            "name": each.name,
            "examples": each.examples,
            "whose": _("あなたと、同じ世帯の方") if each.code in OF_FAMILY else _("あなただけ"),
            "uses": names[:MOST_NAMED],
            "more": len(names) > MOST_NAMED,
            "value": said.get(each.code, ""),
        }
