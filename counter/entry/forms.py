"""What is typed at the entrance after the password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counter.legible import TextField


class CodeForm(forms.Form):
    """Six digits of the phone, or one of the spare codes."""

    code = TextField(
        label=_("確認コード"),
        max_length=20,
        help_text=_(
            "認証アプリの6桁の数字です。手元にないときは、予備のコード（8桁）を入力します。"
        ),
        error_messages={"required": _("確認コードを入力してください。")},
        widget=forms.TextInput(
            attrs={
                "class": "input code",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "autofocus": True,
            }
        ),
    )


class FirstCodeForm(CodeForm):
    """The first six digits a phone shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("登録すると、認証アプリに6桁の数字が出ます。")


class CredentialForm(forms.Form):
    """What the browser answers for a passkey."""

    credential = forms.JSONField(widget=forms.HiddenInput)


class ResetForm(forms.Form):
    """Who is to enrol anew, and why."""

    username = TextField(
        label=_("職員番号"),
        max_length=150,
        error_messages={"required": _("職員番号を入力してください。")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
    reason = TextField(
        label=_("理由"),
        max_length=200,
        help_text=_("記録に残ります。例：業務用の端末を紛失したため"),
        error_messages={"required": _("理由を入力してください。")},
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )
