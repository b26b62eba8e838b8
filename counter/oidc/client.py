"""Our side of OpenID Connect, by Authlib: code flow, state, nonce, PKCE S256, private_key_jwt.

Authlib checks the id_token's signature by the provider's keys, issuer, audience, nonce and time. What a
provider's claims mean is read here, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.django_client import DjangoOAuth2App, OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT, private_key_jwt_sign
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from joserfc.errors import JoseError
from requests import RequestException

from consent.binding import Card
from counter.oidc.keys import client_key

SCOPE = "openid name address birthdate gender"
SEXES = {"1": "1", "2": "2", "male": "1", "female": "2"}
ASSERTION_LASTS = 120
PATIENCE_SECONDS = 10


class SignInFailed(Exception):
    """The provider refused, was silent, or said something that does not hold; try again."""


def send_to_provider(request: HttpRequest, back: str) -> HttpResponse:
    """The redirect to the provider; `back` is the address it comes back to. Raises SignInFailed."""
    try:
        return _provider().authorize_redirect(request, back)
    except (AuthlibBaseError, RequestException) as problem:
        raise SignInFailed from problem


def read_card(request: HttpRequest) -> Card:
    """Who came back from the provider. Raises SignInFailed."""
    try:
        token = _provider().authorize_access_token(request)
    except (AuthlibBaseError, JoseError, RequestException) as problem:
        raise SignInFailed from problem
    claims = token.get("userinfo")
    if not claims:
        raise SignInFailed
    return _card(claims)


def _card(claims: Mapping[str, Any]) -> Card:
    """The claims of デジタル認証アプリ; gender as a code of JIS X 0303 or as OpenID Connect names it."""
    address = claims.get("address", "")
    if isinstance(address, Mapping):
        address = address.get("formatted", "")
    try:
        birth_date = date.fromisoformat(str(claims.get("birthdate", "")))
    except ValueError as problem:
        raise SignInFailed from problem
    return Card(
        issuer=claims["iss"],
        subject=claims["sub"],
        name=str(claims.get("name", "")),
        address=str(address),
        birth_date=birth_date,
        sex=SEXES.get(str(claims.get("gender", "")), ""),
    )


@cache
def _provider() -> DjangoOAuth2App:
    registry = OAuth()
    registry.register(
        "card",
        client_id=settings.OIDC_CLIENT_ID,
        client_secret=client_key(settings.OIDC_CLIENT_KEY),
        server_metadata_url=f"{settings.OIDC_ISSUER}/.well-known/openid-configuration",
        client_auth_methods=[_Assertion()],
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": _Assertion.name,
            "default_timeout": PATIENCE_SECONDS,
        },
    )
    return registry.card


class _Assertion(PrivateKeyJWT):
    """private_key_jwt as デジタル認証アプリ wants it: RS256, with jti, good for two minutes."""

    def sign(self, auth: Any, token_endpoint: str) -> str:
        """The assertion for one request to the token endpoint."""
        return str(
            private_key_jwt_sign(
                auth.client_secret,
                client_id=auth.client_id,
                token_endpoint=token_endpoint,
                alg=self.alg,
                expires_in=ASSERTION_LASTS,
            )
        )
