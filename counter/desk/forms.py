"""What staff send: the desk's forms. Answers to questions are read in counter/answers.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from counter.desk.documents import AUTHORITIES, DOCUMENTS, method_of
from lifeevents.entries import Event
from lifeevents.roles import DECEASED, SELF
from residents import wareki

REASONS = (
    ("届出の審査に住所の確認が必要なため", _("届出の審査に、住所の確認が必要なため")),
    ("本人から住所の確認の申出があったため", _("本人から、住所の確認の申出があったため")),
    ("法令に基づく事務に必要なため", _("法令に基づく事務に必要なため")),
)

MOST_NEWCOMERS = 9


CAUTION = forms.BooleanField(
    error_messages={"required": _("支援措置の方がいます。確認して、印を付けてください。")}
)
"""The tick where someone stands under 支援措置 (trust R5), one for each kind of action."""


class ChooseForm(forms.Form):
    """One of the people found, and under which search."""

    ref = forms.UUIDField()
    search_id = forms.UUIDField()


class VersionForm(forms.Form):
    """The version of the bundle the page showed; every change says it."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class JoinForm(VersionForm):
    """The household that is moved into: someone of it, and that this is meant."""

    ref = forms.UUIDField()
    confirmed = forms.BooleanField()


class StartForm(forms.Form):
    """届出: for whom, which life event, who has come, since when."""

    ref = forms.UUIDField()
    token = forms.UUIDField()
    event = forms.ChoiceField(error_messages={"required": _("手続を選んでください。")})
    applicant = forms.ChoiceField(
        error_messages={"required": _("どなたが来ているかを選んでください。")}
    )
    on = forms.CharField(required=False, max_length=30)
    newcomers = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_NEWCOMERS,
        error_messages={
            "invalid": _("人数を数字で入力してください。例：2"),
            "min_value": _("1人以上で入力してください。"),
            "max_value": _("9人までで入力してください。"),
        },
    )

    def __init__(
        self,
        data: Any,
        *,
        events: Iterable[Event],
        applicants: Iterable[tuple[str, str | Promise, str | Promise]],
    ) -> None:
        super().__init__(data)
        self.events = tuple(events)
        self.fields["event"].choices = [(event.code, event.name) for event in self.events]  # type: ignore[attr-defined]
        self.fields["applicant"].choices = [(value, label) for value, label, _help in applicants]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Nobody reports their own death."""
        code = self.cleaned_data.get("event")
        died = any(event.code == code and event.starts_from == DECEASED for event in self.events)
        if died and self.cleaned_data.get("applicant") == SELF:
            self.add_error("applicant", _("亡くなった方のほかに、来ている方を選んでください。"))
        return self.cleaned_data

    def clean_on(self) -> date | None:
        text = self.cleaned_data["on"].strip()
        if not text:
            return None
        day = wareki.parse(text)
        if day is None:
            raise forms.ValidationError(
                _("日付は「8.11.1」「令和8年11月1日」のように入力してください。"), code="unreadable"
            )
        return day


class IdentifyForm(VersionForm):
    """本人確認書類, from which the method (券面, 1点, 2点) follows; a proxy's authority."""

    documents = forms.MultipleChoiceField(
        choices=[(document.code, document.name) for document in DOCUMENTS],
        error_messages={"required": _("確かめた書類に印を付けてください。")},
    )
    authority = forms.ChoiceField(
        choices=AUTHORITIES,
        error_messages={"required": _("代理権を確かめた書類を選んでください。")},
    )

    def __init__(self, data: Any = None, *, by_proxy: bool, caution: bool) -> None:
        super().__init__(data)
        if not by_proxy:
            del self.fields["authority"]
        if caution:
            self.fields["caution"] = CAUTION

    def clean_documents(self) -> list[str]:
        documents: list[str] = self.cleaned_data["documents"]
        if method_of(documents) is None:
            raise forms.ValidationError(
                _("顔写真のない書類は2点必要です。もう1点、印を付けてください。"), code="one_more"
            )
        return documents


class AgreeForm(VersionForm):
    """同意: yes or no for each category; `all` answers for every row at once."""

    def __init__(self, data: Any, categories: Sequence[str]) -> None:
        super().__init__(data)
        self.categories = categories
        for code in categories:
            self.fields[code] = forms.ChoiceField(
                choices=[("yes", _("はい")), ("no", _("いいえ"))],
                required="all" not in (data or {}),
            )

    @property
    def agreed(self) -> list[str]:
        """The categories the person said yes to."""
        whole = self.data.get("all")
        return [code for code in self.categories if (whole or self.cleaned_data[code]) == "yes"]


class SignForm(VersionForm):
    """署名: that the person has read and wants this."""

    confirmed = forms.BooleanField(
        error_messages={"required": _("申請する方に内容を読んでいただき、印を付けてください。")}
    )

    def __init__(self, data: Any = None, *, caution: bool) -> None:
        super().__init__(data)
        if caution:
            self.fields["caution"] = CAUTION


class RevealForm(forms.Form):
    """Why a protected person's address is shown; one of the listed reasons."""

    reason = forms.ChoiceField(
        choices=REASONS, error_messages={"required": _("表示する理由を選んでください。")}
    )
    caution = CAUTION
