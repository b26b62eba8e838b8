"""The demo provider's protocol, by Authlib: code flow with PKCE S256, nonce and private_key_jwt only.

Everything is kept in memory: who restarts the demo signs in again.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from joserfc.jwk import ECKey, KeySet, KeySetSerialization

CODE_LASTS = 60
TOKEN_LASTS = 300
SCOPES = ("openid", "name", "address", "birthdate", "gender")
PRIVATE_KEY_JWT = "private_key_jwt"


@dataclass(frozen=True, slots=True)
class Person:
    """One test card: its holder's four attributes, and how the page lists it."""

    id: str
    title: str
    claims: dict[str, Any] = field(repr=False)

    def get_user_id(self) -> str:
        """As Authlib asks."""
        return self.id


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):
    """The one relying party."""

    client_id: str
    redirect_uris: tuple[str, ...]
    jwks: KeySetSerialization
    id_token_signed_response_alg: str = "ES256"

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(each for each in (scope or "").split() if each in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == PRIVATE_KEY_JWT

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass(frozen=True, slots=True)
class Code:
    """One authorization code: for whom, to whom, and what its redemption must show."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    person: Person
    code_challenge: str
    code_challenge_method: str
    at: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.at)

    def get_acr(self) -> str:
        return "aal3"

    def get_amr(self) -> list[str]:
        return ["sc", "pin"]


@dataclass(slots=True)
class Memory:
    """What the provider knows while it runs."""

    issuer: str
    key: ECKey
    client: Client
    codes: dict[str, Code] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    assertions: set[str] = field(default_factory=set)


class ProviderServer(AuthorizationServer):
    """Authlib's server over one Memory instead of tables."""

    def __init__(self, memory: Memory) -> None:
        super().__init__(None, None)
        self.memory = memory
        self.scopes_supported = SCOPES
        self.register_client_auth_method(PRIVATE_KEY_JWT, _Assertion(memory))
        self.register_grant(_CodeGrant, [CodeChallenge(required=True), _IdToken(memory)])

    def query_client(self, client_id: str) -> Client | None:
        """The one client, if it is the one."""
        return self.memory.client if client_id == self.memory.client.client_id else None

    def save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        """Nothing: the attributes are in the id_token, and an access token opens nothing here."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


class _Assertion(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = PRIVATE_KEY_JWT

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self.memory = memory

    def get_audiences(self) -> list[str]:
        return [f"{self.memory.issuer}/token", self.memory.issuer]

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        if jti in self.memory.assertions:
            return False
        self.memory.assertions.add(jti)
        return True

    def resolve_client_public_key(self, client: Client) -> KeySet:
        return KeySet.import_key_set(client.jwks)


class _CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = [PRIVATE_KEY_JWT]

    def validate_authorization_request(self) -> str:
        redirect_uri: str = super().validate_authorization_request()
        if "openid" not in (self.request.payload.scope or "").split():
            raise InvalidRequestError("scope must contain openid", redirect_uri=redirect_uri)
        if self.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError(
                "code_challenge_method must be S256", redirect_uri=redirect_uri
            )
        return redirect_uri

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        sent = request.payload.data
        self.server.memory.nonces.add(sent["nonce"])
        self.server.memory.codes[code] = Code(
            request.client.client_id,
            request.payload.redirect_uri,
            request.client.get_allowed_scope(request.payload.scope),
            sent["nonce"],
            request.user,
            sent["code_challenge"],
            "S256",
            time.time(),
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """Taken out as it is asked for: a code is good once, whether or not what follows holds."""
        found = self.server.memory.codes.pop(code, None)
        fresh = found and found.client_id == client.client_id
        return found if fresh and time.time() - found.at < CODE_LASTS else None

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Gone already."""

    def authenticate_user(self, authorization_code: Code) -> Person:
        return authorization_code.person


class _IdToken(OpenIDCode):
    def __init__(self, memory: Memory) -> None:
        super().__init__(require_nonce=True)
        self.memory = memory

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return nonce in self.memory.nonces

    def resolve_client_private_key(self, client: Client) -> ECKey:
        return self.memory.key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "ES256", "kid": str(self.memory.key.kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        exp = int(time.time()) + TOKEN_LASTS
        return {"iss": self.memory.issuer, "aud": [client.client_id], "exp": exp}

    def generate_user_info(self, user: Person, scope: str) -> dict[str, Any]:
        """A pairwise id, and of the four attributes those that were asked for."""
        pairwise = f"{self.memory.client.client_id}\n{user.id}\n{self.memory.issuer}"
        asked = {key: value for key, value in user.claims.items() if key in scope.split()}
        return {"sub": sha256(pairwise.encode()).hexdigest(), **asked}
