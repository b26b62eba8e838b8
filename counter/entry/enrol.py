"""The first sign-in: set up a second factor, and get the spare codes."""

from __future__ import annotations

import segno
from allauth.mfa.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consent import factors, passkeys
from consent.factors import WrongCode
from counter.entry import lockout, waiting
from counter.entry.access import WaitingRequest, after_password
from counter.entry.forms import CredentialForm, FirstCodeForm
from counter.entry.prove import locked

SECRET = "enrolling"


@after_password
@require_http_methods(["GET", "POST"])
def enrol(request: WaitingRequest) -> HttpResponse:
    """Show the secret as a 2D code, and take the first digits the phone makes of it."""
    if factors.is_enrolled(request.account):
        return redirect("entry:code")
    form = FirstCodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form)
    if refusal := locked(request, request.account):
        return refusal
    try:
        factors.enrol(request.account, _secret(request), form.cleaned_data["code"])
    except WrongCode:
        lockout.note_failure(request, request.account.username)
        form.add_error("code", ValidationError(_(_WRONG)))
        return locked(request, request.account) or _page(request, form)
    return _enter(request)


@after_password
@require_POST
def passkey(request: WaitingRequest) -> HttpResponse:
    """Take the new passkey the browser made."""
    if factors.is_enrolled(request.account):
        return redirect("entry:code")
    form = CredentialForm(request.POST)
    try:
        if not form.is_valid():
            raise WrongCode
        passkeys.enrol(request.account, form.cleaned_data["credential"], _("パスキー"))
    except WrongCode:
        return _page(request, FirstCodeForm(), failed=True)
    return _enter(request)


def _enter(request: WaitingRequest) -> HttpResponse:
    """Sign in, and show the spare codes the only time they are shown."""
    codes = factors.spare_codes(request.account)
    waiting.sign_in(request, request.account, request.waiting)
    context = {"codes": codes, "next": request.waiting.next, "account": request.account}
    return render(request, "entry/spare_codes.html", context)


def _page(request: WaitingRequest, form: FirstCodeForm, *, failed: bool = False) -> HttpResponse:
    secret = _secret(request)
    address = get_adapter().build_totp_url(request.account, secret)
    context = {
        "form": form,
        "account": request.account,
        "picture": segno.make(address, error="m").svg_data_uri(scale=5, border=4),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "options": passkeys.offer(request.account),
        "failed": failed,
    }
    status = 422 if form.errors or failed else 200
    return render(request, "entry/enrol.html", context, status=status)


def _secret(request: WaitingRequest) -> str:
    """The secret being set up: the same however often the page is looked at."""
    adapter = get_adapter()
    if SECRET not in request.session:
        request.session[SECRET] = adapter.encrypt(factors.new_secret())
    return str(adapter.decrypt(request.session[SECRET]))


_WRONG = "認証アプリに登録してから、いま出ている6桁の数字を入力してください。"
