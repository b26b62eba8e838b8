"""A resident with a phone: the test client as the browser, the real provider beside it."""

import re
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
import requests
from django.test import Client

from tests import makers
from tests.provider import card_of, serving

OURS = "http://testserver/"


@pytest.fixture
def family(ledgers):
    """山田家, of whom 花子 holds the phone."""
    man = makers.man("山田　太郎", "ヤマダ　タロウ", "1985-01-20", holds=("nhi", "pension"))
    wife = makers.wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01", holds=("nhi",))
    child = makers.child(
        "山田　一郎", "ヤマダ　イチロウ", "2019-05-05", holds=("nhi", "child_allow")
    )
    father, mother, son = makers.make_household(man, wife, child)
    return SimpleNamespace(father=father, mother=mother, child=son)


@pytest.fixture
def provider(family, tmp_path, settings):
    """Serving: card1 of 花子, card2 of nobody here."""
    stranger = card_of(family.mother, 2, name="存在　しない")
    with serving(tmp_path, settings, [card_of(family.mother), stranger], OURS) as issuer:
        yield issuer


def hold(card, at):
    """Hold a card to the phone at the provider's page; where that sends the browser."""
    session = requests.Session()
    page = session.get(at, timeout=10)
    assert page.status_code == 200, page.text
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text).group(1)
    sent = {"csrfmiddlewaretoken": token, **card}
    answer = session.post(at, data=sent, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def back(client, location):
    """Follow the provider's redirect into our own pages."""
    parts = urlsplit(location)
    return client.get(f"{parts.path}?{parts.query}")


@pytest.fixture
def phone(provider):
    """花子, signed in."""
    client = Client()
    response = back(client, hold({"card": "card1"}, client.get("/online/sign-in")["Location"]))
    assert response["Location"] == "/online/"
    return client
