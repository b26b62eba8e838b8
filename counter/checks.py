"""System checks: what a configuration can get wrong, each with an id and a hint."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST_POSTGRES = 15


# Django runs checks tagged as database only before migrations; this one needs no connection.
@register(Tags.models)
def databases_open_no_transaction_around_requests(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Each door call commits its log line before a value is returned, so nothing may wrap it."""
    return [
        Error(
            f"ATOMIC_REQUESTS is on for the database '{alias}'.",
            hint="Leave it off: a record and its log line must commit together, on their own.",
            id="counter.E001",
        )
        for alias in connections
        if connections[alias].settings_dict["ATOMIC_REQUESTS"]
    ]


@register(Tags.security, deploy=True)
def demo_parts_stay_out_of_production(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Demo sign-ins, the embedded database and plain http belong to demo and test only."""
    if settings.MODE == "production":
        return []
    return [
        Error(
            f"This installation is in {settings.MODE} mode.",
            hint="Remove var/mode (bin/setup wrote it) and set the variables of .env.example.",
            id="counter.E002",
        )
    ]


@register(Tags.security, deploy=True)
def residents_sign_in_at_a_provider_over_https(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """The demo's provider lets anyone be anyone; a real one is reached over https."""
    if not settings.OIDC_ISSUER or settings.OIDC_ISSUER.startswith("https://"):
        return []
    return [
        Error(
            "OIDC_ISSUER does not begin with https://.",
            hint="Name the provider residents sign in with, or leave it empty.",
            id="counter.E004",
        )
    ]


@register(Tags.database)
def the_server_is_new_enough(
    app_configs: Sequence[AppConfig] | None,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """PostgreSQL 15 is the oldest version the tests run on."""
    return [
        Error(
            f"The database '{alias}' is older than PostgreSQL {OLDEST_POSTGRES}.",
            hint=f"Use PostgreSQL {OLDEST_POSTGRES} or newer.",
            id="counter.E003",
        )
        for alias in databases or ()
        if connections[alias].get_database_version() < (OLDEST_POSTGRES,)
    ]
