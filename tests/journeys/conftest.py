"""A real Chromium at a counter-sized screen, in front of the real server with an imported town."""

import json
import os
from types import SimpleNamespace

import pytest
from playwright.sync_api import sync_playwright

from consent.management.commands.create_demo_staff import PASSWORD
from consent.models import Account
from lifeevents.models import Snapshot
from tests.entering import next_code
from tests.journeys.screen import CHROMIUM, COUNTER_SCREEN, SWITCHES


@pytest.fixture(scope="session")
def chromium():
    assert CHROMIUM, "Chromium is not installed: bin/setup test installs it."
    # Playwright's synchronous API runs an event loop in this thread; the ORM is used beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def counter(chromium, live_server, town):
    """A clerk's screen: a page on which any script error or failed request fails the test."""
    context = chromium.new_context(
        viewport=COUNTER_SCREEN, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: message.type == "error" and errors.append(message.text))
    showcase = {
        each["key"]: each["number"] for each in json.loads((town / "showcase.json").read_text())
    }
    yield SimpleNamespace(page=page, url=live_server.url, showcase=showcase, errors=errors)
    context.close()
    assert errors == []


def type_code(page, username):
    """Type the six digits the phone of a demo account shows: the field has the focus."""
    page.locator("[autocomplete=one-time-code]:focus").wait_for()
    page.keyboard.type(next_code(Account.objects.get(username=username)))
    page.keyboard.press("Enter")


@pytest.fixture
def sign_in(counter):
    """Sign a member of staff in, by keyboard."""

    def sign_in(username, terminal="1番窓口"):
        page = counter.page
        page.goto(f"{counter.url}/login")
        page.locator("#id_username").press_sequentially(username)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Tab")
        page.keyboard.type(terminal)
        page.keyboard.press("Enter")
        type_code(page, username)
        page.locator("#q").wait_for()

    return sign_in


@pytest.fixture
def tell(record_property):
    """Have the end of the test run say what serving a bundle took (tests/conftest.py)."""

    def tell(hands, bundle, family=""):
        counts = Snapshot.objects.get(pk=bundle.pk).content["counts"]
        taken = {"typed": hands.typed, "keys": hands.keys, **counts}
        record_property("served", {"event": bundle.event, "family": family, **taken})

    return tell
