"""支援措置 that core does not send: the lists of what is due, a measure's own page, and its verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from consent import door, measure_book, measure_ends, measure_period, measure_transfers, measures
from consent.measure_book import NoSuchMeasure, Sheet
from consent.measure_ends import End
from consent.measures import MayNotProtect, NotNow
from counter.entry.again import recently_proved
from counter.office.access import SUPPORT, OfficeRequest, office
from counter.office.protection_forms import (
    CHANNELS,
    CONTACT,
    SCOPE_NAMES,
    SHOWN_WORDS,
    TRANSFER,
    AgainstForm,
    AnswerForm,
    ContactForm,
    DecideForm,
    EndForm,
    FindForm,
    TransferForm,
)
from counter.office.screen import show

PLACE = "protection"
ENDED = "3"
"""区分 of a measure the core system has ended."""

View = Callable[..., HttpResponseBase]


def officer(view: View) -> View:
    """Let 支援措置責任者 in; a verb that comes too late or too early shows the page again."""

    @office(SUPPORT)
    @wraps(view)
    def guarded(request: OfficeRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NoSuchMeasure as missing:
            raise Http404 from missing
        except (MayNotProtect, door.MayNotSearch) as refusal:
            raise PermissionDenied from refusal
        except NotNow:
            messages.warning(request, _("この措置は、いまはその操作ができません。"))
            pk = kwargs.get("pk")
            return redirect("office:measure", pk) if pk else redirect("office:protection")

    return guarded


@officer
@require_safe
def board(request: OfficeRequest) -> HttpResponse:
    """What runs out, what waits for a second person, and what was entered here."""
    shown = {"board": measure_book.board(by=request.actor), "form": FindForm()}
    return show(request, "office/protection.html", shown, place=PLACE)


@officer
@require_GET
def one(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """A measure: whom it covers, against whom, its period, and what may be done now."""
    return page(request, pk)


@officer
@require_POST
def extend(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Another year."""
    measures.extend(pk, by=request.actor)
    return done(request, pk, _("延長しました。"))


