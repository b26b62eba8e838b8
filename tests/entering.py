"""Signing staff in: at once for what is not about signing in, or code by code."""

import time

from django.test import Client

from consent import factors
from counter.entry import session


def signed_in(account, client=None, terminal="1番窓口"):
    """A test client signed in with both factors, as the entrance leaves it; a new one if none is given."""
    client = client or Client()
    client.force_login(account, "django.contrib.auth.backends.ModelBackend")
    kept = client.session
    session.begin(kept)
    kept["terminal"] = terminal
    kept.save()
    return client


def next_code(account):
    """The digits a demo account's phone shows next; waits where those of this minute are used."""
    while (code := factors.demo_code(account)) is None:
        time.sleep(0.5)
    return code
