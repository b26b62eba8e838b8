"""支援措置を登録する: who asks for it is searched, then everything on one screen, the 相手方 too."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import door, engagements, measures
from consent.door import Hit, Record
from consent.measures import Against, Wish
from consent.models import Measure
from counter.office.access import OfficeRequest
from counter.office.protection import PLACE, officer
from counter.office.protection_forms import (
    ADVERSE,
    CONTACT,
    NOBODY,
    SCOPE_NAMES,
    WORDS,
    EntryForm,
    FindForm,
)
from counter.office.screen import show
from residents import wareki
from residents.facts import Known

CHOSEN = "protection_for"
"""Under which the session keeps whom the entry is for."""
SEARCHED = "protection_against"
"""Under which it keeps, for each 相手方, the id of the last search and the refs it found."""
MOST_HITS = 6


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
    request.session.pop(SEARCHED, None)
    return redirect("office:protection_new")


@officer
def new(request: OfficeRequest) -> HttpResponse:
    """The entry: one screen, one person, and it holds from that moment.

    What is typed into the search of a 相手方 is searched before anything is entered.
    """
    chosen = request.session.get(CHOSEN)
    household = _household(UUID(chosen), request) if chosen else None
    if not chosen or not household:
        return redirect("office:protection")
    applicant = UUID(chosen)
    others = [(ref, name) for ref, name in household.items() if ref != applicant]
    searched = _search(request)
    hits = _hits(request)
    if request.method == "GET" or searched or "find" in request.POST:
        form = EntryForm(household=others, hits=_choices(hits), initial=_initial(request.POST))
    else:
        form = EntryForm(request.POST, household=others, hits=_choices(hits))
    if form.is_valid() and (wish := _wish(form, applicant, hits, request)):
        measure = measures.set_up(wish, by=request.actor, token=form.cleaned_data["token"])
        for key in (CHOSEN, SEARCHED):
            request.session.pop(key, None)
        messages.success(request, _("登録しました。いまから、住所などは表示されません。"))
        return redirect("office:measure", measure.pk)
    shown = {"form": form, "applicant": household[applicant], "searched": searched}
    status = 422 if form.is_bound else 200
    return show(request, "office/protection_new.html", shown, place=PLACE, status=status)


def _search(request: OfficeRequest) -> dict[str, str]:
    """Search for every 相手方 something was typed for; for each place what is to be told of it."""
    told = {}
    kept = request.session.get(SEARCHED, {})
    for place in ADVERSE:
        query = request.POST.get(f"{place}_query", "").replace("\0", "").strip()
        if not query:
            continue
        search_id = uuid4()
        found = door.search(query[:100], by=request.actor, search_id=search_id)
        refs = [str(hit.ref) for hit in found.hits[:MOST_HITS]]
        kept[place] = {"id": str(search_id), "refs": refs}
        told[place] = found.hint or told_of(
            len(refs), more=found.more or len(found.hits) > MOST_HITS
        )
        request.session[SEARCHED] = kept
    return told


def told_of(count: int, *, more: bool) -> str:
    """What is said of a search that found so many."""
    if not count:
        return _("見つかりません。カナの一部や生年月日だけでも、さがせます。")
    if more:
        return _("ほかにもいます。いなければ、生年月日などを足してさがしてください。")
    return _("この中から選んでください。")


def _hits(request: OfficeRequest) -> dict[str, list[Hit]]:
    """Whom the last search for each 相手方 has found, as the log already has it."""
    return {
        place: [
            hit
            for ref in kept["refs"]
            if (hit := door.glance(UUID(ref), by=request.actor, search_id=UUID(kept["id"])))
        ]
        for place, kept in request.session.get(SEARCHED, {}).items()
        if kept["refs"]
    }


def _choices(hits: dict[str, list[Hit]]) -> dict[str, list[tuple[str, str]]]:
    return {
        place: [(str(hit.ref), label_of(hit)) for hit in found] for place, found in hits.items()
    }


def label_of(hit: Hit) -> str:
    """One person found, in a line to choose."""
    born = wareki.format(hit.birth) if hit.birth else ""
    place = _("支援措置") if hit.protected else hit.town or ""
    return "　".join(part for part in (hit.name, hit.name_kana, born, place, hit.number) if part)


def _initial(sent: QueryDict) -> dict[str, Any]:
    """The form as it was sent, but for what was searched; or as it is at first."""
    many = ("together", "scopes")
    if sent:
        kept = {key: sent.getlist(key) if key in many else sent[key] for key in sent}
        return kept | {f"{place}_query": "" for place in ADVERSE}
    return {
        "token": uuid4(),
        "kind": Measure.Kind.FULL,
        "starts_on": timezone.localdate(),
        "scopes": [*SCOPE_NAMES],
    }


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


def _wish(
    form: EntryForm, applicant: UUID, hits: dict[str, list[Hit]], request: OfficeRequest
) -> Wish | None:
    """What the form asks for; None, with an error at its field, where someone cannot be meant."""
    cleaned = form.cleaned_data
    together = [UUID(ref) for ref in cleaned.get("together", [])]
    for number in cleaned["numbers"].split():
        found = door.find_number(number, by=request.actor)
        if found is None:
            form.add_error("numbers", _("この宛名番号の方は見つかりません。"))
        together.append(found or applicant)
    against = []
    for place in ADVERSE:
        words = {key: cleaned[f"{place}_{key}"] for key in WORDS}
        meant = cleaned.get(f"{place}_ref", NOBODY)
        hit = next((each for each in hits.get(place, ()) if str(each.ref) == meant), None)
        if hit and hit.ref in (applicant, *together):
            form.add_error(f"{place}_ref", _("支援を求める方は、相手方にできません。"))
        if hit or any(words.values()):
            against.append(Against(hit.ref if hit else None, words_of(words, hit)))
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
        contact={key: cleaned[f"c_{key}"] for key in ("channel", *CONTACT)},
    )


def words_of(words: dict[str, str], hit: Hit | None) -> dict[str, str]:
    """The words of a 相手方; of one in the register also what they are called there now."""
    if hit is None:
        return words
    born = wareki.format(hit.birth) if hit.birth else ""
    return {
        **words,
        "name": words["name"] or hit.name,
        "birth_date": words["birth_date"] or born,
        "number": hit.number,
    }
