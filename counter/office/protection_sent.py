"""連携された支援措置: what the core system sent, and naming the 相手方 it does not send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from consent import measure_book, measures
from counter.office.access import OfficeRequest
from counter.office.protection import PLACE, done, officer
from counter.office.screen import show


class TogetherForm(forms.Form):
    """Who of the household is covered by the same measure of the core system."""

    together = forms.MultipleChoiceField(
        label=gettext_lazy("同じ措置で守る方"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(ref), name) for ref, name in people]
        self.fields["together"].choices = choices  # type: ignore[attr-defined]
        self.fields["together"].initial = [ref for ref, _name in choices]


@officer
@require_safe
def listed(request: OfficeRequest) -> HttpResponse:
    """Everybody for whom a measure was sent, those without 相手方 first."""
    shown = {"sent": measure_book.sent(by=request.actor)}
    return show(request, "office/protection_sent.html", shown, place=PLACE)


@officer
@require_POST
def take_up(request: OfficeRequest) -> HttpResponse:
    """Go on to the measure's page; before that, whom else of the household it covers, if anybody."""
    try:
        ref = UUID(request.POST.get("ref", ""))
    except ValueError:
        return redirect("office:protection_sent")
    first, *others = measure_book.may_be_together(ref, by=request.actor)
    asked = "asked" in request.POST
    form = TogetherForm(
        request.POST if asked else None, people=[(each.ref, each.name) for each in others]
    )
    if others and not form.is_valid():
        shown = {"who": first, "form": form}
        return show(request, "office/protection_together.html", shown, place=PLACE)
    chosen = [UUID(each) for each in form.cleaned_data["together"]] if others else []
    measure = measures.take_up(ref, chosen, by=request.actor)
    return done(request, measure.pk, _("連携された措置です。相手方を加えてください。"))
