"""Passkeys (WebAuthn) as second factors: what the browser is asked, and what it answers.

allauth keeps the challenge in the session of the request it finds in its own context.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction

from consent.factors import WrongCode
from consent.models import Account

log = logging.getLogger(__name__)
# fido2 raises these for answers that are no answers.
_MALFORMED = (ValidationError, ValueError, TypeError, KeyError, AttributeError)


def ask(account: Account) -> str:
    """What navigator.credentials.get is to be called with, as JSON."""
    return json.dumps(webauthn.begin_authentication(account), default=dict)


def prove(account: Account, credential: Any) -> None:
    """Check the browser's answer. Raises WrongCode."""
    try:
        webauthn.parse_authentication_response(credential)
        used = webauthn.complete_authentication(account, credential)
    except _MALFORMED as error:
        raise WrongCode from error
    used.record_usage()


def offer(account: Account) -> str:
    """What navigator.credentials.create is to be called with, as JSON."""
    return json.dumps(webauthn.begin_registration(account, passwordless=False), default=dict)


@transaction.atomic
def enrol(account: Account, credential: Any, name: str) -> None:
    """Keep a new passkey of the account. Raises WrongCode."""
    try:
        webauthn.parse_registration_response(credential)
        webauthn.complete_registration(credential)
    except _MALFORMED as error:
        raise WrongCode from error
    webauthn.WebAuthn.add(account, name, credential)
    log.info("Account %s enrolled a passkey.", account.pk)
