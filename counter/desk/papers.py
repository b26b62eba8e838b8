"""The papers of a bundle: one in the check page's frame, all of them as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from consent import cautions
from consent.cautions import Caution
from counter.desk.access import WINDOW, DeskRequest, staff
from lifeevents import bundles, snapshots
from lifeevents.models import Bundle
from lifeevents.opened import open_bundle
from lifeevents.printing.bundle import paper_html, print_bundle


@staff(*WINDOW)
@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})  # type: ignore[arg-type]
def paper(request: DeskRequest, number: str, index: int) -> HttpResponse:
    """One paper as it would be printed now, for the frame of the check page and nowhere else."""
    bundle = bundles.find(number, by=request.actor)
    content = snapshots.freeze(open_bundle(bundle, by=request.actor))
    if index >= len(content["papers"]):
        raise Http404
    shown = content["papers"][index]
    context = {"sheets": paper_html(shown, content), "number": number, "title": shown["title"]}
    return render(request, "desk/paper.html", context)


@staff(*WINDOW)
@require_safe
def print_papers(request: DeskRequest, number: str) -> HttpResponse:
    """A finished bundle's papers as one PDF, shown by the browser; every printing is logged.

    Where someone stands under 支援措置, each printing is confirmed (R5).
    """
    bundle = bundles.find(number, by=request.actor)
    if bundle.state != Bundle.State.FINISHED:
        raise Http404
    if cautions.needed(bundle.engagement):
        if request.GET.get("caution") != "yes":
            messages.warning(request, _("支援措置の方がいます。確認して、印を付けてください。"))
            return redirect("desk:bundle", number)
        cautions.confirm(bundle.engagement, Caution.HAND_OVER, by=request.actor)
    content = snapshots.content(bundle, by=request.actor)
    printed = print_bundle({**content, "follow": follow(request, bundle, content)})
    response = HttpResponse(printed.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def follow(request: DeskRequest, bundle: Bundle, content: Mapping[str, Any]) -> str:
    """Where whoever applied sees at home how far it is, signed in by card; "" where nobody could.

    Who is not in the register yet has no such page, and who stands under 支援措置 comes to the counter.
    """
    is_masked = any(cell["state"] == "protected" for cell in snapshots.cells_of(dict(content)))
    applicants = bundle.participants.filter(roles__contains=["applicant"], ref__isnull=False)
    if is_masked or not applicants.exists():
        return ""
    return request.build_absolute_uri(reverse("online:bundle", args=[bundle.number]))
