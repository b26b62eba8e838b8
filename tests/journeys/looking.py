"""axe, the checker of accessibility, at the page that is shown."""

from axe_playwright_python.sync_playwright import Axe

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,
}
ALIKE = ("hits", "start", "agree", "sign")
"""Screens that the journey of a birth has been looked at: of another event only the words differ."""


class Looker:
    """Looks at a clerk's screen when told to, at each kind of page once.

    `passing` are those that differ only in words from what another journey looks at: half a second each.
    """

    def __init__(self, page, passing=()):
        self.page = page
        self.seen = {"first question", *passing}  # questions are looked at by their kind

    def __call__(self, at):
        if at in self.seen:
            return
        self.seen.add(at)
        found = Axe().run(self.page, options=WCAG).response["violations"]
        told = [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found]
        assert told == [], at
