"""Signing in with the card through a real provider, and every way it must not work."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from consent.models import Account
from counter.oidc.keys import client_key, provider_key
from tests.counter.online.conftest import back, hold

AUTH = "/online/sign-in"


def test_a_card_signs_its_resident_in(phone, family):
    account = Account.objects.get(kind="resident")

    assert account.ref == family.mother.pk
    assert int(phone.session["_auth_user_id"]) == account.pk
    assert phone.session.get_expiry_age() <= 3600


def test_what_goes_to_the_provider_has_state_nonce_and_pkce(provider):
    sent = parse_qs(urlsplit(Client().get(AUTH)["Location"]).query)

    assert sent["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge", "redirect_uri"} <= sent.keys()
    assert sent["response_type"] == ["code"]


def test_who_is_not_found_is_led_to_the_counter_and_signed_in_as_nobody(provider):
    client = Client()

    response = back(client, hold({"card": "card2"}, client.get(AUTH)["Location"]))

    assert response["Location"] == "/online/counter"
    assert "_auth_user_id" not in client.session
    page = client.get("/online/counter").content.decode()
    assert "住民・戸籍窓口" in page
    assert "存在" not in page


def test_who_cancels_at_the_provider_is_asked_to_try_again(provider):
    client = Client()
    response = back(client, hold({"cancel": "yes"}, client.get(AUTH)["Location"]))

    assert response["Location"] == "/online/"


def test_a_code_is_good_once_and_only_in_the_session_that_asked(provider):
    asked, other = Client(), Client()
    location = hold({"card": "card1"}, asked.get(AUTH)["Location"])

    back(other, location)
    assert "_auth_user_id" not in other.session
    back(asked, location)
    assert "_auth_user_id" in asked.session
    back(asked, location)
    again = Client()
    back(again, location)
    assert "_auth_user_id" not in again.session


@pytest.mark.parametrize("parameter", ["nonce", "code_challenge", "code_challenge_method", "scope"])
def test_the_provider_refuses_what_lacks_a_protection(provider, parameter):
    address = Client().get(AUTH)["Location"]
    parts = urlsplit(address)
    kept = {k: v[0] for k, v in parse_qs(parts.query).items() if k != parameter}
    at = requests.Request("GET", f"{provider}/auth", params=kept).prepare().url

    if parameter == "code_challenge":
        assert requests.get(at, timeout=10).status_code == 400
        return
    try:
        came_back = hold({"card": "card1"}, at)
    except AssertionError:
        return  # refused before the card
    assert "code=" not in came_back


def redeemed(provider, settings, *, key=None, alg="RS256", verifier=None, **claims):
    """What the token endpoint answers to a code redeemed by hand."""
    client = Client()
    asked = client.get(AUTH)["Location"]
    code = parse_qs(urlsplit(hold({"card": "card1"}, asked)).query)["code"][0]
    state = parse_qs(urlsplit(asked).query)["state"][0]
    data = next(v["data"] for k, v in client.session.items() if k.endswith(state))
    key = key or client_key(settings.OIDC_CLIENT_KEY)
    given = {"iss": "kakanai", "sub": "kakanai", "aud": f"{provider}/token", "exp": 2**33,
             "jti": code, **claims}  # fmt: skip
    assertion = jwt.encode({"alg": alg}, given, key, algorithms=[alg])
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": data["redirect_uri"],
        "code_verifier": verifier or data["code_verifier"],
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }
    return requests.post(f"{provider}/token", data=form, timeout=10)


def test_the_provider_redeems_a_code_for_our_key_alone(provider, settings):
    assert redeemed(provider, settings).status_code == 200
    wrong = {
        "another key": {"key": RSAKey.generate_key(2048)},
        "another audience": {"aud": "https://elsewhere.example"},
        "expired": {"exp": 1},
        "another client": {"iss": "x", "sub": "x"},
        "another verifier": {"verifier": "x" * 50},
    }
    for what, changes in wrong.items():
        assert redeemed(provider, settings, **changes).status_code >= 400, what


@pytest.mark.parametrize(
    "wrong", ["iss", "aud", "nonce", "exp", "key", "none", "signature", "missing"]
)
def test_an_id_token_that_does_not_hold_signs_nobody_in(provider, tmp_path, wrong, monkeypatch):
    """The provider's answer is replaced on its way, even signed by its own key; nothing of ours is."""
    client = Client()
    location = hold({"card": "card1"}, client.get(AUTH)["Location"])
    sent = requests.Session.request

    def tampered(self, method, url, *args, **kwargs):
        answer = sent(self, method, url, *args, **kwargs)
        if url.endswith("/token"):
            body = answer.json()
            body["id_token"] = forged(body["id_token"], wrong, tmp_path)
            answer._content = json.dumps(body).encode()
        return answer

    monkeypatch.setattr(requests.Session, "request", tampered)

    assert back(client, location)["Location"] == "/online/"
    assert "_auth_user_id" not in client.session


def forged(token, wrong, folder):
    head, body, signature = token.split(".")
    key = provider_key(folder / "provider_key.json")
    claims = jwt.decode(token, key).claims
    if wrong in ("iss", "aud", "nonce"):
        claims[wrong] = "x"
    match wrong:
        case "missing":
            return ""
        case "signature":
            return f"{head}.{body}.{'A' * len(signature)}"
        case "none":
            return f"eyJhbGciOiJub25lIn0.{body}."
        case "exp":
            claims["exp"] = 1
        case "key":
            key = ECKey.generate_key("P-256", {"kid": key.kid})
    return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key, algorithms=["ES256"])


def test_signing_out_ends_the_session(phone):
    phone.post("/online/sign-out")

    assert "_auth_user_id" not in phone.session
    assert phone.get("/online/b/20261122-0001")["Location"].startswith("/online/?again")


def test_without_a_provider_there_is_a_word_and_no_error(db, settings):
    settings.OIDC_ISSUER = ""

    assert Client().get(AUTH)["Location"] == "/online/"
    assert Client().get("/online/callback")["Location"] == "/online/"
