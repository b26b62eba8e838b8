"""Nothing on a page is hidden: what nobody sees is shown by its number, and refused when typed (T-23)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from residents import unseen


class Legible:
    """Middleware: a name with U+202E turns no page round, whichever template shows it.

    It works on the finished page, so that no template can forget it. JSON and files go out as they are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and not response.streaming:
            page = response.content.decode(response.charset)  # type: ignore[attr-defined]
            legible = unseen.shown(page)
            if legible != page:
                response.content = legible.encode(response.charset)  # type: ignore[attr-defined]
        return response


def refuse_unseen(text: str) -> None:
    """A validator: everything in a text that someone types can be seen."""
    if unseen.typed(text):
        said = _("目に見えない文字が含まれています。消して、入力し直してください。")
        raise forms.ValidationError(said, code="unseen")


class TextField(forms.CharField):
    """A text someone types, in which everything can be seen."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        refuse_unseen(text or "")
        return text
