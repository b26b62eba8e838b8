"""System checks of consent: nothing of the demo in production, and 支援措置 have keys of their own."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from consent.models import Account

SHORTEST = 32


@register(Tags.security, deploy=True)
def no_demo_accounts(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse to deploy with accounts made by create_demo_staff, whose password is published."""
    try:
        found = Account.objects.filter(demo=True).exists()
    except DatabaseError:
        return []  # Not migrated yet: then there are no accounts at all.
    if not found:
        return []
    hint = "Delete the accounts made by create_demo_staff, or start from an empty database."
    return [Error("Demo accounts with a published password exist.", hint=hint, id="consent.E001")]


@register(Tags.security, deploy=True)
def protection_has_keys_of_its_own(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse to deploy where what opens second factors opens 相手方 too, or a key can be guessed."""
    keys = {*settings.PROTECTION_KEYS}
    others = {*settings.FIELD_KEYS, settings.SECRET_KEY}
    if keys and not keys & others and min(map(len, keys)) >= SHORTEST:
        return []
    hint = "Give PROTECTION_KEYS 50 or more random characters, in none of the other keys."
    return [
        Error("PROTECTION_KEYS is short, or a key of something else.", hint=hint, id="consent.E002")
    ]
