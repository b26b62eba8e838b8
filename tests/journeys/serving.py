"""How a clerk serves an event: what is answered, and the keys from the search box to the end."""

NEWBORN = {
    "n1:name": "花",
    "n1:name_kana": "はな",
    "n1:birth_date": "8.11.10",
    "n1:sex": "2",
    "n1:birth_order": "長女",
    "n1:birth_weight": "2980",
    "n1:birth_time": "午前9時15分",
    "n1:place_of_birth": "北見市中央町二丁目１番地",
    "n1:legitimate": "yes",
    "bundle:wants_card": "yes",
    "bundle:wants_nursery": "no",
    "household:municipal_housing": "no",
}


BIRTH, MOVE_WITHIN, DEATH = "birth", "move_within", "death"
FROM_ABROAD = "move_in_abroad"
SELF, HOUSEHOLD = "1", "2"


def no_look(at):
    """Look at nothing."""


def start(hands, query, event, applicant=SELF, look=no_look):
    """Search, choose the event, identify by card, agree to everything: keys only.

    `look` is called with the name of each screen as it stands there.
    """
    page = hands.page
    page.wait_for_load_state("load")
    hands.press("F2")
    page.keyboard.insert_text(query)
    page.locator("#hits .hit").first.wait_for()
    look("hits")
    page.keyboard.press("Enter")
    if not page.url.endswith("/start"):
        page.keyboard.press("Enter")
    page.wait_for_url("**/start")
    look("start")
    hands.press(page.locator(f"[name=event][value={event}]").get_attribute("data-digit"))
    hands.press(applicant)
    hands.press("Enter")
    identify(hands, look)


def identify(hands, look=no_look):
    """From 本人確認 to the first question."""
    page = hands.page
    page.wait_for_selector("[data-step=identify]")
    look("identify")
    hands.press("1")
    hands.press("F8")
    page.wait_for_selector("[data-step=agree]")
    look("agree")
    hands.press("a")
    hands.press("F8")
    page.wait_for_selector("[data-step=ask]")
    look("first question")


def finish(hands, look=no_look):
    """Answer, check, sign and file: keys only."""
    page = hands.page
    hands.answer_step("ask", look)
    look("nothing left to ask")
    hands.press("F8")
    page.wait_for_selector("[data-step=check]")
    look("missing")
    hands.answer_step("check")
    look("check")
    hands.press("F8")
    page.wait_for_selector("[data-step=sign]")
    look("sign")
    hands.press("1")
    hands.press("F8")
    page.locator("#print").wait_for()
    look("done")
