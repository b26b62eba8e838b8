"""Takes docs/pictures from a running demo (bin/pictures), by the same keys as the journeys press."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys.screen import CHROMIUM, COUNTER_SCREEN, SWITCHES
from tests.journeys.serving import BIRTH, NEWBORN, start
from tests.journeys.typist import Typist

DEMO = Path("var/demo.json")
FAMILY = "ヨシダ ショウタ"
PICTURED = {
    "start": "start",
    "identify": "identify",
    "agree": "agree",
    "first question": "newborn",
}
"""The screens on the way to the first question that have a picture, and its name."""


def take(folder):
    """Serve the demo's 𠮷田 family and keep a picture of each screen and of the printed papers."""
    demo = json.loads(DEMO.read_text(encoding="utf-8"))
    clerk = next(each for each in demo["logins"] if each["user"] == "sato")
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = browser.new_context(viewport=COUNTER_SCREEN, locale="ja-JP")
        page = context.new_page()
        page.goto(demo["url"])
        page.locator("#id_username").fill(clerk["user"])
        page.locator("#id_password").fill(clerk["password"])
        page.locator("#id_terminal").fill("1番窓口")
        shoot(page, folder / "sign-in.png")
        page.keyboard.press("Enter")
        page.locator("#id_code").wait_for()
        page.keyboard.type(code_of(clerk["user"]))
        page.keyboard.press("Enter")
        serve(page, folder)
        browser.close()


def code_of(username):
    """The six digits, as someone who tries the demo without a phone gets them."""
    command = [sys.executable, "manage.py", "demo_code", username]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def serve(page, folder):
    """Walk one birth and picture search, questions, check and the finish page."""
    hands = Typist(page, NEWBORN)
    page.locator("#q").wait_for()
    page.keyboard.insert_text("ヨシダ")
    page.locator("#hits .hit").first.wait_for()
    shoot(page, folder / "search.png")
    page.reload()

    def keep(at):
        if at in PICTURED:
            shoot(page, folder / f"{PICTURED[at]}.png")

    start(hands, FAMILY, BIRTH, look=keep)
    hands.answer_first_card()
    shoot(page, folder / "ask.png")
    hands.answer_step("ask")
    hands.press("F8")
    page.wait_for_selector("[data-step=check]")
    shoot(page, folder / "missing.png")
    hands.answer_step("check")
    page.wait_for_timeout(1500)
    shoot(page, folder / "check.png")
    hands.press("F8")
    file(hands, folder)


def file(hands, folder):
    """Sign, file and print."""
    page = hands.page
    page.wait_for_selector("[data-step=sign]")
    shoot(page, folder / "sign.png")
    hands.press("1")
    hands.press("F8")
    page.locator("#print").wait_for()
    shoot(page, folder / "done.png")
    answer = page.request.get(
        page.url.split("/b/")[0] + page.locator("#print").get_attribute("href")
    )
    picture_papers(answer.body(), folder)


def shoot(page, path):
    """One screen as the clerk sees it."""
    page.screenshot(path=str(path), animations="disabled")


def picture_papers(pdf, folder):
    """The cover and the first paper."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "bundle.pdf"
        source.write_bytes(pdf)
        for page, name in ((1, "cover"), (3, "paper")):
            command = ["pdftoppm", "-r", "80", "-png", "-singlefile", "-f", str(page)]
            subprocess.run([*command, str(source), str(folder / name)], check=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]))
