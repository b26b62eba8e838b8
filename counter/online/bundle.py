"""One bundle at its address: agreement, who moves, one question a page, the letter to check."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consent import engagements
from consent.engagements import EngagementClosed
from counter import answers
from counter.answers import Field
from counter.online import status
from counter.online.access import OnlineRequest, resident
from counter.online.forms import AgreeForm, VersionForm
from counter.online.page import show
from lifeevents import bundles, replies, roles
from lifeevents.answering import BadAnswers
from lifeevents.asked import asked_again
from lifeevents.bundles import NotYours
from lifeevents.models import Bundle
from lifeevents.sitting import CheckRow, Sitting, sit

Errors = dict[tuple[str, str], str]


@resident
@require_safe
def bundle(request: OnlineRequest, number: str) -> HttpResponse:
    """The page the bundle stands at; `?q=` is a question answered before, `?edit=` one row's form."""
    found = _own_open(request, number)
    if found is None:
        return status.show_status(request, number)
    if found.step == Bundle.Step.AGREE:
        return _agreement(request, found)
    return _asking(request, found)


@resident
@require_safe
def agreement(request: OnlineRequest, number: str) -> HttpResponse:
    """The agreement again; what was answered stays."""
    found = _own_open(request, number)
    return _agreement(request, found) if found else redirect("online:bundle", number)


@resident
@require_POST
def agree(request: OnlineRequest, number: str) -> HttpResponse:
    """Record yes or no for what would be looked up."""
    found = bundles.find(number, by=request.actor)
    form = AgreeForm(request.POST)
    if not form.is_valid():
        return redirect("online:bundle", number)
    offered = [each.code for each in sit(found, by=request.actor).categories]
    agreed = offered if form.cleaned_data["agree"] == "yes" else []
    bundles.agree(found, agreed, version=form.cleaned_data["version"], by=request.actor)
    return redirect("online:who" if _chooses_movers(found) else "online:bundle", number)


@resident
def who(request: OnlineRequest, number: str) -> HttpResponse:
    """Who of the household moves: ticked, all at first."""
    found = bundles.find(number, by=request.actor)
    sitting = sit(found, by=request.actor)
    others = [p for p in sitting.people.values() if p.ref and p.ref != request.user.ref]
    form = VersionForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        context = {"bundle": found, "others": others}
        return show(request, "online/who.html", context)
    chosen, version = request.POST.getlist("moves"), form.cleaned_data["version"]
    for person in others:
        moves = person.key in chosen
        if person.taking_part != moves:
            bundles.set_taking_part(found, person.key, moves, version=version, by=request.actor)
            version = found.version
    return redirect("online:bundle", number)


@resident
@require_POST
def answer(request: OnlineRequest, number: str) -> HttpResponse:
    """Keep one answer, and go on."""
    found = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return redirect("online:bundle", number)
    try:
        replies.answer(
            found,
            answers.read(request.POST),
            version=form.cleaned_data["version"],
            by=request.actor,
            typed=answers.typed_characters(request.POST),
        )
    except BadAnswers as mistakes:
        return _asking(request, found, dict(mistakes.messages))
    return redirect("online:bundle", number)


@resident
@require_POST
def undo(request: OnlineRequest, number: str) -> HttpResponse:
    """Let the register's value stand again."""
    found = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        subject, fact = answers.split(request.POST.get("edit", ""))
        version = form.cleaned_data["version"]
        replies.take_back(found, subject, fact, version=version, by=request.actor)
    return redirect("online:bundle", number)


@resident
@require_POST
def cancel(request: OnlineRequest, number: str) -> HttpResponse:
    """Stop: nothing is applied for."""
    found = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        bundles.cancel(found, version=form.cleaned_data["version"], by=request.actor)
    return redirect("online:home")


@resident
@require_POST
def submit(request: OnlineRequest, number: str) -> HttpResponse:
    """Hand in what was checked; sent twice it is handed in once."""
    found = bundles.filed(request.actor).filter(number=number).first()
    form = VersionForm(request.POST)
    if found is None:
        raise NotYours
    if not form.is_valid() or found.state != Bundle.State.OPEN:
        return redirect("online:bundle", number)
    sitting = sit(found, by=request.actor)
    if _fields(sitting):
        return redirect("online:bundle", number)
    bundles.submit(found, version=form.cleaned_data["version"], by=request.actor)
    return show(request, "online/done.html", status.context_of(sitting))


