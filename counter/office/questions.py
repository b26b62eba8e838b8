"""The questions: reading them all, and changing the words and choices of one, for all events or for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from counter.legible import TextField
from counter.office import rule
from counter.office.access import READERS, WRITERS, OfficeRequest, office
from counter.office.forms import LINE, TYPES, VersionForm, pick, words
from counter.office.screen import show
from lifeevents import approval, drafts, per_event, wording
from lifeevents.editions import Edition

Entry = Mapping[str, Any]
NO_CARD = "-"
"""The choice of a question that is asked alone."""


class WordsForm(VersionForm):
    """The words of a question: for all events, or (`event`) where one says it another way."""

    label = words(gettext_lazy("項目の名前"), LINE, most=40)
    text = words(gettext_lazy("質問の文"), LINE)
    help = TextField(label=gettext_lazy("補足"), required=False, max_length=400, widget=LINE)
    of = pick(gettext_lazy("だれに聞くか"))
    card = pick(gettext_lazy("聞く画面"))

    def __init__(self, data: Any, *, entry: Entry, edition: Edition, used_in: list[str]) -> None:
        super().__init__(data, initial={**entry, "card": entry.get("card") or NO_CARD})
        people = rule.groups({"events": used_in}, edition)
        offered = {**dict(people), **wording.SHARED, entry["of"]: wording.group(entry["of"])}
        self.fields["of"].choices = list(offered.items())  # type: ignore[attr-defined]
        cards = [(code, card["title"]) for code, card in edition.document["cards"].items()]
        self.fields["card"].choices = [(NO_CARD, wording.ALONE), *cards]  # type: ignore[attr-defined]
        self.choices = list(entry.get("choices", ()))
        for place, choice in enumerate(self.choices):
            label = format_lazy(gettext_lazy("選択肢 {place}"), place=place + 1)
            self.fields[f"choice-{place}"] = words(label, LINE, initial=choice["label"])

    def changed(self, entry: Entry) -> dict[str, Any]:
        """The question in these words; what was empty and stays empty is not written down."""
        said = {name: self.cleaned_data[name] for name in ("label", "text", "help", "of", "card")}
        said["card"] = said["card"].removeprefix(NO_CARD)
        kept = {name: text for name, text in said.items() if text or name in entry}
        chosen = [
            {**choice, "label": self.cleaned_data[f"choice-{place}"]}
            for place, choice in enumerate(self.choices)
        ]
        return {**entry, **kept, **({"choices": chosen} if chosen else {})}


@office(*READERS)
@require_safe
def listed(request: OfficeRequest) -> HttpResponse:
    """Every question of the newest version, by the card it is asked on."""
    edition = drafts.latest_edition()
    context = {"cards": list(_by_card(edition))}
    return show(request, "office/questions.html", context, place="questions")


@office(*READERS)
@require_safe
def one(request: OfficeRequest, key: str) -> HttpResponse:
    """A question as the newest version has it."""
    edition = drafts.latest_edition()
    entry = _entry(edition, key)
    context = {"key": key, "draft": None, **_told(entry, edition)}
    return show(request, "office/asked.html", context, place="questions")


@office(*WRITERS)
@require_POST
def change(request: OfficeRequest, key: str) -> HttpResponse:
    """Open the question in this person's draft of 総務課; the first time, begin one."""
    entry = _entry(drafts.latest_edition(), key)
    draft = drafts.writing_for(drafts.GENERAL, by=request.actor)
    if draft is None:
        title = _("質問「%(label)s」の変更") % {"label": entry["label"]}
        draft = drafts.begin(title[:80], drafts.GENERAL, by=request.actor)
    return redirect("office:asked_draft", draft.pk, key)


@office(*WRITERS)
def edit(request: OfficeRequest, pk: int, key: str, event: str = "") -> HttpResponse:
    """The words of a question in a draft, for all events or for one; on POST they are put into it."""
    draft = drafts.find(pk)
    edition = approval.edition_after(draft)
    entry = _entry(edition, key)
    told = _told(entry, edition)
    if event and event not in dict(told["views"]):
        raise Http404
    seen = per_event.seen(entry, event, edition.document)
    used_in = [event] if event else [code for code, _name in told["views"]]
    form = WordsForm(request.POST or None, entry=seen, edition=edition, used_in=used_in)
    if form.is_valid():
        changed = per_event.put(entry, event, form.changed(seen), edition.document)
        version = form.cleaned_data["version"]
        drafts.change(draft, {f"questions/{key}": changed}, version=version, by=request.actor)
        messages.success(request, _("変更案に入れました。"))
        return redirect("office:draft", pk)
    own = per_event.own(entry, event)
    context = {"key": key, "draft": draft, "form": form, "event": event, "own": own, **told}
    status = 422 if request.method == "POST" else 200
    return show(request, "office/asked.html", context, place="drafts", status=status)


def _entry(edition: Edition, key: str) -> Entry:
    entry: Entry | None = edition.document["questions"].get(key)
    if entry is None:
        raise Http404
    return entry


def _told(entry: Entry, edition: Edition) -> dict[str, Any]:
    """A question in words: what it says, and what life events say another way."""
    events = sorted(edition.document["events"].items(), key=lambda each: each[1]["order"])
    return {
        "entry": entry,
        "rows": [(label, text) for label, text in _rows(entry, edition) if text],
        "own_in": list(entry.get(per_event.PER_EVENT, {})),
        "views": [(code, event["name"]) for code, event in events if event["offered"]],
        "differs": [
            (code, event["name"], list(wording.differing("questions", entry, code, edition)))
            for code, event in events
            if per_event.own(entry, code)
        ],
    }


def _rows(entry: Entry, edition: Edition) -> Iterator[tuple[str, str]]:
    yield from wording.TELLERS["questions"](entry, edition)
    yield _("答え方"), str(TYPES[entry["type"]])


def _by_card(edition: Edition) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The questions by card, those that stand alone last."""
    cards = edition.document["cards"]
    questions = sorted(edition.document["questions"].items(), key=lambda each: each[1]["order"])
    for code in [*cards, ""]:
        rows = [
            {
                "key": key,
                "label": each["label"],
                "text": each["text"],
                "whom": wording.group(each["of"]),
            }
            for key, each in questions
            if each.get("card", "") == code
        ]
        if rows:
            yield (cards[code]["title"] if code else wording.ALONE), rows
