"""The running demo and a camera: who signs in how, and how a picture is kept small."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from tests.journeys.screen import COUNTER_SCREEN

DEMO = Path("var/demo.json")
COLOURS = 96
"""So many show our screens without a visible loss, at a third of the size."""


@dataclass
class Camera:
    """Opens screens of the demo at `url` in `browser` and keeps pictures of them in `folder`."""

    browser: object
    folder: Path
    url: str
    passwords: dict[str, str]
    pages: dict[str, object] = field(default_factory=dict)

    @classmethod
    def at_demo(cls, browser, folder):
        """The camera at the demo that runs here, as var/demo.json tells."""
        demo = json.loads(DEMO.read_text(encoding="utf-8"))
        folder.mkdir(parents=True, exist_ok=True)
        passwords = {each["user"]: each["password"] for each in demo["logins"]}
        return cls(browser, folder, demo["url"].rstrip("/"), passwords)

    def shoot(self, page, name, **options):
        """Keep what is seen of the page as NAME.png."""
        path = self.folder / f"{name}.png"
        page.screenshot(path=str(path), animations="disabled", **options)
        shrink(path)

    def open(self, viewport=COUNTER_SCREEN, **options):
        """A fresh browser's page."""
        context = self.browser.new_context(
            viewport=viewport, locale="ja-JP", timezone_id="Asia/Tokyo", **options
        )
        return context.new_page()

    def staff(self, username, *, shooting=False):
        """A member of staff's page, signed in once a run; pictures of both steps when `shooting`."""
        if username not in self.pages:
            self.pages[username] = self._sign_in(username, shooting)
        return self.pages[username]

    def _sign_in(self, username, shooting):
        page = self.open()
        page.goto(self.url)
        page.locator("#id_username").fill(username)
        page.locator("#id_password").fill(self.passwords[username])
        page.locator("#id_terminal").fill("1番窓口")
        if shooting:
            self.shoot(page, "sign-in")
        page.keyboard.press("Enter")
        page.locator("#id_code").wait_for()
        if shooting:
            self.shoot(page, "second-factor")
        page.keyboard.type(code_of(username))
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/entry/" not in url and "/login" not in url)
        page.wait_for_load_state("load")
        return page


def code_of(username):
    """The six digits, as someone who tries the demo without a phone gets them."""
    command = [sys.executable, "manage.py", "demo_code", username]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def shrink(path):
    """Keep a PNG with few colours instead of millions."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(
            COLOURS,
            Image.Quantize.MAXCOVERAGE,  # the usual way turns the little green there is to grey
            kmeans=2,
            dither=Image.Dither.NONE,
        )
    few.save(path, optimize=True)
