"""The entrance in a real browser: by keyboard, by passkey, on a narrow screen, clean to axe."""

import pytest

from consent import factors
from consent.management.commands.create_demo_staff import PASSWORD
from consent.models import Account
from tests.journeys.looking import Looker

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 360, "height": 740}


@pytest.fixture
def look(counter):
    looker = Looker(counter.page)

    def look(at):
        looker(at)
        assert counter.page.evaluate("document.scrollingElement.scrollWidth") <= NARROW["width"], at

    return look


@pytest.fixture
def security_key(counter):
    """A passkey device in the browser that always answers."""
    devtools = counter.page.context.new_cdp_session(counter.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def give_password(page, url, username):
    page.goto(f"{url}/login")
    page.locator("#id_username").press_sequentially(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type("1番窓口")
    page.keyboard.press("Enter")


def test_a_passkey_is_set_up_at_the_first_sign_in_and_used_at_the_next(counter, look, security_key):
    page, sato = counter.page, Account.objects.get(username="sato")
    page.set_viewport_size(NARROW)
    factors.take_away(sato)

    give_password(page, counter.url, "sato")
    page.get_by_role("heading", name="二要素の登録").wait_for()
    look("enrol")
    page.get_by_role("button", name="パスキーを登録する").click()
    page.get_by_role("heading", name="予備のコード").wait_for()
    look("spare codes")
    assert page.locator(".spare-codes li").count() == 10
    page.keyboard.press("Enter")
    page.locator("#q").wait_for()
    assert factors.kinds(sato) == {factors.PASSKEY, factors.SPARE}

    page.context.clear_cookies()
    give_password(page, counter.url, "sato")
    page.locator("#id_code").wait_for()
    look("code")
    page.get_by_role("button", name="パスキーで入る").click()
    page.locator("#q").wait_for()
