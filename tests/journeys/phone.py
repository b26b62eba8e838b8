"""A resident's thumb on a phone 360 px wide, and the clerk who finishes what was handed in."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe

from tests.journeys.looking import WCAG
from tests.journeys.serving import finish
from tests.journeys.typist import Typist
from tests.provider import serving

PHONE = {"width": 360, "height": 740}
LARGE = 56
SMALL_HTML = 60_000
TARGETS = ".button.big, .row:not(.still), .choice"


@contextmanager
def a_phone(chromium, url, folder, settings, people):
    """A page of a phone, beside the demo's provider."""
    with serving(folder, settings, people, f"{url}/"):
        context = chromium.new_context(
            viewport=PHONE, is_mobile=True, has_touch=True, locale="ja-JP", timezone_id="Asia/Tokyo"
        )
        yield context.new_page()
        context.close()


@dataclass
class Thumb:
    """Taps through the residents' pages; axe looks at every kind of page once.

    `said` answers by fact; a choice not named there gets its last, a text わからない.
    """

    page: object
    url: str
    said: dict[str, str]
    taps: int = 0
    typed: int = 0
    asked: list[str] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def tap(self, name):
        page = self.page
        self.press(page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)))

    def press(self, what):
        self.taps += 1
        with self.page.expect_navigation():
            what.first.tap()

    def look(self, at):
        """What every page of the residents keeps to, whatever is on it."""
        page = self.page
        page.get_by_role("heading", name=at).first.wait_for()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"], at
        assert page.locator("script").count() == 0, "the residents' pages need no script"
        assert len(page.content().encode()) <= SMALL_HTML, at
        heights = page.locator(TARGETS).evaluate_all(
            "all => all.filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height)"
        )
        assert min(heights, default=LARGE) >= LARGE, (at, heights)
        found = Axe().run(page, options=WCAG).response["violations"]
        assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == [], at

    def hold_the_card(self, family):
        """From our start page through the provider's and back; counting begins behind it."""
        self.page.goto(f"{self.url}/online/")
        self.look("どの手続ですか")
        self.tap("マイナンバーカードではじめる")
        self.look("どのカードをかざしますか")
        self.tap(family)
        self.taps = 0

    def answer_all(self):
        """Every page of questions, until the letter."""
        page = self.page
        while page.locator("[name=asked]").count():
            names = [each.input_value() for each in page.locator("[name=asked]").all()]
            self.asked += names
            words = page.locator(".where").inner_text()
            self.left.append(int(re.search(r"あと(\d+)問", words).group(1)))
            choices = page.locator(f"button[name='{names[0]}']")
            kind = "ticks" if page.locator("[name=ticks]").count() else ""
            kind = kind or (
                "choice" if choices.count() else page.locator(".input").first.get_attribute("type")
            )
            if kind not in self.seen:
                self.seen.add(kind)
                self.look(page.locator("h1").inner_text())
            self._answer(names, choices)
            assert len(self.left) < 40, self.asked

    def _answer(self, names, choices):
        if choices.count():
            self.press(choices.last)
            return
        written = [name for name in names if name.split(":")[1] in self.said]
        for name in written:
            self._write(name, self.said[name.split(":")[1]])
        ticks = self.page.locator("[name=ticks]").count()
        self.tap("次へ" if ticks or written == names else "わからない")

    def _write(self, name, said):
        place = self.page.locator(f"input[name='{name}']:not([type=hidden])")
        self.taps += 1
        if place.get_attribute("type") == "checkbox":
            place.tap()
            return
        place.fill(said)
        self.typed += 0 if place.get_attribute("type") == "date" else len(said)


def finish_at_the_desk(counter, sign_in, bundle, said):
    """The clerk finds the 受付番号 in 来庁, checks the card, asks the rest and files it."""
    sign_in("sato")
    page = counter.page
    page.get_by_role("button", name=bundle.number).click()
    hands = Typist(page, said)
    page.wait_for_selector("[data-step=identify]")
    hands.press("1")
    hands.press("F8")
    page.wait_for_selector("[data-step=ask]")
    finish(hands)
    bundle.refresh_from_db()
    return hands


def report(thumb, event):
    """Say what it took, for whoever reads the test's output."""
    counted = f"{len(thumb.left)} pages, {len(thumb.asked)} questions, {thumb.taps} taps"
    print(f"{event} online: {counted}, {thumb.typed} characters typed")  # noqa: T201
