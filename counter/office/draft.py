"""A draft: what it changes and for whom, what stands against it, and its way to the second person."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counter.entry.again import recently_proved
from counter.office import procedure
from counter.office.access import READERS, WRITERS, OfficeRequest, office
from counter.office.forms import ReturnForm, SubmitForm, VersionForm
from counter.office.screen import show
from lifeevents import approval, changes, comparison, drafts, editions, wording
from lifeevents.approval import NotReady, Readiness
from lifeevents.editions import Edition
from lifeevents.models import Draft, DraftEvent
from lifeevents.versions import TooEarly


@office(*READERS)
@require_safe
def drafts_list(request: OfficeRequest) -> HttpResponse:
    """What waits for a second person, what is being written, and what came of the others."""
    found = list(Draft.objects.select_related("author", "department", "publication")[:100])
    waiting = [each for each in found if each.state == Draft.State.SUBMITTED]
    mine = {each.pk for each in waiting if approval.may_approve(each, by=request.actor)}
    context = {
        "waiting": [(each, each.pk in mine) for each in waiting],
        "writing": [each for each in found if each.state == Draft.State.EDITING],
        "past": [
            each for each in found if each.state in (Draft.State.PUBLISHED, Draft.State.DISCARDED)
        ],
    }
    return show(request, "office/drafts.html", context, place="drafts")


@office(*READERS)
@require_safe
def draft(request: OfficeRequest, pk: int) -> HttpResponse:
    """The draft's page."""
    return page(request, drafts.find(pk))


@office(*WRITERS)
@require_POST
def revert(request: OfficeRequest, pk: int) -> HttpResponse:
    """Drop some changes."""
    found, form = drafts.find(pk), VersionForm(request.POST)
    keys = [key for key in request.POST.getlist("key") if key in found.changes]
    if form.is_valid() and keys:
        drafts.revert(found, keys, version=form.cleaned_data["version"], by=request.actor)
    return redirect("office:draft", pk)


@office(*WRITERS)
@require_POST
def align(request: OfficeRequest, pk: int) -> HttpResponse:
    """State the failing situations as the draft proposes; each becomes a change to review."""
    found, form = drafts.find(pk), VersionForm(request.POST)
    if form.is_valid():
        changed = editions.aligned(drafts.edition(found))
        drafts.change(found, changed, version=form.cleaned_data["version"], by=request.actor)
        text = _(
            "%(count)s件の事例の期待する結果を、この変更に合わせました。変更の一覧で確かめてください。"
        )
        messages.success(request, text % {"count": len(changed)})
    return redirect("office:draft", pk)


@office(*WRITERS)
@require_POST
def resolve(request: OfficeRequest, pk: int) -> HttpResponse:
    """Settle the conflicts, each as it was chosen."""
    found, form = drafts.find(pk), VersionForm(request.POST)
    disputed = drafts.conflicts(found)
    taken = {key: request.POST.get(f"take-{place}", "") for place, key in enumerate(disputed)}
    if form.is_valid() and all(_may_take(found, key, take) for key, take in taken.items()):
        drafts.resolve(found, taken, version=form.cleaned_data["version"], by=request.actor)
        messages.success(request, _("最新の版の上に変更を置き直しました。"))
    else:
        messages.warning(request, _("食い違いの一つ一つについて、どうするかを選んでください。"))
    return redirect("office:draft", pk)


@office(*WRITERS)
@require_POST
def submit(request: OfficeRequest, pk: int) -> HttpResponse:
    """Ask the second person."""
    found, form = drafts.find(pk), SubmitForm(request.POST)
    if not form.is_valid():
        return page(request, found, submit_form=form, status=422)
    try:
        approval.submit(found, **form.cleaned_data, by=request.actor)
    except NotReady:
        messages.warning(request, _(_NOT_READY))
    else:
        messages.success(request, _("承認を依頼しました。ほかの管理者が確かめて公開します。"))
    return redirect("office:draft", pk)


@office(*WRITERS)
@require_POST
def withdraw(request: OfficeRequest, pk: int) -> HttpResponse:
    """Take the draft back."""
    found, form = drafts.find(pk), VersionForm(request.POST)
    if form.is_valid():
        approval.withdraw(found, version=form.cleaned_data["version"], by=request.actor)
    return redirect("office:draft", pk)


@office(*WRITERS)
@require_POST
def discard(request: OfficeRequest, pk: int) -> HttpResponse:
    """Give the draft up."""
    found, form = drafts.find(pk), VersionForm(request.POST)
    if form.is_valid():
        drafts.discard(found, version=form.cleaned_data["version"], by=request.actor)
        messages.info(request, _("変更案を取りやめました。内容は残っています。"))
    return redirect("office:drafts")


