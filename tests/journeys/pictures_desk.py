"""Pictures of one birth at the desk, from the entrance to the printed papers."""

import subprocess
import tempfile
from pathlib import Path

from tests.journeys.pictures_camera import shrink
from tests.journeys.serving import BIRTH, NEWBORN, start
from tests.journeys.typist import Typist

FAMILY = "ヨシダ ショウタ"
DRAWING = 800
"""Milliseconds in which a paper that has arrived is fitted to its frame."""
PICTURED = {
    "start": "start",
    "identify": "identify",
    "agree": "agree",
    "first question": "newborn",
}
"""The screens on the way to the first question that have a picture, and its name."""


def take(camera):
    """Serve the demo's 𠮷田 family and keep a picture of each screen and of the printed papers."""
    page = camera.staff("sato", shooting=True)
    page.goto(camera.url)
    picture_search(camera, page)
    hands = Typist(page, NEWBORN | {"n1:birth_order": "二女"})  # after 陽葵

    def keep(at):
        if at in PICTURED:
            camera.shoot(page, PICTURED[at])

    start(hands, FAMILY, BIRTH, look=keep)
    hands.answer_first_card()
    camera.shoot(page, "ask")
    hands.answer_step("ask")
    hands.press("F8")
    check_and_file(camera, hands)


def picture_search(camera, page):
    page.locator("#q").wait_for()
    page.keyboard.insert_text("ヨシダ ショウ")
    page.locator("#hits .hit").first.wait_for()
    camera.shoot(page, "search")
    page.reload()


def check_and_file(camera, hands):
    """What is missing, every value once, a correction, signing, filing and printing."""
    page = hands.page
    page.wait_for_selector("[data-step=check]")
    wait_for_paper(page)
    camera.shoot(page, "missing")
    hands.answer_step("check")
    page.locator(".check-row").first.wait_for()
    wait_for_paper(page)
    camera.shoot(page, "check")
    hands.press("F8")
    page.wait_for_selector("[data-step=sign]")
    camera.shoot(page, "sign")
    hands.press("1")
    hands.press("F8")
    page.locator("#print").wait_for()
    camera.shoot(page, "done")
    answer = page.request.get(camera.url + page.locator("#print").get_attribute("href"))
    picture_papers(camera, answer.body())


def wait_for_paper(page):
    """Wait until the paper beside the values is drawn."""
    page.frame_locator("#preview").locator("body > *").first.wait_for()
    page.wait_for_timeout(DRAWING)


def picture_papers(camera, pdf):
    """The cover and the first paper."""
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "bundle.pdf"
        source.write_bytes(pdf)
        for page, name in ((1, "cover"), (3, "paper")):
            command = ["pdftoppm", "-r", "80", "-png", "-singlefile", "-f", str(page)]
            subprocess.run([*command, str(source), str(camera.folder / name)], check=True)
            shrink(camera.folder / f"{name}.png")
