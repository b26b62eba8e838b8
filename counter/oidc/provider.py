"""A real OpenID provider for demo and tests, standing in for デジタル認証アプリ: a process of its own.

`python -m counter.oidc.provider FOLDER` serves what FOLDER/provider.json says. It knows no database of
ours; its people are test cards, and holding a card to the phone is choosing it on a page.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any, ClassVar
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from authlib.oauth2 import OAuth2Error
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from counter.embedded import mode
from counter.oidc.grants import PRIVATE_KEY_JWT, SCOPES, Client, Memory, Person, ProviderServer
from counter.oidc.keys import provider_key

ROOT = Path(__file__).resolve().parent.parent.parent


class Addresses:
    """The provider's ROOT_URLCONF."""

    urlpatterns: ClassVar[list[URLPattern]] = []


class Provider:
    """The four addresses of the provider."""

    def __init__(self, memory: Memory, people: dict[str, Person]) -> None:
        self.memory = memory
        self.people = people
        self.server = ProviderServer(memory)
        self.urls = [
            path(".well-known/openid-configuration", self.discover),
            path("certs", self.certificates),
            path("auth", self.authorize),
            path("token", csrf_exempt(self.redeem)),
        ]

    def discover(self, request: HttpRequest) -> HttpResponse:
        """OpenID Connect Discovery 1.0."""
        issuer = self.memory.issuer
        return JsonResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/auth",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/certs",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": [PRIVATE_KEY_JWT],
                "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": list(SCOPES),
            }
        )

    def certificates(self, request: HttpRequest) -> HttpResponse:
        """The public key id_tokens are signed with."""
        return JsonResponse({"keys": [self.memory.key.as_dict(private=False)]})

    def authorize(self, request: HttpRequest) -> HttpResponse:
        """The page that asks which card is held to the phone; POST answers it."""
        try:
            grant = self.server.get_consent_grant(request)
        except OAuth2Error as refusal:
            return HttpResponse(refusal.error, status=400, content_type="text/plain")
        person = self.people.get(request.POST.get("card", ""))
        if request.method == "POST" and (person or "cancel" in request.POST):
            return self.server.create_authorization_response(
                request, grant_user=person, grant=grant
            )
        return render(request, "oidc/cards.html", {"people": self.people.values()})

    def redeem(self, request: HttpRequest) -> HttpResponse:
        """Code, verifier and client assertion for an id_token."""
        return self.server.create_token_response(request)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Requests carry codes; they are written nowhere."""


def serve(folder: Path) -> None:
    """Serve until the process is ended."""
    if mode.read(ROOT / "var", production=False) == "production":
        raise SystemExit("The demo's provider does not run in production.")
    told = json.loads((folder / "provider.json").read_text(encoding="utf-8"))
    settings.configure(
        ALLOWED_HOSTS=["localhost", "127.0.0.1"],
        ROOT_URLCONF=Addresses,
        SECRET_KEY=told["secret"],
        LANGUAGE_CODE="ja",
        STATIC_URL="/static/",
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware"],
        CSRF_COOKIE_NAME="provider-csrf",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "DIRS": [ROOT / "templates"],
            }
        ],
    )
    django.setup()
    client = Client(told["client_id"], (told["redirect_uri"],), told["client_jwks"])
    memory = Memory(told["issuer"], provider_key(folder / "provider_key.json"), client)
    people = {
        each["id"]: Person(each["id"], each["title"], each["claims"]) for each in told["people"]
    }
    Addresses.urlpatterns = Provider(memory, people).urls
    application = get_wsgi_application()
    with make_server("127.0.0.1", told["port"], application, _Server, _Quiet) as server:
        server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