@office(*WRITERS)
@require_POST
def send_back(request: OfficeRequest, pk: int) -> HttpResponse:
    """Return the draft to who wrote it, with what is to be mended."""
    found, form = drafts.find(pk), ReturnForm(request.POST)
    if not form.is_valid():
        return page(request, found, return_form=form, status=422)
    approval.send_back(found, **form.cleaned_data, by=request.actor)
    messages.info(request, _("差し戻しました。"))
    return redirect("office:drafts")


@office(*WRITERS)
@recently_proved
@require_POST
def publish(request: OfficeRequest, pk: int) -> HttpResponse:
    """Approve, and put the next version in force."""
    found, form = drafts.find(pk), VersionForm(request.POST)
    if not form.is_valid():
        return redirect("office:draft", pk)
    try:
        publication = approval.publish(
            found, version=form.cleaned_data["version"], by=request.actor
        )
    except NotReady:
        messages.warning(request, _(_NOT_READY))
    except TooEarly:
        messages.warning(request, _(_TOO_EARLY))
    else:
        messages.success(request, _("%(version)sとして公開しました。") % {"version": publication})
        return redirect("office:version", publication.number)
    return redirect("office:draft", pk)


def page(
    request: OfficeRequest,
    found: Draft,
    *,
    submit_form: SubmitForm | None = None,
    return_form: ReturnForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The draft with its changes in words, and what is to be done next."""
    before, after = approval.edition_before(found), approval.edition_after(found)
    is_open = found.state in (Draft.State.EDITING, Draft.State.SUBMITTED)
    readiness = approval.readiness(found) if is_open else None
    is_sound = not editions.problems(after)
    context = {
        "draft": found,
        "readiness": readiness,
        "conflicts": _conflicts(found, readiness),
        "changed": _changed(before, after, found),
        **_families(before, after, found, is_sound),
        "history": list(_history(found, after)),
        "can_edit": procedure.may_write(request, found),
        "can_approve": _is_waiting(found) and approval.may_approve(found, by=request.actor),
        "can_withdraw": _is_waiting(found) and approval.is_writer(found, by=request.actor),
        "submit_form": submit_form or _submit_form(found),
        "return_form": return_form or ReturnForm(),
    }
    return show(request, "office/draft.html", context, place="drafts", status=status)


def _submit_form(found: Draft) -> SubmitForm:
    return SubmitForm(initial={"title": found.title, "effective_from": timezone.localdate()})


def _changed(before: Edition, after: Edition, found: Draft) -> dict[str, list[Any]]:
    """The changes in words; the situations' apart, those that change alike told once."""
    told = comparison.differences(before, after, found.changes)
    procedures = set(after.document["procedures"])
    situation = wording.SECTIONS["situations"]
    return {
        "objects": [(e, _code(e.key, procedures)) for e in told if e.section != situation],
        "situations": comparison.alike(each for each in told if each.section == situation),
    }


def _families(before: Edition, after: Edition, found: Draft, is_sound: bool) -> dict[str, Any]:
    families = comparison.affected(before, after, found.changes) if is_sound else {}
    return {"families": comparison.families_alike(families), "families_count": len(families)}


def _history(found: Draft, after: Edition) -> Iterator[dict[str, Any]]:
    """What was done, one line for what one person did in a row."""
    events = found.events.select_related("by")
    for (_by, kind), same in groupby(events, key=lambda each: (each.by_id, each.kind)):
        done = list(same)
        keys = dict.fromkeys(each.key for each in done if each.key)
        yield {
            "last": done[-1],
            "names": [wording.name_of(key, after) for key in list(keys)[:2]],
            "more": max(len(keys) - 2, 0),
            "note": done[-1].note if kind != DraftEvent.Kind.RESOLVED else "",
        }


def _code(key: str, procedures: set[str]) -> str:
    section, code = changes.place_of(key)
    return code if section == "procedures" and code in procedures else ""


def _conflicts(found: Draft, readiness: Readiness | None) -> list[dict[str, Any]]:
    """What is to be settled, with theirs and mine in words."""
    disputed = readiness.conflicts if readiness else ()
    latest, after = drafts.latest_edition(), drafts.edition(found)
    told = {
        each.key: each for each in comparison.differences(latest, after, dict.fromkeys(disputed))
    }
    return [{"told": told[key], "may_join": drafts.may_join(found, key)} for key in disputed]


def _may_take(found: Draft, key: str, take: str) -> bool:
    return take in ("mine", "theirs") or (take == "both" and drafts.may_join(found, key))


def _is_waiting(found: Draft) -> bool:
    return found.state == Draft.State.SUBMITTED


_NOT_READY = "まだ公開できません。この画面に挙げた点を直してください。"
_TOO_EARLY = (
    "適用日の決まった新しい版が先にあります。その適用日より前には公開できません。"
    "差し戻して、適用日を直してもらってください。"
)
