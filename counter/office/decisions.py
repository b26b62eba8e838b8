"""Operators decide about a delivery: one asks, another confirms; and whom it concerns."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent import concerned, deciding, tasks
from consent.concerned import MayNotSee, NoSuchDelivery
from consent.deciding import MayNotDecide, NotNow, NotYourOwn
from consent.models import Decision
from counter.entry.again import recently_proved
from counter.office.access import OPERATOR, OfficeRequest, office
from counter.office.deliveries import find
from counter.office.screen import show

Kind = Decision.Kind
ASKED = {
    Kind.RELEASE: "反映を依頼しました。もう1人の運用担当の確認を待ちます。",
    Kind.TAKE_BACK: "取り消しを依頼しました。もう1人の運用担当の確認を待ちます。",
    Kind.GIVE_UP: "取りやめています。",
}
Verb = Callable[[OfficeRequest, UUID], str]
"""What one button does; returns the sentence that says so."""


def deciding_view(verb: Verb) -> Callable[..., HttpResponseBase]:
    """Let 運用担当 POST; what comes too late, or from the wrong person, shows the delivery as it is."""

    @office(OPERATOR)
    @recently_proved
    @require_POST
    @wraps(verb)
    def guarded(request: OfficeRequest, pk: UUID) -> HttpResponseBase:
        delivery = find(pk).id
        try:
            sentence = verb(request, delivery)
        except MayNotDecide as refusal:
            raise PermissionDenied from refusal
        except NotYourOwn:
            messages.warning(request, _("依頼した人は確認できません。"))
        except NotNow:
            messages.warning(
                request,
                _(
                    "この受領は、ほかの操作で先に変わっています。"
                    "いまの内容を表示していますので、もう一度確かめてください。"
                ),
            )
        else:
            messages.success(request, sentence)
            # Where the queue cannot be reached, the next minute's turn finds it (counter/schedule.py).
            transaction.on_commit(tasks.carry_out_decisions.delay, robust=True)
        return redirect("office:delivery", delivery)

    return guarded


@deciding_view
def ask(request: OfficeRequest, pk: UUID) -> str:
    """The first operator's word, or giving up alone."""
    try:
        kind = Kind(request.POST.get("kind", ""))
        together = [UUID(each) for each in request.POST.getlist("together")]
    except ValueError as nonsense:
        raise NotNow from nonsense
    deciding.ask(kind, pk, together, by=request.actor)
    return _(ASKED[kind])


@deciding_view
def confirm(request: OfficeRequest, pk: UUID) -> str:
    """The second operator's word."""
    deciding.confirm(_decision(request), by=request.actor)
    return _("確認しました。処理しています。")


@deciding_view
def withdraw(request: OfficeRequest, pk: UUID) -> str:
    """Let it be."""
    deciding.withdraw(_decision(request), by=request.actor)
    return _("依頼を取り下げました。何も変えていません。")


@office(OPERATOR)
@require_safe
def people(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Whom the delivery concerns: examples, who stays protected, who looked; a look that is logged."""
    delivery = find(pk)
    try:
        found = concerned.read(pk, by=request.actor)
    except MayNotSee as refusal:
        raise PermissionDenied from refusal
    except NoSuchDelivery as missing:
        raise Http404 from missing
    names = {
        "confirm": _("2人で確かめる項目が変わる方"),
        "new": _("追加"),
        "changed": _("変更"),
        "gone": _("消滅"),
    }
    examples = [(names[kind], numbers) for kind, numbers in found.examples.items() if numbers]
    context = {"delivery": delivery, "found": found, "examples": examples}
    return show(request, "office/concerned.html", context, place="deliveries")


def _decision(request: OfficeRequest) -> UUID:
    try:
        return UUID(request.POST.get("decision", ""))
    except ValueError as nonsense:
        raise NotNow from nonsense
