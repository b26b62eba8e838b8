"""Who has given the password and not yet the second factor: kept in the session, for minutes."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from django.contrib.auth import login
from django.http import HttpRequest

from consent.models import Account
from counter.entry import session

WAITING = "waiting"
SECONDS = 600
"""Long enough to set up a phone."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose password was right, where, and which page is to follow."""

    account: int
    terminal: str
    next: str
    at: float


def begin(request: HttpRequest, account: Account, *, terminal: str, then: str) -> None:
    """Remember that this account's password was right; nobody is signed in by that.

    Whoever was signed in here before is signed out.
    """
    request.session.flush()
    request.session[WAITING] = asdict(Waiting(account.pk, terminal, then, time.time()))


def find(request: HttpRequest) -> Waiting | None:
    """Who waits here, unless that was too long ago."""
    kept = request.session.get(WAITING)
    if kept is None or time.time() - kept["at"] > SECONDS:
        return None
    return Waiting(**kept)


def account_of(waiting: Waiting) -> Account | None:
    """The account, unless it was shut meanwhile."""
    found = Account.objects.filter(pk=waiting.account, is_active=True)
    return found.exclude(kind=Account.Kind.RESIDENT).first()


def give_up(request: HttpRequest) -> None:
    """Forget who waits: the password is asked for again."""
    request.session.flush()


def sign_in(request: HttpRequest, account: Account, waiting: Waiting) -> None:
    """Sign in, both factors being proved, under a new session key."""
    request.session.flush()
    login(request, account, backend=BACKEND)
    request.session["terminal"] = waiting.terminal
    session.begin(request.session)