def _own_open(request: OnlineRequest, number: str) -> Bundle | None:
    """The bundle while it is still the resident's to fill in, however long ago; None once handed in.

    Raises NotYours for anybody else's.
    """
    own = bundles.filed(request.actor).filter(number=number).first()
    if own is None:
        raise NotYours
    is_mine = own.served_by_id == request.actor.account_id
    if own.state != Bundle.State.OPEN or not is_mine:
        return None
    try:
        engagements.standing(own.engagement, request.actor)
    except EngagementClosed:
        bundles.resume(own, version=own.version, by=request.actor)
    return own


def _chooses_movers(found: Bundle) -> bool:
    movers = [each for each in found.participants.all() if roles.MOVER in each.roles]
    return len(movers) > 1


def _agreement(request: OnlineRequest, found: Bundle) -> HttpResponse:
    return show(
        request, "online/agree.html", {"bundle": found, "sitting": sit(found, by=request.actor)}
    )


def _asking(request: OnlineRequest, found: Bundle, errors: Errors | None = None) -> HttpResponse:
    """The next open question, an earlier one, or the letter when nothing is left to ask."""
    sitting = sit(found, by=request.actor)
    if errors is not None and "edit" not in request.POST:
        wanted = request.POST.get("asked", "")
    else:
        wanted = request.GET.get("q", "")
    open_fields = _fields(sitting)
    field = _earlier(wanted, sitting) if wanted else None
    if field is None:
        same = (each for each in open_fields if each[0].name == wanted)
        field = next(same, open_fields[0] if open_fields else None)
    if field is None or request.POST.get("edit"):
        return _letter(request, sitting, errors)
    shown, about = field
    if errors:
        [shown] = answers.answered_again([shown], request.POST, errors)
    context = {
        "bundle": found,
        "field": shown,
        "about": about,
        "remaining": len(open_fields),
        "before": _before(found, shown.name),
        "chooses_movers": _chooses_movers(found),
    }
    return show(request, "online/ask.html", context, status=422 if errors else 200)


def _fields(sitting: Sitting) -> list[tuple[Field, str]]:
    """What is still to be asked, each with whom it is about: questions, then the papers' gaps."""
    asked = [(answers.of_question(each), each.subject_label) for each in sitting.questions]
    names = {field.name for field, _about in asked}
    titles = {section.subject: section.title for section in sitting.sections}
    gaps = [
        (answers.of_row(row, with_value=False), titles[row.subject])
        for row in sitting.missing
        if answers.name_of(row) not in names
    ]
    return asked + gaps


def _earlier(name: str, sitting: Sitting) -> tuple[Field, str] | None:
    """The field of a question answered before, with what was said."""
    subject, fact = answers.split(name)
    asked = asked_again(subject, fact, sitting.opened)
    if asked is None:
        return None
    said = next(e.text for e in sitting.answered if (e.subject, e.fact) == (subject, fact))
    return answers.with_answer(answers.of_question(asked), said), asked.subject_label


def _before(found: Bundle, name: str) -> str:
    """The name of the question answered before this one; "" for the first."""
    names = [f"{each.subject}:{each.fact}" for each in found.answers.order_by("pk")]
    if name in names:
        names = names[: names.index(name)]
    return names[-1] if names else ""


def _letter(request: OnlineRequest, sitting: Sitting, errors: Errors | None) -> HttpResponse:
    """What will be applied for, person by person; one row may stand open to be corrected."""
    editing = request.POST.get("edit", "") if errors else request.GET.get("edit", "")

    def form_of(row: CheckRow) -> list[Field] | None:
        if not row.editable or answers.name_of(row) != editing:
            return None
        asked = answers.of_correction(row)
        return answers.answered_again(asked, request.POST, errors) if errors else asked

    context: dict[str, Any] = {
        **status.context_of(sitting),
        "sections": answers.check_rows(sitting.sections, form_of, {}),
        "before": _before(sitting.bundle, ""),
        "chooses_movers": _chooses_movers(sitting.bundle),
        "title": _("内容の確認"),
    }
    return show(request, "online/check.html", context, status=422 if errors else 200)