@officer
@require_POST
def decide(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The decision of someone else than who entered it; 仮支援措置 becomes 支援措置."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        return page(request, pk, decide_form=form, status=422)
    measures.decide(pk, opinion=form.cleaned_data["opinion"], by=request.actor)
    return done(request, pk, _("支援措置に決定しました。"))


@officer
@recently_proved
@require_POST
def contact(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The safe contact, for whoever is about to use it and has ticked 確認 (R5)."""
    if request.POST.get("caution") != "yes":
        return page(request, pk, contact_error=_("確認して、印を付けてください。"), status=422)
    words = measure_book.contact(pk, by=request.actor)
    return page(request, pk, contact=words)


@officer
@require_POST
def set_contact(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Another safe contact instead of the one there is."""
    form = ContactForm(request.POST)
    if not form.is_valid():
        return page(request, pk, contact_form=form, status=422)
    measures.set_contact(pk, form.cleaned_data, by=request.actor)
    return done(request, pk, _("安全な連絡先を保存しました。"))


@officer
@require_POST
def add_transfer(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """A transfer to another municipality, or from one."""
    form = TransferForm(request.POST)
    if not form.is_valid():
        return page(request, pk, transfer_form=form, status=422)
    given = form.cleaned_data
    measure_transfers.add(
        pk,
        given["direction"],
        {key: given[key] for key in TRANSFER},
        on=given["on"],
        by=request.actor,
    )
    return done(request, pk, _("転送を記録しました。"))


@officer
@require_POST
def answer_transfer(request: OfficeRequest, pk: UUID, number: int) -> HttpResponse:
    """The other side knows of it."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("受領を確認した日を、今日までの日付で入力してください。"))
        return redirect("office:measure", pk)
    measure_transfers.acknowledge(pk, number, on=form.cleaned_data["on"], by=request.actor)
    return done(request, pk, _("受領の確認を記録しました。"))


@officer
@recently_proved
@require_POST
def ask_end(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The first person's word that someone leaves."""
    form = _end_form(measure_book.sheet(pk, by=request.actor), request.POST)
    if not form.is_valid():
        return page(request, pk, end_form=form, status=422)
    given = form.cleaned_data
    leaving, end = [UUID(ref) for ref in given["leaving"]], End(given["ending"], given["verified"])
    measure_ends.ask(pk, leaving, end=end, by=request.actor)
    return done(request, pk, _("終了を依頼しました。ほかの責任者の確認を待ちます。"))


@officer
@recently_proved
@require_POST
def confirm_end(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The second person's."""
    measure = measure_ends.confirm(pk, by=request.actor)
    at = timezone.localtime(measure.lifts_at)
    told = _("確認しました。%(at)sに終わります。それまでは取り下げられます。")
    return done(request, pk, told % {"at": f"{at.month}月{at.day}日{at:%H:%M}"})


@officer
@require_POST
def withdraw_end(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Let it stand after all."""
    measure_ends.withdraw(pk, by=request.actor)
    return done(request, pk, _("終了の依頼を取り下げました。支援措置は続きます。"))


def done(request: OfficeRequest, pk: UUID, sentence: str) -> HttpResponse:
    """Back to the measure's page, which says what was done."""
    messages.success(request, sentence)
    return redirect("office:measure", pk)


def page(request: OfficeRequest, pk: UUID, *, status: int = 200, **given: Any) -> HttpResponse:
    """The measure's page; `given` are forms with what was wrong in them, or the safe contact to show."""
    found = measure_book.sheet(pk, by=request.actor)
    measure, own = found.measure, request.actor.account_id
    ends_on, today = found.ends_on, timezone.localdate()
    opens = ends_on and measure_period.opens_for_extension(ends_on)
    contact = given.get("contact")
    shown = {
        "sheet": found,
        "measure": measure,
        "against": [_said(SHOWN_WORDS, words) for words in found.against],
        "transfers": [(each, _said(TRANSFER, each.words)) for each in found.transfers],
        "scopes": [SCOPE_NAMES[code] for code in measure.scopes if code in SCOPE_NAMES],
        "opens": opens,
        "may_extend": opens and opens <= today and not measure.asked_by_id,
        "phase": ends_on and measure_period.phase(ends_on, today),
        "grace_ends": ends_on and measure_period.grace_ends(ends_on),
        "over": measure.ended_at or found.kind == ENDED,
        "asked_by_me": measure.asked_by_id == own,
        "entered_by_me": measure.entered_by_id == own,
        "leaving": [each.name for each in found.people if each.ref in measure.leaving],
        "contact": contact and _said({"channel": _("方法"), **CONTACT}, _in_words(contact)),
        "contact_error": given.get("contact_error", ""),
        "contact_form": given.get("contact_form") or ContactForm(),
        "transfer_form": given.get("transfer_form") or TransferForm(initial=_today()),
        "against_told": given.get("against_told", ""),
        "against_form": given.get("against_form") or AgainstForm(hits=()),
        "answer_form": AnswerForm(initial=_today()),
        "end_form": given.get("end_form") or _end_form(found),
        "decide_form": given.get("decide_form") or DecideForm(initial={"opinion": measure.opinion}),
        "hold_hours": int(measure_period.hold().total_seconds() // 3600),
    }
    return show(request, "office/protection_one.html", shown, place=PLACE, status=status)


def _end_form(found: Sheet, data: Mapping[str, Any] | None = None) -> EndForm:
    people = [(each.ref, each.name or each.number) for each in found.staying]
    measure = found.measure
    return EndForm(
        data,
        people=people,
        reasons=measure_ends.reasons(measure),
        ways=measure_ends.ways(measure),
    )


def _said(labels: Mapping[str, Any], words: Mapping[str, str]) -> list[tuple[Any, str]]:
    return [(label, words[key]) for key, label in labels.items() if words.get(key)]


def _in_words(contact: Mapping[str, str]) -> dict[str, str]:
    return {**contact, "channel": str(CHANNELS.get(contact.get("channel", ""), ""))}


def _today() -> dict[str, date]:
    return {"on": timezone.localdate()}
