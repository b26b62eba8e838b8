"""What admins send: the texts, settings, deadline and documents of a procedure, and a draft's verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from counter.legible import TextField
from lifeevents import wording
from lifeevents.rules.sentences import Names
from residents import wareki
from residents.facts import FactType

Entry = Mapping[str, Any]
Choices = Iterable[tuple[str, str]]
TYPES = {
    FactType.BOOL.value: _("はい・いいえ"),
    FactType.CHOICE.value: _("選択肢から一つ"),
    FactType.NUMBER.value: _("数"),
    FactType.DATE.value: _("日付"),
    FactType.TEXT.value: _("文字"),
}
LONG = forms.Textarea(attrs={"rows": 3, "class": "input"})
LINE = forms.TextInput(attrs={"class": "input"})


class DayField(forms.CharField):
    """A day as 令和8年4月1日, 8.4.1 or 2026-04-01."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"class": "input short"}), **kwargs)

    def to_python(self, value: Any) -> date | None:  # type: ignore[override]
        text = super().to_python(value)
        day = wareki.parse(text) if text else None
        if text and day is None:
            raise forms.ValidationError(
                _("日付は「8.4.1」「令和8年4月1日」のように入力してください。"), code="unreadable"
            )
        return day

    def prepare_value(self, value: Any) -> Any:
        return wareki.format(value) if isinstance(value, date) else value


