"""The entrance in a real browser: by keyboard, by passkey, on a narrow screen, clean to axe."""

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from consent import factors
from consent.management.commands.create_demo_staff import PASSWORD
from consent.models import Account
from counter.entry import session
from tests.journeys.conftest import type_code
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


def test_a_lost_phone_takes_two_admins_the_second_with_a_passkey(counter, look, security_key):
    page = counter.page
    factors.take_away(Account.objects.get(username="admin2"))
    page.set_viewport_size(NARROW)
    ask_for_a_new_start(page, counter.url, look)

    page.context.clear_cookies()
    give_password(page, counter.url, "admin2")
    page.get_by_role("button", name="パスキーを登録する").click()
    page.get_by_role("heading", name="予備のコード").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/")
    page.goto(f"{counter.url}/entry/staff")
    make_proof_old()
    page.get_by_role("button", name="承認する").click()
    page.get_by_role("heading", name="もう一度の確認").wait_for()
    look("again")
    page.get_by_role("button", name="パスキーで続ける").click()
    page.get_by_text("承認しました").wait_for()
    assert not factors.is_enrolled(Account.objects.get(username="sato"))


def ask_for_a_new_start(page, url, look):
    """管理 花子 asks for 佐藤's lost phone, and cannot confirm it alone."""
    give_password(page, url, "admin")
    type_code(page, "admin")
    page.wait_for_url("**/office/")
    page.goto(f"{url}/entry/staff")
    look("staff")
    page.get_by_label("職員番号").fill("sato")
    page.get_by_label("理由").fill("端末を紛失したため")
    page.keyboard.press("Enter")
    page.get_by_text("再登録を依頼しました").wait_for()
    look("asked")
    assert page.get_by_role("button", name="承認する").count() == 0


def test_who_sits_idle_is_warned_stays_by_any_key_and_comes_back_to_the_page(
    counter, look, sign_in, settings
):
    page = counter.page
    sign_in("sato")
    page.set_viewport_size(NARROW)
    settings.STAFF_IDLE_SECONDS = session.WARNING + 2
    page.goto(f"{counter.url}/keys")
    warning = page.get_by_text("まもなく終了し")
    assert not warning.is_visible()
    warning.wait_for()
    look("warning")

    page.keyboard.press("Shift")
    warning.wait_for(state="hidden")

    settings.STAFF_IDLE_SECONDS = 0
    page.get_by_text("しばらく操作がなかった").wait_for()
    settings.STAFF_IDLE_SECONDS = 900
    page.locator("#id_username").fill("sato")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    type_code(page, "sato")
    page.wait_for_url("**/keys")
    assert [each for each in counter.errors if "403" not in each] == []
    counter.errors.clear()


def test_who_types_a_long_text_is_not_taken_for_absent_and_locks_by_a_key(
    counter, sign_in, settings
):
    page = counter.page
    sign_in("sato")
    settings.STAFF_IDLE_SECONDS = session.WARNING + 2
    page.reload()
    page.locator("#q:focus").wait_for()
    with page.expect_response("**/entry/left") as asked:
        page.keyboard.press("Shift")

    assert asked.value.json()["seconds"] > session.WARNING
    assert not page.locator("#idle").is_visible()

    page.keyboard.press("Control+l")
    page.wait_for_url("**/login?next=%2F")


def make_proof_old():
    """Five minutes pass for every session."""
    for row in Session.objects.all():
        kept = SessionStore(row.session_key)
        if session.ENTERED in kept:
            kept[session.ENTERED] = {**kept[session.ENTERED], "proved": 0}
            kept.save()
