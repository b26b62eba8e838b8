"""One bundle at its address: which page it stands at, and what its pages send."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from counter import answers
from counter.online import letter, questions, status
from counter.online.access import OnlineRequest, resident
from counter.online.agreement import show_agreement
from counter.online.draft import back_from, draft, is_draft, own, way_of
from counter.online.forms import VersionForm
from counter.online.page import show
from counter.online.pages import page_of
from counter.online.questions import Errors
from lifeevents import bundles, handing_in, newborns, replies
from lifeevents.answering import BadAnswers
from lifeevents.models import Bundle
from lifeevents.sitting import sitting_of


@resident
@require_safe
def bundle(request: OnlineRequest, number: str) -> HttpResponse:
    """The page the bundle stands at; `?q=` is a question answered before, `?edit=` one row's form."""
    found = draft(request, number)
    if found is None:
        return status.show_status(request, number)
    if found.step == Bundle.Step.AGREE:
        return show_agreement(request, found)
    return _asking(request, found)


@resident
def who(request: OnlineRequest, number: str) -> HttpResponse:
    """Who of the household moves: ticked, all at first."""
    found = bundles.find(number, by=request.actor)
    people = sitting_of(way_of(found, request).opened).people
    others = [each for each in people.values() if each.ref and each.ref != request.user.ref]
    form = VersionForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return show(request, "online/who.html", {"bundle": found, "others": others})
    chosen, version = request.POST.getlist("moves"), form.cleaned_data["version"]
    for person in others:
        moves = person.key in chosen
        if person.taking_part != moves:
            bundles.set_taking_part(found, person.key, moves, version=version, by=request.actor)
            version = found.version
    return redirect("online:bundle", number)


@resident
def child(request: OnlineRequest, number: str) -> HttpResponse:
    """Which child was born: one the register already has, or one not there yet."""
    found = bundles.find(number, by=request.actor)
    way = way_of(found, request)
    people, keys = sitting_of(way.opened).people, newborns.registered(way.opened)
    form = VersionForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        context = {
            "bundle": found,
            "children": [people[key] for key in keys],
            "chosen": newborns.chosen(way.opened),
            "unregistered": newborns.UNREGISTERED,
        }
        return show(request, "online/child.html", context)
    chosen = request.POST.get("child", "")
    if chosen in (*keys, newborns.UNREGISTERED):
        newborns.choose(found, chosen, version=form.cleaned_data["version"], by=request.actor)
    return redirect("online:bundle", number)


@resident
@require_POST
def answer(request: OnlineRequest, number: str) -> HttpResponse:
    """Keep what one page asked, and go on."""
    found = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return redirect("online:bundle", number)
    try:
        replies.answer(
            found,
            questions.read(request.POST),
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
    found = own(request, number)
    form = VersionForm(request.POST)
    if not form.is_valid() or not is_draft(found, request):
        return redirect("online:bundle", number)
    if questions.open_pages(sitting_of(way_of(found, request).opened)):
        return redirect("online:bundle", number)
    handing_in.hand_in(found, version=form.cleaned_data["version"], by=request.actor)
    return redirect("online:bundle", number)


def _asking(request: OnlineRequest, found: Bundle, errors: Errors | None = None) -> HttpResponse:
    """The next open question, an earlier one, or the letter when nothing is left to ask."""
    way = way_of(found, request)
    sitting = sitting_of(way.opened)
    wanted = request.GET.get("q", "")
    if errors is not None and "edit" not in request.POST:
        wanted = request.POST.get("asked", "")
    open_ = questions.open_pages(sitting)
    page = questions.answered_before(wanted, sitting) if wanted else None
    page = page or page_of(wanted, open_) or (open_[0] if open_ else None)
    if page is None or request.POST.get("edit"):
        return letter.show_letter(request, sitting, way, errors)
    if errors:
        page = questions.sent_again(page, request.POST, errors)
    remaining = max(len(open_), 1)
    back = back_from(page.name, sitting, way)
    return questions.show_page(request, sitting, page, remaining, back)
