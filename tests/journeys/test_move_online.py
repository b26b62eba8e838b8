"""転居 on a phone 360 px wide, from the card to the 受付番号, and finished at the desk."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from counter.oidc import cards
from lifeevents.models import Answer, Application, Bundle
from tests.journeys.typist import Typist
from tests.provider import serving

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PHONE = {"width": 360, "height": 740}
FAMILY = "葛\U000e0100城"
SAID = {
    "new_address": "北海道北見市北進町三丁目１番２号",
    "moved_on": "8.11.20",
}
HELD = ["name", "name_kana", "birth_date", "sex", "relationship"]


@pytest.fixture
def provider(town, tmp_path, settings, live_server):
    with serving(tmp_path, settings, cards.of_town(town), f"{live_server.url}/") as issuer:
        yield issuer


@pytest.fixture
def phone(chromium, provider):
    context = chromium.new_context(
        viewport=PHONE, is_mobile=True, has_touch=True, locale="ja-JP", timezone_id="Asia/Tokyo"
    )
    yield context.new_page()
    context.close()


class Thumb:
    """Taps through the residents' pages; every page is looked at by axe, once for each look."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.seen, self.asked, self.typed = set(), [], 0

    def tap(self, name):
        page = self.page
        self.press(page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)))

    def press(self, what):
        with self.page.expect_navigation():
            what.first.tap()

    def look(self, at):
        page = self.page
        page.get_by_role("heading", name=at).first.wait_for()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], at
        assert page.locator("script").count() == 0, "the residents' pages need no script"
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == [], at

    def answer_all(self):
        """One question a page, until the letter."""
        page = self.page
        while page.locator("[name=asked]").count() and "b/" in page.url:
            name = page.locator("[name=asked]").first.input_value()
            left = int(re.search(r"あと(\d+)問", page.locator(".where").inner_text()).group(1))
            self.asked.append((name, left))
            choices = page.locator(f"button[name='{name}']")
            look = "choice" if choices.count() else "text"
            if look not in self.seen:
                self.seen.add(look)
                self.look(page.locator("h1").inner_text())
            self._answer(name, choices)
            assert len(self.asked) < 80, self.asked

    def _answer(self, name, choices):
        said = SAID.get(name.split(":")[1])
        if said:
            self.typed += len(said)
            self.page.locator("input.input").last.fill(said)
            self.tap("次へ")
        elif choices.count():
            self.press(choices.last)
        else:
            self.tap("わからない")


def hold_the_card(thumb, family):
    """From our start page through the provider's and back."""
    thumb.page.goto(f"{thumb.url}/online/")
    thumb.look("どの手続きですか")
    thumb.tap("マイナンバーカードではじめる")
    thumb.look("どのカードをかざしますか")
    thumb.tap(family)


def apply_for_a_move(thumb):
    """Card, agreement, who moves, questions, letter, 受付番号."""
    hold_the_card(thumb, FAMILY)
    thumb.look("手続きの状況")
    thumb.tap("転居")
    thumb.look("市が持っている情報を使ってもよいですか")
    thumb.tap("はい")
    thumb.look("いっしょに引っ越すのはどなたですか")
    thumb.tap("次へ")
    thumb.answer_all()
    thumb.look("この内容でよいですか")
    thumb.tap("この内容で申請する")
    thumb.look("転居の申請を受け付けました")


def test_a_move_is_applied_for_on_the_phone_and_finished_at_the_desk(phone, counter, sign_in):
    thumb = Thumb(phone, counter.url)
    apply_for_a_move(thumb)

    bundle = Bundle.objects.get()
    names = [name for name, _left in thumb.asked]
    assert len(names) == len(set(names)), "something was asked twice"
    assert thumb.asked[-1][1] == 1, "the last question was announced as the last"
    assert phone.locator(".number b").inner_text() == bundle.number
    assert bundle.state == Bundle.State.SUBMITTED
    assert bundle.typed_chars == thumb.typed
    assert not Answer.objects.filter(fact__in=HELD)
    finish_at_the_desk(counter, sign_in, bundle)

    bundle.refresh_from_db()
    assert (bundle.state, bundle.channel) == ("finished", "online")
    assert Application.objects.filter(bundle=bundle, procedure="res.move_within").exists()
    phone.goto(f"{counter.url}/online/b/{bundle.number}")
    thumb.look("転居")
    assert "手続きは終わりました" in phone.locator("main").inner_text()
    print(f"転居 online: typed {thumb.typed} characters, {len(names)} questions")  # noqa: T201


def finish_at_the_desk(counter, sign_in, bundle):
    """The clerk finds the 受付番号 in 来庁, checks the card, and finishes: keys once it is open."""
    sign_in("sato")
    page = counter.page
    page.get_by_role("button", name=bundle.number).click()
    hands = Typist(page, SAID)
    page.wait_for_selector("[data-step=identify]")
    hands.press("1")
    hands.press("F8")
    page.wait_for_selector("[data-step=check]")
    hands.answer_step("check")
    hands.press("F8")
    page.wait_for_selector("[data-step=sign]")
    hands.press("1")
    hands.press("F8")
    page.locator("#print").wait_for()


def test_a_family_under_protection_is_told_the_counter_and_nothing_else(phone, counter):
    thumb = Thumb(phone, counter.url)
    hold_the_card(thumb, "野村さん")
    thumb.look("窓口へお越しください")

    words = phone.locator("main").inner_text()
    assert not re.search("支援|保護|野村|登録|いません", words)
