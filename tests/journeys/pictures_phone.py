"""Pictures of a 転居 on a phone, finished by a clerk, and of what the resident sees afterwards."""

import re

from tests.journeys.serving import finish
from tests.journeys.typist import Typist

PHONE = {"width": 360, "height": 740}
FAMILY = "葛\U000e0100城"
SAID = {"new_address": "北海道北見市北進町三丁目１番２号", "moved_on": "2026-11-20"}


def take(camera):
    """Apply on the phone, finish at the desk, read the news and the record of who looked."""
    page = camera.open(PHONE, is_mobile=True, has_touch=True, device_scale_factor=2)
    hold_the_card(camera, page)
    number = apply(camera, page)
    finish_at_the_desk(camera, number)
    page.goto(f"{camera.url}/online/")
    page.locator("#news").evaluate("each => each.scrollIntoView()")
    camera.shoot(page, "phone-news")
    tap(page, "わたしの情報を見た記録")
    camera.shoot(page, "phone-record")


def tap(page, name):
    """Tap the button or link of that name, and wait for the page behind it."""
    found = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    with page.expect_navigation():
        found.first.tap()


def hold_the_card(camera, page):
    page.goto(f"{camera.url}/online/")
    camera.shoot(page, "phone-home")
    tap(page, "マイナンバーカードではじめる")
    camera.shoot(page, "phone-card")
    tap(page, FAMILY)
    page.get_by_role("heading", name="手続の状況").first.wait_for()
    camera.shoot(page, "phone-events")


def apply(camera, page):
    """Agreement, who moves, questions, letter; the 受付番号."""
    tap(page, "転居")
    page.get_by_role("heading", name="市が持っている情報を使ってもよいですか").first.wait_for()
    camera.shoot(page, "phone-agree")
    tap(page, "ひとつずつ選ぶ")
    camera.shoot(page, "phone-agree-each")
    page.go_back()
    tap(page, "はい、すべて")
    tap(page, "次へ")
    camera.shoot(page, "phone-ask")
    answer_all(page)
    page.get_by_role("heading", name="この内容でよいですか").first.wait_for()
    camera.shoot(page, "phone-check")
    tap(page, "この内容で申請する")
    page.get_by_role("heading", name="転居の申請を受け付けました").first.wait_for()
    camera.shoot(page, "phone-done")
    return page.locator(".number b").inner_text()


def answer_all(page):
    """Every page of questions, until the letter."""
    while page.locator("[name=asked]").count():
        names = [each.input_value() for each in page.locator("[name=asked]").all()]
        choices = page.locator(f"button[name='{names[0]}']")
        written = [name for name in names if name.split(":")[1] in SAID]
        for name in written:
            page.locator(f"input[name='{name}']:not([type=hidden])").fill(SAID[name.split(":")[1]])
        if choices.count():
            with page.expect_navigation():
                choices.last.tap()
        else:
            is_answered = page.locator("[name=ticks]").count() or written == names
            tap(page, "次へ" if is_answered else "わからない")


def finish_at_the_desk(camera, number):
    """The clerk finds the 受付番号 in 来庁 and files it."""
    page = camera.staff("sato")
    page.goto(camera.url)
    page.get_by_role("button", name=re.compile(number)).wait_for()
    camera.shoot(page, "home")
    page.get_by_role("button", name=re.compile(number)).click()
    page.wait_for_selector("[data-step=identify]")
    hands = Typist(page, {})
    hands.press("1")
    hands.press("F8")
    page.wait_for_selector("[data-step=ask]")
    finish(hands)
