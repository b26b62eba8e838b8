"""One procedure inside a draft: its texts, settings, deadline, documents and rule, and what is left."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from counter.office import family, rule, words
from counter.office.access import READERS, WRITERS, OfficeRequest, office
from counter.office.forms import (
    DeadlineForm,
    DocumentsForm,
    SettingsForm,
    TextsForm,
    VersionForm,
)
from counter.office.screen import show
from lifeevents import approval, drafts, editions, per_event, wording
from lifeevents.editions import Edition
from lifeevents.models import Draft

Entry = Mapping[str, Any]
ALWAYS = ("様式",)
"""What is told even where there is none of it."""
SECTIONS = {
    "texts": gettext_lazy("名称と説明"),
    "deadline": gettext_lazy("期限"),
    "documents": gettext_lazy("持ち物"),
    "settings": gettext_lazy("担当・様式・申請の方法"),
}
OWN = {
    "rule": ("rule",),
    "texts": ("name", "summary", "law", "sources"),
    "deadline": ("deadline",),
    "documents": ("documents",),
    "settings": ("for", "department", "online", "kind", "papers", "requires", "effective"),
}
"""What a life event may have its own way, by section."""
LABELS = {
    "texts": ("名称", "説明", "根拠", "出典"),
    "deadline": ("期限", "期限の数え方"),
    "settings": (
        "だれの手続か", "担当", "申請の方法", "種類", "様式", "先に必要な手続", "適用期間",
    ),
}  # fmt: skip


@office(*READERS)
@require_safe
def edit(request: OfficeRequest, pk: int, code: str, event: str = "") -> HttpResponse:
    """The procedure as the draft makes it, for all life events or as one has it.

    `edit` opens a section, `do` and `at` a condition.
    """
    draft = drafts.find(pk)
    after = approval.edition_after(draft)
    entry = per_event.seen(in_event(after, code, event), event, after.document)
    place = rule.place_of(request.GET)
    opened = None
    if place and may_write(request, draft):
        fact = request.GET.get("fact", "")
        opened = rule.editor(entry, after, place, fact=fact)
    return page(request, draft, code, event, opened=opened, section=request.GET.get("edit", ""))


@office(*WRITERS)
@require_POST
def save(request: OfficeRequest, pk: int, code: str, section: str, event: str = "") -> HttpResponse:
    """Put a section's form into the draft, or (`shared`) make it the same in an event as in all."""
    draft = drafts.find(pk)
    if section not in OWN:
        raise Http404
    entry, version = entry_of(draft, code, event), VersionForm(request.POST)
    if "shared" in request.POST:
        changed = per_event.shared_again(entry, event, OWN[section])
    else:
        edition = drafts.edition(draft)
        seen = per_event.seen(entry, event, edition.document)
        form = section_form(section, seen, edition, request.POST)
        if form is None or not (form.is_valid() and version.is_valid()):
            return page(request, draft, code, event, section=section, form=form, status=422)
        changed = per_event.put(entry, event, form.changed(seen), edition.document)
    if version.is_valid():
        seen_version = version.cleaned_data["version"]
        drafts.change(
            draft, {f"procedures/{code}": changed}, version=seen_version, by=request.actor
        )
        messages.success(request, _("変更案に入れました。"))
    return redirect(address(pk, code, event))


@office(*WRITERS)
@require_POST
def withdraw(request: OfficeRequest, pk: int, code: str) -> HttpResponse:
    """Take the procedure out of the catalogue: out of every event that lists it."""
    draft, version = drafts.find(pk), VersionForm(request.POST)
    entry_of(draft, code)
    if version.is_valid():
        document = drafts.edition(draft).document
        changed: dict[str, Any] = {f"procedures/{code}": None}
        for event, each in document["events"].items():
            if code in each["procedures"]:
                left = [own for own in each["procedures"] if own != code]
                changed[f"events/{event}"] = {**each, "procedures": left}
        drafts.change(draft, changed, version=version.cleaned_data["version"], by=request.actor)
    return redirect("office:draft", pk)


