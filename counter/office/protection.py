"""支援措置 that core does not send: the lists, the one-screen entry, and a measure's own page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from consent import door, engagements, measure_book, measures
from consent.door import Record
from consent.measure_book import NoSuchMeasure, Sheet
from consent.measures import Against, MayNotProtect, NotNow, Wish
from consent.models import Measure
from counter.entry.again import recently_proved
from counter.office.access import SUPPORT, OfficeRequest, office
from counter.office.protection_forms import (
    ADVERSE,
    SCOPE_NAMES,
    WORDS,
    DecideForm,
    EndForm,
    EntryForm,
    FindForm,
)
from counter.office.screen import show
from residents.facts import Known

CHOSEN = "protection_for"
"""Under which the session keeps whom the entry is for."""
PLACE = "protection"

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
@require_POST
def find(request: OfficeRequest) -> HttpResponse:
    """Who may be meant: the hits of one search, each a button."""
    form = FindForm(request.POST)
    if not form.is_valid():
        return redirect("office:protection")
    search_id = uuid4()
    found = door.search(form.cleaned_data["query"], by=request.actor, search_id=search_id)
    shown = {"found": found, "form": form, "query": form.cleaned_data["query"]}
    return show(request, "office/protection_find.html", shown, place=PLACE)


@officer
@require_POST
def choose(request: OfficeRequest) -> HttpResponse:
    """Go on with one of the hits."""
    try:
        request.session[CHOSEN] = str(UUID(request.POST.get("ref", "")))
    except ValueError:
        return redirect("office:protection")
    return redirect("office:protection_new")


@officer
def new(request: OfficeRequest) -> HttpResponse:
    """The entry: one screen, one person, and it holds from that moment."""
    chosen = request.session.get(CHOSEN)
    household = _household(UUID(chosen), request) if chosen else None
    if not chosen or not household:
        return redirect("office:protection")
    applicant = UUID(chosen)
    others = [(ref, name) for ref, name in household.items() if ref != applicant]
    form = EntryForm(
        request.POST or None,
        household=others,
        initial={
            "token": uuid4(),
            "kind": Measure.Kind.FULL,
            "starts_on": timezone.localdate(),
            "scopes": [*SCOPE_NAMES],
        },
    )
    if form.is_valid() and (wish := _wish(form, applicant, request)):
        measure = measures.set_up(wish, by=request.actor, token=form.cleaned_data["token"])
        request.session.pop(CHOSEN, None)
        messages.success(request, _("登録しました。いまから、住所などは表示されません。"))
        return redirect("office:measure", measure.pk)
    shown = {"form": form, "applicant": household[applicant]}
    status = 422 if form.is_bound else 200
    return show(request, "office/protection_new.html", shown, place=PLACE, status=status)


@officer
@require_GET
def one(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """A measure: whom it covers, against whom, its period, and what may be done now."""
    return _page(request, measure_book.sheet(pk, by=request.actor))


@officer
@require_POST
def extend(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Another year."""
    measures.extend(pk, by=request.actor)
    return _done(request, pk, _("延長しました。"))


