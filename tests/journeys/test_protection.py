"""支援措置 entered in a real browser by one person, ended by two; the desk shows the banner at once."""

import pytest

from consent.models import Measure
from tests.journeys.looking import Looker
from tests.journeys.screen import COUNTER_SCREEN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def press(page, role, name):
    """Reach a button or link and press Enter on it, without a mouse."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def test_a_measure_is_entered_by_one_and_ended_by_two(counter, sign_in):
    page, look = counter.page, Looker(counter.page)
    sign_in("takahashi")
    find_the_applicant(page, look)
    enter_the_measure(page, look)
    end_it(page, look)

    sign_in("kato")
    page.goto(f"{counter.url}/office/protection/{Measure.objects.get().pk}")
    press(page, "button", "終了を確認する")
    page.get_by_text("それまでは取り下げられます").wait_for()
    look("confirmed")
    sign_in("sato")
    see_the_banner(page)
    confirm_before_speaking(page, look)


def find_the_applicant(page, look):
    press(page, "link", "支援措置の登録と期限")
    page.get_by_role("heading", name="支援措置を登録する").wait_for()
    look("board")
    page.get_by_label("申出者をさがす").focus()
    page.keyboard.type("カツラギ ダイスケ")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="見つかった方").wait_for()
    look("hits")
    press(page, "button", "申出者にする")


def enter_the_measure(page, look):
    """Everything on one screen; the measure's page fits a phone."""
    page.get_by_role("heading", name="守る方").wait_for()
    look("entry")
    page.get_by_label("配偶者からの暴力").focus()
    page.keyboard.press("Space")
    page.get_by_label("相談機関等の意見").select_option("police")
    page.get_by_label("台帳からさがす").first.focus()
    page.keyboard.type("ヨシダ")
    page.keyboard.press("Enter")
    page.get_by_text("この中から選んでください").wait_for()
    look("hits for the other party")
    page.get_by_label("𠮷田", exact=False).first.focus()
    page.keyboard.press("Space")
    page.get_by_label("合言葉").focus()
    page.keyboard.type("白樺")
    press(page, "button", "登録する")
    page.get_by_text("いまから、住所などは表示されません").wait_for()
    look("measure")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(COUNTER_SCREEN)


def end_it(page, look):
    """高橋 asks for the end, and cannot confirm it."""
    page.get_by_text("終了または一部の方を外す").focus()
    page.keyboard.press("Enter")
    for name in page.locator("input[name=leaving]").all():
        name.focus()
        page.keyboard.press("Space")
    for choice in ("申出者からの終了の申出", "会って、本人と確かめた"):
        page.get_by_label(choice).focus()
        page.keyboard.press("Space")
    press(page, "button", "終了を依頼する")
    page.get_by_text("依頼した人は確認できません").wait_for()
    look("asked")


def see_the_banner(page):
    """For 72 hours more the desk warns whoever chooses this person."""
    page.keyboard.type("カツラギ ダイスケ")
    page.locator(".hit").first.wait_for()
    page.locator(".hit").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("支援措置対象 — 住所等を口頭・書面で伝えないでください").wait_for()


def confirm_before_speaking(page, look):
    """確認 (R5) by key; without it the page does not go on."""
    page.keyboard.press("1")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="本人確認").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("F8")
    look("identify")
    page.keyboard.press("k")
    page.keyboard.press("F8")
    page.get_by_role("heading", name="同意").first.wait_for()