def page(
    request: OfficeRequest,
    draft: Draft,
    code: str,
    event: str = "",
    *,
    opened: rule.Editor | None = None,
    section: str = "",
    form: Any = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with one section or one condition open."""
    after = approval.edition_after(draft)
    before = approval.edition_before(draft)
    can_edit = may_write(request, draft)
    entry = per_event.seen(after.document["procedures"][code], event, after.document)
    if can_edit and section in SECTIONS and form is None:
        form = section_form(section, entry, after, None)
    context = {
        "draft": draft,
        "page": address(draft.pk, code, event),
        "can_edit": can_edit,
        "opened": opened,
        "section": section if can_edit else "",
        "form": form,
        "problems": _problems(after, code),
        "is_new": code not in before.document["procedures"],
        "is_changed": f"procedures/{code}" in draft.changes,
        **told(request, code, event, after, before),
    }
    return show(request, "office/procedure.html", context, place="drafts", status=status)


def told(
    request: OfficeRequest, code: str, event: str, edition: Edition, before: Edition | None = None
) -> dict[str, Any]:
    """A procedure in words: its sections, its rule, its documents, what it needs, a family."""
    whole = edition.document["procedures"][code]
    entry = per_event.seen(whole, event, edition.document)
    rows, own = words.rows(entry, edition), per_event.own(whole, event)
    listed = {
        name: [
            (label, rows.get(label, ""))
            for label in LABELS[name]
            if rows.get(label) or label in ALWAYS
        ]
        for name in LABELS
    }
    return {
        "code": code,
        "name": entry["name"],
        "events": [edition.document["events"][e]["name"] for e in words.events_of(code, edition)],
        "event": event,
        "event_name": wording.name_of(f"events/{event}", edition) if event else "",
        "views": words.views(whole, edition),
        "differs": words.differences(whole, edition) if not event else [],
        "rule": words.rule(entry, edition),
        "own_in": list(whole.get(per_event.PER_EVENT, {})),
        "own_rule": "rule" in own,
        "documents": words.documents(entry, edition),
        "sections": [
            {
                "name": name,
                "title": title,
                "rows": listed.get(name, []),
                "own": any(each in own for each in OWN[name]),
            }
            for name, title in SECTIONS.items()
        ],
        "used": words.used(code, edition),
        "family": family.panel(request, code, edition, before, event),
    }


def section_form(section: str, entry: Entry, edition: Edition, data: Any) -> Any:
    """The form of a section, empty or bound; None for the rule, which has editors of its own."""
    if section == "rule":
        return None
    if section == "texts":
        return TextsForm(data, initial=dict(entry))
    if section == "documents":
        return DocumentsForm(data, entry=entry)
    called, people = wording.names(edition), rule.groups(entry, edition)
    if section == "deadline":
        return DeadlineForm(data, entry=entry, called=called, groups=people)
    document = edition.document
    departments = sorted(document["departments"].items(), key=lambda each: each[1]["order"])
    listed = [document["events"][event]["procedures"] for event in entry["events"]]
    procedures = dict.fromkeys([*chain.from_iterable(listed), *entry["requires"]])
    return SettingsForm(
        data,
        entry=entry,
        groups=[*people, *wording.SHARED.items()],
        departments=[(code, each["name"]) for code, each in departments],
        papers=sorted(((c, e["title"]) for c, e in document["papers"].items()), key=str),
        procedures=[
            (c, each["name"]) for c in procedures if (each := document["procedures"][c]) != entry
        ],
    )


def entry_of(draft: Draft, code: str, event: str = "") -> Entry:
    """The procedure as the draft makes it; 404 where there is none, or none in that event."""
    return in_event(approval.edition_after(draft), code, event)


def in_event(edition: Edition, code: str, event: str) -> Entry:
    """A procedure of an edition; 404 where there is none, or none in that event."""
    entry: Entry | None = edition.document["procedures"].get(code)
    if entry is None or (event and event not in dict(words.views(entry, edition))):
        raise Http404
    return entry


def address(pk: int, code: str, event: str = "") -> str:
    """The page of a procedure in a draft, for all events or as one has it."""
    return reverse("office:procedure_draft", args=[pk, code, *([event] if event else [])])


def may_write(request: OfficeRequest, draft: Draft) -> bool:
    """Whether this person may change the draft now."""
    is_open = draft.state == Draft.State.EDITING
    return is_open and drafts.may_edit(draft.department_id, by=request.actor)


def _problems(edition: Edition, code: str) -> list[str]:
    place = f"procedures → {code}"
    return [
        each.removeprefix(place).lstrip(" →:")
        for each in editions.problems(edition)
        if each.startswith(place)
    ]
