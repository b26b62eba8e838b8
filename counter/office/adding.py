"""Adding a procedure to a life event, from scratch or as a copy; and a question for a new fact."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from secrets import token_hex
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from consent.models import Category
from counter.legible import TextField
from counter.office import procedure, rule
from counter.office.access import WRITERS, OfficeRequest, office
from counter.office.forms import LINE, LONG, TYPES, LinesField, VersionForm, pick, words
from counter.office.screen import show
from lifeevents import drafts, wording
from lifeevents.models import Draft
from residents.facts import FactType

CATEGORIES = ("basic", "household", "contact", "tax", "insurance", "pension", "care", "child")


class NewForm(forms.Form):
    """A procedure from scratch; whatever else it needs is filled in on its page."""

    name = words(_("名称"), LINE, most=60)
    summary = words(_("説明"), LONG, help_text=_("住民にも見える文です。1文か2文で。"))
    for_ = pick(_("だれの手続か"))
    department = pick(_("担当"))
    because = words(
        _("必要になる理由の文"), LINE, most=200,
        help_text=_("例：お子さまが生まれたため。{who} は対象の方の呼び名に置き換わります。"),
    )  # fmt: skip
    law = words(_("根拠"), LINE, help_text=_("法律の条、または市の条例・要綱の名前"))

    def entry(self, event: str) -> dict[str, Any]:
        """The procedure as the catalogue keeps it, needed by everyone it is for."""
        said = self.cleaned_data
        return {
            "name": said["name"],
            "summary": said["summary"],
            "for": said["for_"],
            "events": [event],
            "rule": {"op": "literal", "value": True, "because": said["because"]},
            "effective": {"from": None, "until": None},
            "law": said["law"],
            "sources": [said["law"]],
            "verified": False,
            "local": True,
            "deadline": {"text": "期限はありません"},
            "department": said["department"],
            "documents": [],
            "papers": [],
            "online": "counter",
            "kind": "application",
            "requires": [],
        }


class CopyForm(forms.Form):
    """A procedure like another one."""

    source = pick(_("もとにする手続"))
    name = words(_("新しい名称"), LINE, most=60)

    def entry(self, event: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """The procedure, of this event alone."""
        copied = deepcopy(document["procedures"][self.cleaned_data["source"]])
        copied.pop("per_event", None)
        return {**copied, "name": self.cleaned_data["name"], "events": [event], "verified": False}


class QuestionForm(VersionForm):
    """A question for a fact nobody supplies."""

    label = words(_("項目の名前"), LINE, most=40, help_text=_("例：自転車を持っている"))
    text = words(_("質問の文"), LINE, help_text=_("例：自転車をお持ちですか。"))
    help = TextField(label=_("補足"), required=False, max_length=400, widget=LINE)
    type = pick(_("答え方"), choices=list(TYPES.items()))
    choices = LinesField(
        label=_("選択肢"), required=False, help_text=_("「選択肢から一つ」のときに、1行に一つ")
    )
    of = pick(_("だれに聞くか"))
    category = pick(_("情報の区分"))

    def clean(self) -> None:
        super().clean()
        is_choice = self.cleaned_data.get("type") == FactType.CHOICE.value
        if is_choice and len(self.cleaned_data.get("choices", [])) < 2:
            self.add_error("choices", _("選択肢を2つ以上、1行に一つずつ入力してください。"))

    def entry(self, order: int) -> dict[str, Any]:
        """The question as the catalogue keeps it."""
        said = {
            name: self.cleaned_data[name] for name in ("label", "text", "type", "of", "category")
        }
        if self.cleaned_data["help"]:
            said["help"] = self.cleaned_data["help"]
        if said["type"] == FactType.CHOICE.value:
            said["choices"] = [
                {"value": f"c{place}", "label": label}
                for place, label in enumerate(self.cleaned_data["choices"], start=1)
            ]
        return {**said, "order": order}


@office(*WRITERS)
def add(request: OfficeRequest, code: str) -> HttpResponse:
    """The two ways to a new procedure; on POST it stands in a draft."""
    document = drafts.latest_document()
    event = document["events"].get(code)
    if event is None:
        raise Http404
    new = NewForm(request.POST if "new" in request.POST else None)
    copy = CopyForm(request.POST if "copy" in request.POST else None)
    _offer(new, copy, code, request)
    if new.is_valid():
        return _put(request, code, new.entry(code))
    if copy.is_valid():
        return _put(request, code, copy.entry(code, document))
    status = 422 if request.method == "POST" else 200
    context = {"event": event, "code": code, "new": new, "copy": copy}
    return show(request, "office/add.html", context, status=status)


@office(*WRITERS)
def question(request: OfficeRequest, pk: int, code: str) -> HttpResponse:
    """A new question, for a rule of this procedure; then the rule's editor opens with its fact."""
    draft, event = drafts.find(pk), request.GET.get("in", "")
    entry, edition = procedure.entry_of(draft, code, event), drafts.edition(draft)
    page = procedure.address(pk, code, event)
    form = QuestionForm(request.POST or None)
    people = [*rule.groups(entry, edition), *wording.SHARED.items()]
    form.fields["of"].choices = people  # type: ignore[attr-defined]
    form.fields["category"].choices = _categories()  # type: ignore[attr-defined]
    if form.is_valid():
        key = f"town_{token_hex(3)}"
        order = 1 + max(each["order"] for each in edition.document["questions"].values())
        version = form.cleaned_data["version"]
        changed = {f"questions/{key}": form.entry(order)}
        drafts.change(draft, changed, version=version, by=request.actor)
        opened = urlencode({"slot": "rule", "at": "", "do": "add", "fact": key})
        return redirect(f"{page}?{opened}#rule")
    status = 422 if request.method == "POST" else 200
    context = {"draft": draft, "page": page, "name": entry["name"], "form": form}
    return show(request, "office/question.html", context, place="drafts", status=status)


