"""What 支援措置責任者 send: the one-screen entry, and the reasons for an end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent.measure_ends import BY_APPLICANT
from consent.measures import SCOPES
from consent.models import Measure, MeasureTransfer
from counter.legible import TextField
from counter.office.forms import LINE, DayField

ADVERSE = ("a1", "a2")
"""Two 相手方 fit one screen; more are seldom, and are then entered as another measure."""
NOBODY = "-"
"""What is chosen among hits when none of them is meant."""
SCOPE_NAMES = {
    "viewing": _("住民基本台帳の一部の写しの閲覧"),
    "certificate": _("住民票（除票を含む）の写し等の交付"),
    "family_register": _("戸籍の附票（除かれたものを含む）の写しの交付"),
}
WORDS = {
    "name": _("氏名"),
    "birth_date": _("生年月日"),
    "relation": _("申出者との関係"),
    "address": _("住所"),
}
SHOWN_WORDS = {**WORDS, "number": _("宛名番号")}
CONTACT = {
    "to": _("電話番号や宛先"),
    "hours": _("連絡してよい曜日と時間"),
    "code_word": _("合言葉"),
}
CHANNELS = {
    "": _("決めていない"),
    "phone": _("電話"),
    "visit": _("来庁を待つ"),
    "post": _("郵便（別の宛先）"),
    "center": _("相談機関を通す"),
}
TRANSFER = {
    "municipality": _("市区町村"),
    "office": _("担当"),
    "number": _("文書番号"),
}


def _line(label: Any, **attributes: Any) -> TextField:
    widget = forms.TextInput(attrs={"class": "input", "autocomplete": "off", **attributes})
    return TextField(label=label, required=False, max_length=100, widget=widget)


def _channel() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("安全な連絡の方法"),
        choices=CHANNELS.items(),
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )


class FindForm(forms.Form):
    """The search box of the entry: whom the measure is for."""

    query = TextField(
        label=_("申出者をさがす"),
        max_length=100,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        help_text=_("カナ、生年月日、宛名番号など"),
    )


class EntryForm(forms.Form):
    """支援措置の申出: everything on one screen."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    together = forms.MultipleChoiceField(
        label=_("併せて支援を求める方（同じ世帯）"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("相手方が同じ世帯にいるときは、その方を選ばないでください。"),
    )
    numbers = TextField(
        label=_("併せて支援を求める方（別の世帯）の宛名番号"),
        required=False,
        max_length=200,
        widget=LINE,
        help_text=_("複数のときは空白で区切ります。"),
    )
    kind = forms.ChoiceField(
        label=_("区分"), choices=Measure.Kind.choices, widget=forms.RadioSelect
    )
    starts_on = DayField(label=_("開始日"), help_text=_("終了日は、1年後の前日になります。"))
    cause = forms.ChoiceField(
        label=_("申出の理由"), choices=Measure.Cause.choices, widget=forms.RadioSelect
    )
    opinion = forms.ChoiceField(
        label=_("相談機関等の意見"),
        choices=Measure.Opinion.choices,
        required=False,
        widget=forms.Select(attrs={"class": "input"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("対象事務"), choices=SCOPE_NAMES.items(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        household: Iterable[tuple[UUID, str]],
        hits: Mapping[str, Iterable[tuple[str, str]]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(ref), name) for ref, name in household]
        self.fields["together"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["together"]
        for place in ADVERSE:
            self.fields[f"{place}_query"] = _line(_("台帳からさがす"))
            if place in hits:
                self.fields[f"{place}_ref"] = forms.ChoiceField(
                    label=_("見つかった方"),
                    choices=[*hits[place], (NOBODY, _("この中にはいない"))],
                    widget=forms.RadioSelect,
                    error_messages={"required": _("どの方か、いないかを選んでください。")},
                )
            for key, label in WORDS.items():
                self.fields[f"{place}_{key}"] = _line(label)
        self.fields["c_channel"] = _channel()
        for key, label in CONTACT.items():
            self.fields[f"c_{key}"] = _line(label)

    @property
    def adverse(self) -> list[dict[str, Any]]:
        """The fields of each 相手方: its search, its hits, its words."""
        return [
            {
                "place": place,
                "query": self[f"{place}_query"],
                "hits": self[f"{place}_ref"] if f"{place}_ref" in self.fields else None,
                "words": [self[f"{place}_{key}"] for key in WORDS],
            }
            for place in ADVERSE
        ]

    @property
    def contact(self) -> list[forms.BoundField]:
        """The fields of the safe contact."""
        return [self["c_channel"], *(self[f"c_{key}"] for key in CONTACT)]

    def clean(self) -> dict[str, Any]:
        """A full measure rests on someone's opinion; there is at least one 相手方, found or by name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Measure.Kind.FULL and not cleaned.get("opinion"):
            self.add_error("opinion", _("相談機関等の意見がまだないときは、仮支援措置にします。"))
        if not cleaned.get("a1_name") and cleaned.get("a1_ref", NOBODY) == NOBODY:
            self.add_error("a1_name", _("相手方を台帳からさがすか、氏名を入力してください。"))
        return cleaned


class EndForm(forms.Form):
    """Who leaves the measure, why, and how the applicant was known."""

    leaving = forms.MultipleChoiceField(
        label=_("外れる方"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("外れる方を選んでください。")},
    )
    ending = forms.ChoiceField(label=_("理由"), widget=forms.RadioSelect)
    verified = forms.ChoiceField(
        label=_("申出者本人の確認"), required=False, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[UUID, str]],
        reasons: Iterable[str],
        ways: Iterable[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "leaving": [(str(ref), name) for ref, name in people],
            "ending": [(each, Measure.Ending(each).label) for each in reasons],
            "verified": [(each, Measure.Verified(each).label) for each in ways],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Where the applicant's own word is the reason, they were known."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("ending") in BY_APPLICANT and not cleaned.get("verified"):
            self.add_error("verified", _("どのように本人と確かめたかを選んでください。"))
        return cleaned


class ContactForm(forms.Form):
    """The safe contact, anew."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"] = _channel()
        for key, label in CONTACT.items():
            self.fields[key] = _line(label)


class AgainstForm(forms.Form):
    """One more 相手方: searched for, chosen among those found, or in words alone."""

    prefix = "more"
    search_id = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, hits: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["query"] = _line(_("台帳からさがす"))
        choices = [*hits]
        if choices:
            self.fields["ref"] = forms.ChoiceField(
                label=_("見つかった方"),
                choices=[*choices, (NOBODY, _("この中にはいない"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("どの方か、いないかを選んでください。")},
            )
        for key, label in WORDS.items():
            self.fields[key] = _line(label)

    def clean(self) -> dict[str, Any]:
        """Someone is meant: found, or by name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("name") and cleaned.get("ref", NOBODY) == NOBODY:
            self.add_error("name", _("相手方を台帳からさがすか、氏名を入力してください。"))
        return cleaned


class TransferForm(forms.Form):
    """A transfer that was sent or has come."""

    direction = forms.ChoiceField(
        label=_("向き"), choices=MeasureTransfer.Direction.choices, widget=forms.RadioSelect
    )
    on = DayField(label=_("送った日・届いた日"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key, label in TRANSFER.items():
            self.fields[key] = _line(label)
        self.fields["municipality"].required = True

    def clean_on(self) -> date:
        """No day to come."""
        return _past(self.cleaned_data["on"])


class AnswerForm(forms.Form):
    """When the other side has answered."""

    on = DayField(label=_("受領を確認した日"))

    def clean_on(self) -> date:
        """No day to come."""
        return _past(self.cleaned_data["on"])


def _past(day: date) -> date:
    if day > timezone.localdate():
        raise forms.ValidationError(_("先の日付です。"), code="future")
    return day


class DecideForm(forms.Form):
    """Whose opinion confirmed the need."""

    opinion = forms.ChoiceField(
        label=_("意見をもらった相談機関等"),
        choices=[each for each in Measure.Opinion.choices if each[0]],
        widget=forms.Select(attrs={"class": "input"}),
    )


assert {*SCOPE_NAMES} == {*SCOPES}
