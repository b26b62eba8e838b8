"""Takes docs/pictures from a running demo (bin/pictures), by the same keys as the journeys press."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.journeys import (
    pictures_desk,
    pictures_events,
    pictures_office,
    pictures_operator,
    pictures_phone,
)
from tests.journeys.pictures_camera import Camera
from tests.journeys.screen import CHROMIUM, SWITCHES

PARTS = {
    "desk": pictures_desk.take,
    "events": pictures_events.take,
    "phone": pictures_phone.take,
    "office": pictures_office.take,
    "operator": pictures_operator.take,
}


def take(folder, parts):
    """Take the pictures of the parts named, of all if none is."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        camera = Camera.at_demo(browser, folder)
        for part in parts or PARTS:
            PARTS[part](camera)
        browser.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