@officer
@require_POST
def decide(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """仮支援措置 becomes 支援措置."""
    form = DecideForm(request.POST)
    if form.is_valid():
        measures.decide(pk, opinion=form.cleaned_data["opinion"], by=request.actor)
    return _done(request, pk, _("支援措置に決定しました。"))


@officer
@recently_proved
@require_POST
def ask_end(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The first person's word that someone leaves."""
    found = measure_book.sheet(pk, by=request.actor)
    form = EndForm(request.POST, people=_people(found))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    leaving = [UUID(ref) for ref in form.cleaned_data["leaving"]]
    measures.ask_end(pk, leaving, ending=form.cleaned_data["ending"], by=request.actor)
    return _done(request, pk, _("終了を依頼しました。ほかの責任者の確認を待ちます。"))


@officer
@recently_proved
@require_POST
def confirm_end(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The second person's."""
    measure = measures.confirm_end(pk, by=request.actor)
    at = timezone.localtime(measure.lifts_at)
    told = _("確認しました。%(at)sに終わります。それまでは取り下げられます。")
    return _done(request, pk, told % {"at": f"{at.month}月{at.day}日{at:%H:%M}"})


@officer
@require_POST
def withdraw_end(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """Let it stand after all."""
    measures.withdraw_end(pk, by=request.actor)
    return _done(request, pk, _("終了の依頼を取り下げました。支援措置は続きます。"))


def _done(request: OfficeRequest, pk: UUID, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("office:measure", pk)


def _page(
    request: OfficeRequest, found: Sheet, form: EndForm | None = None, *, status: int = 200
) -> HttpResponse:
    measure = found.measure
    opens = measures.opens_for_extension(measure.ends_on)
    shown = {
        "sheet": found,
        "measure": measure,
        "against": [
            [(label, words[key]) for key, label in WORDS.items() if words.get(key)]
            for words in found.against
        ],
        "scopes": [SCOPE_NAMES[code] for code in measure.scopes if code in SCOPE_NAMES],
        "opens": opens,
        "may_extend": opens <= timezone.localdate() and not measure.asked_by_id,
        "expired": measure.ends_on < timezone.localdate(),
        "asked_by_me": measure.asked_by_id == request.actor.account_id,
        "leaving": [each.name for each in found.people if each.ref in measure.leaving],
        "end_form": form or EndForm(people=_people(found)),
        "decide_form": DecideForm(),
        "hold_hours": int(measures.hold().total_seconds() // 3600),
    }
    return show(request, "office/protection_one.html", shown, place=PLACE, status=status)


def _people(found: Sheet) -> list[tuple[UUID, str]]:
    return [(each.ref, each.name or each.number) for each in found.staying]


def _household(ref: UUID, request: OfficeRequest) -> dict[UUID, str]:
    """Everyone in the household by name, the person first; {} where the register has them no more."""
    ground = engagements.begin("protection", [ref], reference="", by=request.actor)
    try:
        records = door.open_household(ref, engagement=ground.pk, by=request.actor)
    except door.NotInRegister:
        return {}
    finally:
        engagements.close(ground.pk)
    return {ref: _name(records[ref]), **{each: _name(found) for each, found in records.items()}}


def _name(record: Record) -> str:
    name = record.facts["name"]
    return str(name.value) if isinstance(name, Known) else ""


def _wish(form: EntryForm, applicant: UUID, request: OfficeRequest) -> Wish | None:
    """What the form asks for; None, with an error at its field, where a 宛名番号 is nobody's."""
    cleaned = form.cleaned_data
    together = [UUID(ref) for ref in cleaned.get("together", [])]
    for number in cleaned["numbers"].split():
        together.append(_ref(form, "numbers", number, request))
    against = []
    for place in ADVERSE:
        words = {key: cleaned[f"{place}_{key}"] for key in WORDS}
        number = words["number"]
        ref = _ref(form, f"{place}_number", number, request) if number else None
        if ref in (applicant, *together) and ref:
            form.add_error(f"{place}_number", _("支援を求める方は、相手方にできません。"))
        if any(words.values()):
            against.append(Against(ref, words))
    if form.errors:
        return None
    return Wish(
        applicant=applicant,
        together=tuple(dict.fromkeys(together)),
        against=tuple(against),
        kind=cleaned["kind"],
        cause=cleaned["cause"],
        opinion=cleaned["opinion"],
        scopes=tuple(cleaned["scopes"]),
        starts_on=cleaned["starts_on"],
    )


def _ref(form: EntryForm, field: str, number: str, request: OfficeRequest) -> UUID:
    found = door.find_number(number, by=request.actor)
    if found is None:
        form.add_error(field, _("この宛名番号の方は見つかりません。"))
    return found or uuid4()
