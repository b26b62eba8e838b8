"""What 支援措置責任者 send: the one-screen entry, and the reasons for an end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.measures import SCOPES
from consent.models import Measure
from counter.legible import TextField
from counter.office.forms import LINE, DayField

ADVERSE = ("a1", "a2")
"""Two 相手方 fit one screen; more are seldom, and are then entered as another measure."""
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
    "number": _("宛名番号（市内の方のとき）"),
}


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

    def __init__(self, *args: Any, household: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(ref), name) for ref, name in household]
        self.fields["together"].choices = choices  # type: ignore[attr-defined]
        if not choices:
            del self.fields["together"]
        for place in ADVERSE:
            for key, label in WORDS.items():
                attributes = {"class": "input", "autocomplete": "off"}
                self.fields[f"{place}_{key}"] = TextField(
                    label=label,
                    required=False,
                    max_length=100,
                    widget=forms.TextInput(attrs=attributes),
                )

    @property
    def adverse(self) -> list[list[forms.BoundField]]:
        """The fields of each 相手方."""
        return [[self[f"{place}_{key}"] for key in WORDS] for place in ADVERSE]

    def clean(self) -> dict[str, Any]:
        """A full measure rests on someone's opinion; there is at least one 相手方, with a name."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("kind") == Measure.Kind.FULL and not cleaned.get("opinion"):
            self.add_error("opinion", _("相談機関等の意見がまだないときは、仮支援措置にします。"))
        if not cleaned.get("a1_name") and not cleaned.get("a1_number"):
            self.add_error("a1_name", _("相手方の氏名か宛名番号を入力してください。"))
        return cleaned


class EndForm(forms.Form):
    """Who leaves the measure, and why."""

    leaving = forms.MultipleChoiceField(
        label=_("外れる方"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("外れる方を選んでください。")},
    )
    ending = forms.ChoiceField(
        label=_("理由"), choices=Measure.Ending.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaving"].choices = [(str(ref), name) for ref, name in people]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """Whose opinion confirmed the need."""

    opinion = forms.ChoiceField(
        label=_("意見をもらった相談機関等"),
        choices=[each for each in Measure.Opinion.choices if each[0]],
        widget=forms.Select(attrs={"class": "input"}),
    )


assert {*SCOPE_NAMES} == {*SCOPES}
