"""What is hard to undo asks for a fresh code, loses nothing that was sent, and counts who guesses."""

import re

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.test import Client

from consent import factor_reset, factors
from consent.models import FactorReset
from tests.conftest import _actor
from tests.counter.test_entry import NOON, words, wrong
from tests.entering import next_code, signed_in
from tests.test_urls import ADDRESSES, address

pytestmark = pytest.mark.django_db
ASK = "/entry/staff/ask"
SENT = {"username": "sato", "reason": "端末を「紛失」したため <1台>"}
STEPS_UP = {
    "entry:ask", "entry:confirm",
    "office:delivery_ask", "office:delivery_confirm", "office:delivery_withdraw",
    "office:publish", "office:measure_end", "office:measure_confirm",
}  # fmt: skip


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin(staff, clock):
    return staff["admin"]


@pytest.fixture
def late(admin, clock):
    """An admin whose proof is five minutes old."""
    client = signed_in(admin, Client(headers={"Referer": "http://testserver/entry/staff"}))
    clock.shift(300)
    return client


def carried(response):
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', words(response))
    return {name for name, _ in found}


def test_within_five_minutes_nothing_is_asked(admin, clock):
    client = signed_in(admin)
    clock.shift(299)

    assert client.post(ASK, SENT).url == "/entry/staff"


def test_later_the_code_is_asked_first_and_what_was_sent_is_carried(late, admin):
    asked = late.post(ASK, SENT)

    assert not FactorReset.objects.exists()
    assert carried(asked) == {"csrfmiddlewaretoken", "username", "reason", "proof-back"}
    assert "端末を「紛失」したため &lt;1台&gt;" in words(asked)
    assert 'href="/entry/staff"' in words(asked)
    done = late.post(ASK, {**SENT, "proof-code": next_code(admin), "proof-back": "/entry/staff"})
    assert done.url == "/entry/staff"
    assert FactorReset.objects.get().reason == SENT["reason"]
    assert late.post(ASK, {**SENT, "username": "suzuki"}).url == "/entry/staff"


def test_the_new_proof_is_good_for_five_minutes_and_no_longer(late, admin, clock):
    late.post(ASK, {**SENT, "proof-code": next_code(admin)})
    clock.shift(300)

    assert "もう一度の確認" in words(late.post(ASK, {**SENT, "username": "suzuki"}))


@pytest.mark.parametrize("typed", ["", "abc", "wrong", "used"])
def test_no_code_a_wrong_one_and_a_used_one_do_nothing(late, admin, typed):
    used = next_code(admin)
    factors.prove(admin, used)
    digits = {"wrong": wrong(admin), "used": used}.get(typed, typed)

    refused = late.post(ASK, {**SENT, "proof-code": digits, "proof-back": "/entry/staff"})

    assert refused.status_code == 422
    assert {"username", "reason"} < carried(refused)
    assert 'href="/entry/staff"' in words(refused)
    assert not FactorReset.objects.exists()
    assert AccessAttempt.objects.exists() == (typed in {"abc", "wrong"})


@pytest.mark.parametrize("sent", ["", "{}", '{"id":"x"}', "null"])
def test_an_answer_for_a_passkey_that_is_none_does_nothing(late, sent):
    assert late.post(ASK, {**SENT, "credential": sent}).status_code == 422
    assert not FactorReset.objects.exists()


def test_who_guesses_is_signed_out_and_locked_out(late, admin):
    guess = {**SENT, "proof-code": wrong(admin)}
    statuses = [late.post(ASK, guess).status_code for _ in range(5)]

    assert statuses == [422] * 4 + [302]
    assert SESSION_KEY not in late.session
    assert not FactorReset.objects.exists()


def test_no_other_site_is_led_back_to(late):
    asked = late.post(ASK, {**SENT, "proof-code": "", "proof-back": "https://evil.example/"})

    assert 'href="/entry/staff"' in words(asked)
    assert "evil.example" not in words(asked)


@pytest.mark.parametrize("name", sorted(STEPS_UP))
def test_everything_hard_to_undo_asks(staff, clock, name):
    route, view = next((route, view) for each, route, view in ADDRESSES if each == name)
    role = {"admin": "admin", "operator": "operator", "support_officer": "takahashi"}[
        view.audience[0]
    ]
    client = signed_in(staff[role])
    clock.shift(300)

    assert "もう一度の確認" in words(client.post(address(route)))


def test_looking_asks_for_nothing(staff, late, clock):
    factor_reset.ask("sato", "x", by=_actor(staff["admin2"]))

    assert late.get("/entry/staff").status_code == 200
