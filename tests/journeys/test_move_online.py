"""転居 on a phone 360 px wide, from the card to the 受付番号, and finished at the desk."""

import re

import pytest

from counter.oidc import cards
from lifeevents.models import Answer, Application, Bundle
from tests.journeys.phone import Thumb, a_phone, finish_at_the_desk, report

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FAMILY = "葛\U000e0100城"
SAID = {"new_address": "北海道北見市北進町三丁目１番２号", "moved_on": "2026-11-20"}
HELD = ["name", "name_kana", "birth_date", "sex", "relationship"]
MOST_PAGES = 6


@pytest.fixture
def thumb(chromium, counter, town, tmp_path, settings):
    with a_phone(chromium, counter.url, tmp_path, settings, cards.of_town(town)) as page:
        yield Thumb(page, counter.url, SAID)


def apply_for_a_move(thumb):
    """Card, agreement, who moves, questions, letter, 受付番号."""
    thumb.hold_the_card(FAMILY)
    thumb.look("手続の状況")
    thumb.tap("転居")
    thumb.look("市が持っている情報を使ってもよいですか")
    thumb.tap("はい、すべて")
    thumb.look("いっしょに引っ越すのはどなたですか")
    thumb.tap("次へ")
    thumb.answer_all()
    thumb.look("この内容でよいですか")
    thumb.tap("この内容で申請する")
    thumb.look("転居の申請を受け付けました")


def read_the_news(thumb, number):
    """The start page tells what the counter did, and who looked."""
    page = thumb.page
    page.goto(f"{thumb.url}/online/")
    thumb.look("届いているお知らせ")
    thumb.press(page.get_by_role("link", name=number))
    thumb.look("転居")
    assert "手続は終わりました" in page.locator("main").inner_text()
    thumb.tap("はじめの画面へ")
    thumb.tap("わたしの情報を見た記録")
    thumb.look("わたしの情報を見た記録")
    assert "市民課（窓口職員）" in page.locator("main").inner_text()


def test_a_move_is_applied_for_on_the_phone_and_finished_at_the_desk(thumb, counter, sign_in):
    phone = thumb.page
    apply_for_a_move(thumb)

    bundle = Bundle.objects.get()
    report(thumb, "転居")
    assert len(thumb.asked) == len(set(thumb.asked)), "something was asked twice"
    assert len(thumb.left) <= MOST_PAGES
    assert thumb.left == sorted(thumb.left, reverse=True)
    assert thumb.left[-1] == 1, "the last question was announced as the last"
    assert phone.locator(".number b").inner_text() == bundle.number
    assert bundle.state == Bundle.State.SUBMITTED
    assert bundle.typed_chars == thumb.typed
    assert not Answer.objects.filter(fact__in=HELD)
    done = Application.objects.filter(bundle=bundle)
    assert done.filter(procedure="child.medical_change").exists()
    assert not done.filter(procedure="res.move_within").exists(), "転居届 ends at the counter"
    finish_at_the_desk(counter, sign_in, bundle, {})

    assert (bundle.state, bundle.channel) == ("finished", "online")
    assert done.filter(procedure="res.move_within").exists()
    read_the_news(thumb, bundle.number)


def test_a_family_under_protection_is_told_the_counter_and_nothing_else(thumb):
    thumb.hold_the_card("野村さん")
    thumb.look("窓口へお越しください")

    words = thumb.page.locator("main").inner_text()
    assert not re.search("支援|保護|野村|登録|いません", words)
