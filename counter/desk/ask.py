"""Step 3, 聞き取り: one question or one card at a time; the checklist follows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from counter import answers
from counter.answers import Field
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import VersionForm
from counter.desk.page import show_step
from lifeevents import bundles, replies
from lifeevents.answering import BadAnswers
from lifeevents.models import Bundle
from lifeevents.sitting import Asked, sit

Errors = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Card:
    """What is asked now: one question as rows to choose from, or several fields in one form."""

    about: str
    title: str
    help: str
    fields: list[Field]

    @property
    def rows(self) -> bool:
        """Whether it is one question whose answers are rows."""
        return len(self.fields) == 1 and self.fields[0].look == "choice"

    @property
    def may_change_family(self) -> bool:
        """Whether a settled 氏 stands there as text."""
        return any(field.settled and not field.family_open for field in self.fields)


def show(request: DeskRequest, bundle: Bundle, errors: Errors | None = None) -> HttpResponse:
    """The step's page; with `errors` (even none) what was typed stands there again."""
    sitting = sit(bundle, by=request.actor)
    cards = [list(same) for _, same in groupby(sitting.questions, _together)]
    card = _card(cards[0]) if cards else None
    if card and errors is not None:
        again = answers.answered_again(card.fields, request.POST, errors)
        card.fields[:] = answers.with_focus(again)
    context = {"card": card, "remaining": len(cards)}
    seen = request.POST.get("seen", "")
    status = 422 if errors else 200
    return show_step(request, sitting, "desk/ask.html", context, seen=seen, status=status)


@staff(*WINDOW)
@require_POST
def answer(request: DeskRequest, number: str) -> HttpResponse:
    """Keep what was said, and ask the next."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return redirect("desk:bundle", number)
    if "open_family" in request.POST:
        return show(request, bundle, {})
    try:
        replies.answer(
            bundle,
            answers.read(request.POST),
            version=form.cleaned_data["version"],
            by=request.actor,
            typed=answers.typed_characters(request.POST),
        )
    except BadAnswers as mistakes:
        return show(request, bundle, mistakes.messages)
    return show(request, bundle) if request.htmx else redirect("desk:bundle", number)


@staff(*WINDOW)
@require_POST
def take_back(request: DeskRequest, number: str) -> HttpResponse:
    """Take one answer back, so that it is asked again."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        subject, fact = answers.split(request.POST.get("answer", ""))
        version = form.cleaned_data["version"]
        replies.take_back(bundle, subject, fact, version=version, by=request.actor)
    return show(request, bundle) if request.htmx else redirect("desk:bundle", number)


def _together(asked: Asked) -> tuple[str, str]:
    """Questions of one card about one person stand in one form; any other stands alone."""
    return (asked.card, asked.subject) if asked.card else (asked.fact, asked.subject)


def _card(asked: list[Asked]) -> Card:
    first = asked[0]
    return Card(
        about=first.subject_label,
        title=first.card_title if len(asked) > 1 else first.text,
        help=first.card_help if len(asked) > 1 else "",
        fields=answers.with_focus([answers.of_question(each) for each in asked]),
    )
