"""Step 5, 署名: the person has read it; the bundle is finished once, with one signature."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import cautions
from consent.cautions import Caution
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.checklist import YES
from counter.desk.forms import SignForm
from counter.desk.page import show_step
from lifeevents import bundles, finishing, handing_in
from lifeevents.finishing import MissingValues, NotReady
from lifeevents.models import Bundle
from lifeevents.sitting import sit


def show(request: DeskRequest, bundle: Bundle, form: SignForm | None = None) -> HttpResponse:
    """The step's page: what is applied for, and what must be filled before."""
    sitting = sit(bundle, by=request.actor)
    filed = handing_in.filed_before(bundle)
    applying = [
        each
        for each in sitting.proposals
        if each.verdict == YES
        and each.kind == "application"
        and (each.code, each.subject) not in filed
    ]
    form = form or SignForm(caution=sitting.protected)
    context = {"form": form, "applying": applying, "left": sitting.missing_labels}
    status = 422 if form.is_bound else 200
    return show_step(request, sitting, "desk/sign.html", context, status=status)


@staff(*WINDOW)
@require_POST
def finish(request: DeskRequest, number: str) -> HttpResponse:
    """Freeze what was confirmed and make the papers; a second click finds it done."""
    bundle = bundles.find(number, by=request.actor)
    if bundle.state != Bundle.State.OPEN:
        return redirect("desk:bundle", number)
    caution = cautions.needed(bundle.engagement)
    form = SignForm(request.POST, caution=caution)
    if not form.is_valid():
        return show(request, bundle, form)
    if caution:
        cautions.confirm(bundle.engagement, Caution.SIGN, by=request.actor)
    try:
        finishing.finish(bundle, version=form.cleaned_data["version"], by=request.actor)
    except MissingValues:
        return show(request, bundle, form)
    except NotReady:
        messages.warning(request, _("本人確認と同意を記録してから、申請してください。"))
    return redirect("desk:bundle", number)
