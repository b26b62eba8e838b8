"""A bundle at its address: always the step it stands at; going back, handing over, cancelling."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counter.desk import agree, ask, check, done, identify, sign
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import VersionForm
from lifeevents import bundles
from lifeevents.models import Bundle

Step = Bundle.Step
SHOW = {
    Step.IDENTIFY: identify.show,
    Step.AGREE: agree.show,
    Step.ASK: ask.show,
    Step.CHECK: check.show,
    Step.SIGN: sign.show,
    Step.DONE: done.show,
}
GOES_TO = frozenset({Step.IDENTIFY, Step.AGREE, Step.ASK, Step.CHECK, Step.SIGN})
"""完了 is reached by finishing only."""


@staff(*WINDOW)
@require_safe
def bundle(request: DeskRequest, number: str) -> HttpResponse:
    """The step the bundle stands at."""
    found = bundles.find(number, by=request.actor)
    if found.state == Bundle.State.CANCELLED:
        messages.info(request, _("この受付は取り消されています。"))
        return redirect("desk:home")
    return SHOW[Step(found.step)](request, found)


@staff(*WINDOW)
@require_POST
def go_to(request: DeskRequest, number: str, step: str) -> HttpResponse:
    """Go to a step: back to any, forward from 聞き取り and 内容確認; nothing entered is lost."""
    found = bundles.find(number, by=request.actor)
    if step not in GOES_TO:
        raise Http404
    form = VersionForm(request.POST)
    if form.is_valid() and _may_go(found, Step(step)):
        bundles.go_to(found, step, version=form.cleaned_data["version"], by=request.actor)
    return redirect("desk:bundle", number)


@staff(*WINDOW)
@require_POST
def cancel(request: DeskRequest, number: str) -> HttpResponse:
    """取下げ: nothing is applied for."""
    found = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        bundles.cancel(found, version=form.cleaned_data["version"], by=request.actor)
        messages.info(request, _("受付を取り消しました。"))
    return redirect("desk:home")


def _may_go(found: Bundle, step: Step) -> bool:
    """Identity and agreement are never skipped: they have verbs of their own."""
    order = list(Step)
    ahead = order.index(step) - order.index(Step(found.step))
    return ahead <= 0 or (ahead == 1 and found.step in (Step.ASK, Step.CHECK))
