"""A fresh code before what is hard to undo: publishing, releasing, ending protection.

The page that asks carries what was sent, so that nobody types it twice.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from consent import factors, passkeys
from consent.factors import PASSKEY, WrongCode
from consent.models import Account
from counter.entry import guard, prove, session
from counter.entry.access import View
from counter.entry.forms import CodeForm, CredentialForm

PREFIX, BACK, CREDENTIAL = "proof", "proof-back", "credential"
NOT_CARRIED = {"csrfmiddlewaretoken", f"{PREFIX}-code", BACK, CREDENTIAL}
log = logging.getLogger(__name__)


def recently_proved(view: View) -> View:
    """Ask for the second factor once more where it was proved more than five minutes ago.

    It stands below what says who may, and above the method:

        @office(*WRITERS)
        @recently_proved
        @require_POST
        def publish(request, pk): ...

    A POST that comes too late is answered with a page that asks for a code or the passkey and sends
    the same fields to the same address again; the view sees them as if nothing had happened. Files
    are not carried: upload first, decide afterwards. Wrong codes count as they do at the sign-in, and
    whoever is locked out is signed out. GET is let through. Source: trust.md §5.5.
    """

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not session.is_proof_fresh(request.session):
            if unproved := _ask(request, request.user):
                return unproved
            session.note_proof(request.session)
        return view(request, *args, **kwargs)

    return guarded


def _ask(request: HttpRequest, account: Account) -> HttpResponse | None:
    """The page that asks, or None once it is answered rightly."""
    if not {f"{PREFIX}-code", CREDENTIAL} & request.POST.keys():
        return _page(request, account, CodeForm(prefix=PREFIX))
    form = CodeForm(_typed(request), prefix=PREFIX)
    if not form.is_valid():
        return _page(request, account, form)
    if refusal := prove.locked(request, account):
        return refusal
    try:
        kind = _prove(request, account, form)
    except WrongCode as mistake:
        return prove.note_mistake(request, account, form, mistake) or _page(request, account, form)
    log.info("Account %s proved %s again.", account.pk, kind)
    return None


def _typed(request: HttpRequest) -> Mapping[str, Any]:
    """What the field of the code holds; beside a passkey's answer it stays empty, and may."""
    return {f"{PREFIX}-code": "-"} if CREDENTIAL in request.POST else request.POST


def _prove(request: HttpRequest, account: Account, form: CodeForm) -> str:
    if CREDENTIAL not in request.POST:
        return factors.prove(account, form.cleaned_data["code"])
    answer = CredentialForm(request.POST)
    if not answer.is_valid():
        raise WrongCode
    passkeys.prove(account, answer.cleaned_data[CREDENTIAL])
    return PASSKEY


def _page(request: HttpRequest, account: Account, form: CodeForm) -> HttpResponse:
    context = {
        **prove.asking(account, form),
        "carried": list(_carried(request)),
        "back": _back(request),
    }
    return render(request, "entry/again.html", context, status=422 if form.errors else 200)


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in NOT_CARRIED:
            yield from ((name, str(value)) for value in values)


def _back(request: HttpRequest) -> str:
    """The page the verb was called from: asked twice, the page in between is not it."""
    kept = request.POST.get(BACK, "")
    ours = url_has_allowed_host_and_scheme(kept, allowed_hosts=None)
    return kept if ours else guard.page_of(request)