class LinesField(TextField):
    """Several things, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=LONG, **kwargs)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        lines = (super().to_python(value) or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value


def words(label: Any, widget: forms.Widget, *, most: int = 400, **kwargs: Any) -> forms.CharField:
    """A text that is needed."""
    required = format_lazy(_("{label}を入力してください。"), label=label)
    return TextField(
        label=label,
        max_length=most,
        widget=widget,
        error_messages={"required": required},
        **kwargs,
    )


def pick(label: Any, **kwargs: Any) -> forms.ChoiceField:
    """One of several."""
    return forms.ChoiceField(
        label=label,
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"required": _("一つ選んでください。")},
        **kwargs,
    )


class TextsForm(forms.Form):
    """名称, 説明, 根拠, 出典."""

    name = words(_("名称"), LINE, most=60)
    summary = words(_("説明"), LONG, help_text=_("住民にも見える文です。1文か2文で。"))
    law = words(_("根拠"), LINE, help_text=_("法律の条、または市の条例・要綱の名前"))
    sources = LinesField(
        label=_("出典"),
        help_text=_("1行に一つ。公式ページのアドレスなど"),
        error_messages={"required": _("出典を入力してください。")},
    )

    def changed(self, entry: Entry) -> dict[str, Any]:
        """The procedure with these texts."""
        return {**entry, **self.cleaned_data}


class SettingsForm(forms.Form):
    """だれの手続か, 担当, 申請の方法, 種類, 様式, 先に必要な手続, 適用期間."""

    for_ = pick(_("だれの手続か"))
    department = pick(_("担当"))
    online = pick(_("申請の方法"), choices=list(wording.ONLINE.items()))
    kind = pick(_("種類"), choices=list(wording.KINDS.items()))
    papers = forms.MultipleChoiceField(
        label=_("様式"), required=False, widget=forms.CheckboxSelectMultiple
    )
    requires = forms.MultipleChoiceField(
        label=_("先に必要な手続"), required=False, widget=forms.CheckboxSelectMultiple
    )
    from_ = DayField(label=_("この日から"), required=False)
    until = DayField(label=_("この日の前日まで"), required=False)

    def __init__(
        self, data: Any, *, entry: Entry, groups: Choices, departments: Choices,
        papers: Choices, procedures: Choices,
    ) -> None:  # fmt: skip
        days = {
            name: date.fromisoformat(day) if day else None
            for name, day in zip(("from_", "until"), entry["effective"].values(), strict=True)
        }
        super().__init__(data, initial={**entry, "for_": entry["for"], **days})
        offered = {
            "for_": groups,
            "department": departments,
            "papers": papers,
            "requires": procedures,
        }
        for name, choices in offered.items():
            # Of long lists what is chosen stands first.
            taken = entry[name] if name in ("papers", "requires") else ()
            ordered = sorted(choices, key=lambda each: each[0] not in taken)
            self.fields[name].choices = ordered  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        start, end = self.cleaned_data.get("from_"), self.cleaned_data.get("until")
        if start and end and end <= start:
            self.add_error("until", _("始まりの日より後の日にしてください。"))

    def changed(self, entry: Entry) -> dict[str, Any]:
        """The procedure with these settings."""
        said = dict(self.cleaned_data)
        days = {name: said.pop(f) for name, f in (("from", "from_"), ("until", "until"))}
        period = {name: day.isoformat() if day else None for name, day in days.items()}
        return {**entry, "for": said.pop("for_"), **said, "effective": period}


class DeadlineForm(forms.Form):
    """期限: how long, from which day of whom, how counted, and in which words."""

    number = forms.IntegerField(
        label=_("期間"), required=False, min_value=1, max_value=4000,
        widget=forms.NumberInput(attrs={"class": "input short"}),
        help_text=_("期限がないときは空のままにします。"),
    )  # fmt: skip
    unit = pick(_("単位"), choices=list(wording.UNITS.items()))
    fact = pick(_("起算日"))
    of = pick(_("だれの"))
    count_first_day = forms.ChoiceField(
        label=_("数え方"),
        choices=[
            ("no", _("翌日から数える（民法140条）")),
            ("yes", _("その日を1日目とする（戸籍法43条）")),
        ],
        widget=forms.RadioSelect,
    )
    roll_to_open_day = forms.BooleanField(
        label=_("閉庁日に当たるときは次の開庁日までとする"), required=False
    )
    text = words(_("期限の文"), LINE, help_text=_("例：生まれた日の翌日から15日以内"))

    MOST = {"days": 4000, "months": 120, "years": 20}

    def __init__(self, data: Any, *, entry: Entry, called: Names, groups: Choices) -> None:
        counted = entry["deadline"]
        unit = next((each for each in wording.UNITS if counted.get(each)), "days")
        start = counted.get("from", {"fact": "birth_date", "of": "self"})
        first = "yes" if counted.get("count_first_day") else "no"
        initial = {**counted, **start, "unit": unit, "number": counted.get(unit)}
        super().__init__(data, initial={**initial, "count_first_day": first})
        days = [
            (key, f"{fact.label}（{fact.source}）")
            for key, fact in called.vocabulary.items()
            if fact.type is FactType.DATE
        ]
        self.fields["fact"].choices = sorted(days, key=lambda each: each[1])  # type: ignore[attr-defined]
        self.fields["of"].choices = [("self", _("手続の対象となるご本人")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        number, unit = self.cleaned_data.get("number"), self.cleaned_data.get("unit", "days")
        if number and number > self.MOST[unit]:
            self.add_error("number", _("期間が長すぎます。単位を確かめてください。"))

    def changed(self, entry: Entry) -> dict[str, Any]:
        """The procedure with this deadline."""
        said = self.cleaned_data
        kept = {name: entry["deadline"][name] for name in ("local",) if name in entry["deadline"]}
        if not said["number"]:
            return {**entry, "deadline": {"text": said["text"], **kept}}
        counted = {
            "text": said["text"],
            said["unit"]: said["number"],
            "count_first_day": said["count_first_day"] == "yes",
            "from": {"fact": said["fact"], "of": said["of"]},
            "roll_to_open_day": said["roll_to_open_day"],
        }
        return {**entry, "deadline": {**counted, **kept}}


class DocumentsForm(forms.Form):
    """持ち物: one line each, and an empty one to add another; an emptied one goes away."""

    SPARE = 2

    def __init__(self, data: Any, *, entry: Entry) -> None:
        super().__init__(data)
        self.listed = [*entry["documents"], *({"name": ""} for _ in range(self.SPARE))]
        for place, document in enumerate(self.listed):
            self.fields[f"document-{place}"] = TextField(
                label=format_lazy(_("持ち物 {place}"), place=place + 1),
                max_length=400,
                required=False,
                initial=document["name"],
                widget=forms.TextInput(attrs={"class": "input"}),
            )

    def changed(self, entry: Entry) -> dict[str, Any]:
        """The procedure with these documents; each keeps its condition."""
        said = [self.cleaned_data[f"document-{place}"].strip() for place in range(len(self.listed))]
        documents = [
            {**listed, "name": name} for listed, name in zip(self.listed, said, strict=True) if name
        ]
        return {**entry, "documents": documents}


class VersionForm(forms.Form):
    """The version of the draft the page showed; every change says it."""

    version = forms.IntegerField(min_value=0)


class SubmitForm(VersionForm):
    """What the change is called, from which day, and what the second person should look at."""

    title = words(_("変更の内容"), LINE, most=80)
    effective_from = DayField(
        label=_("いつから"), error_messages={"required": _("適用する日を入力してください。")}
    )
    note = TextField(label=_("承認する人への説明"), required=False, max_length=400, widget=LONG)

    def clean_effective_from(self) -> date:
        day: date = self.cleaned_data["effective_from"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("今日か、今日より後の日にしてください。"), code="past")
        return day


class ReturnForm(VersionForm):
    """What is to be mended."""

    note = words(_("差し戻す理由"), LONG)
