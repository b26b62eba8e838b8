"""System checks of consent: nothing of the demo may stand in production."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError

from consent.models import Account


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
