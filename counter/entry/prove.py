"""The second step of signing in: six digits, a spare code, or a passkey."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent import factors, passkeys
from consent.factors import PASSKEY, SPARE, UsedCode, WrongCode
from consent.models import Account
from counter.entry import lockout, waiting
from counter.entry.access import WaitingRequest, after_password
from counter.entry.forms import CodeForm, CredentialForm

log = logging.getLogger(__name__)


@after_password
@require_http_methods(["GET", "POST"])
def code(request: WaitingRequest) -> HttpResponse:
    """Ask for the second factor; who has none yet is led to setting one up."""
    if not factors.is_enrolled(request.account):
        return redirect("entry:enrol")
    form = CodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form)
    if refusal := locked(request, request.account):
        return refusal
    try:
        kind = factors.prove(request.account, form.cleaned_data["code"])
    except WrongCode as mistake:
        return _refused(request, form, mistake)
    return _enter(request, kind)


@after_password
@require_POST
def passkey(request: WaitingRequest) -> HttpResponse:
    """Take what the browser answered for a passkey."""
    form = CredentialForm(request.POST)
    if refusal := locked(request, request.account):
        return refusal
    try:
        if not form.is_valid():
            raise WrongCode
        passkeys.prove(request.account, form.cleaned_data["credential"])
    except WrongCode as mistake:
        return _refused(request, CodeForm(data={"code": "-"}), mistake)
    return _enter(request, PASSKEY)


def locked(request: HttpRequest, account: Account) -> HttpResponse | None:
    """The sign-in page saying until when, if too much was guessed for this account from here."""
    until = lockout.locked_until(request, account.username)
    if until is None:
        return None
    waiting.give_up(request)
    messages.warning(request, lockout.sentence(until))
    return redirect("desk:login")


def _enter(request: WaitingRequest, kind: str) -> HttpResponse:
    waiting.sign_in(request, request.account, request.waiting)
    log.info("Account %s signed in with %s.", request.account.pk, kind)
    if kind == SPARE:
        left = factors.spare_codes_left(request.account)
        messages.warning(
            request, _("予備のコードを1つ使いました。残りは%(left)d個です。") % {"left": left}
        )
    return redirect(request.waiting.next)


def note_mistake(
    request: HttpRequest, account: Account, form: CodeForm, mistake: WrongCode
) -> HttpResponse | None:
    """Count a wrong answer and say so at the field; the way out if it was one too many."""
    if not isinstance(mistake, UsedCode):
        lockout.note_failure(request, account.username)
        if refusal := locked(request, account):
            return refusal
    if form.is_valid():
        said = _USED if isinstance(mistake, UsedCode) else _WRONG
        form.add_error("code", ValidationError(_(said)))
    return None


def asking(account: Account, form: CodeForm) -> dict[str, Any]:
    """What a page that asks for the second factor shows."""
    return {
        "form": form,
        "account": account,
        "options": passkeys.ask(account) if PASSKEY in factors.kinds(account) else None,
        "demo_command": f"manage.py demo_code {account.username}" if account.demo else "",
    }


def _refused(request: WaitingRequest, form: CodeForm, mistake: WrongCode) -> HttpResponse:
    return note_mistake(request, request.account, form, mistake) or _page(request, form)


def _page(request: WaitingRequest, form: CodeForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "entry/code.html", asking(request.account, form), status=status)


_WRONG = "いま認証アプリに出ている6桁の数字を、もう一度入力してください。"
_USED = "この数字は、もう使われました。認証アプリの数字が変わるのを待って、新しい数字を入力してください。"