def _offer(new: NewForm, copy: CopyForm, code: str, request: OfficeRequest) -> None:
    """What can be chosen: groups, departments this person may edit, procedures to copy."""
    edition = drafts.latest_edition()
    document = edition.document
    own = [
        (name, each["name"])
        for name, each in document["departments"].items()
        if drafts.may_edit(name, by=request.actor)
    ]
    people = rule.groups({"events": [code]}, edition)
    new.fields["for_"].choices = [*people, *wording.SHARED.items()]  # type: ignore[attr-defined]
    new.fields["department"].choices = own  # type: ignore[attr-defined]
    allowed = {name for name, _label in own}
    copy.fields["source"].choices = sorted(  # type: ignore[attr-defined]
        (
            (each, entry["name"])
            for each, entry in document["procedures"].items()
            if entry["department"] in allowed
        ),
        key=lambda each: each[1],
    )


def _put(request: OfficeRequest, event: str, entry: dict[str, Any]) -> HttpResponse:
    draft = drafts.writing_for(entry["department"], by=request.actor) or _begin(request, entry)
    document = drafts.edition(draft).document
    code = f"{event}.town_{token_hex(3)}"
    listed = document["events"][event]
    changed = {
        f"procedures/{code}": entry,
        f"events/{event}": {**listed, "procedures": [*listed["procedures"], code]},
    }
    drafts.change(draft, changed, version=draft.version, by=request.actor)
    return redirect("office:procedure_draft", draft.pk, code)


def _begin(request: OfficeRequest, entry: Mapping[str, Any]) -> Draft:
    title = f"{entry['name']}の新設"[:80]
    return drafts.begin(title, entry["department"], by=request.actor)


def _categories() -> list[tuple[str, str]]:
    found = dict(Category.objects.values_list("code", "name"))
    return [(code, found[code]) for code in CATEGORIES]
