"""Pictures of what the other events show at the desk, and of a protected person."""

from tests.journeys.serving import BIRTH, DEATH, HOUSEHOLD, MOVE_WITHIN, SELF, identify
from tests.journeys.typist import Typist

MOVERS, JOINED = "ワタナベ キヨシ 17.1.25", "ヤマザキ ケンタ 10.5.9"
DECEASED = "タカハシ イサオ 21.5.3"
PROTECTED = "ノムラ チヒロ"
CERTIFICATE = """氏名,氏名_フリガナ,生年月日,性別,続柄,転出前住所,世帯主,転出予定年月日
森田　健,モリタ　ケン,1985-05-01,男,世帯主,北海道札幌市中央区北一条西二丁目１番地,森田　健,2026-11-15
森田　恵,モリタ　メグミ,1987-07-07,女,妻,北海道札幌市中央区北一条西二丁目１番地,森田　健,2026-11-15
"""


def take(camera):
    """Begin 転入, 転居 and おくやみ, keep what each shows first, and cancel them."""
    page = camera.staff("sato")
    for begin in (picture_arrival, picture_joining, picture_death):
        begin(camera, page)
        cancel(page)
    picture_protected(camera, page)
    picture_reveal(camera)


def begin(page, camera, query, event, applicant=SELF):
    """From the search box to 本人確認."""
    choose(page, camera, query)
    page.keyboard.press(page.locator(f"[name=event][value={event}]").get_attribute("data-digit"))
    page.keyboard.press(applicant)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-step=identify]")


def choose(page, camera, query):
    page.goto(camera.url)
    page.locator("#q:focus").wait_for()
    page.keyboard.insert_text(query)
    page.locator("#hits .hit").first.wait_for()
    page.locator("#hits .hit").first.press("Enter")
    page.wait_for_url("**/start")


def cancel(page):
    """Take back the bundle that is open."""
    page.get_by_text("受付を取り消す", exact=True).click()
    page.get_by_role("button", name="この受付を取り消す").click()
    page.wait_for_url(lambda url: "/b/" not in url)


def picture_arrival(camera, page):
    """転入 of two people nobody knows, read from the table of their 転出証明書."""
    page.goto(f"{camera.url}/newcomers")
    page.keyboard.press("1")
    page.locator("[name=event][value=move_in]").check()
    camera.shoot(page, "newcomers")
    page.keyboard.press("F8")
    page.wait_for_selector("[data-step=identify]")
    page.get_by_text("転出証明書の表（CSV）を読み込む").click()
    page.get_by_label("表を貼り付ける").fill(CERTIFICATE)
    page.get_by_role("button", name="読み込む").click()
    page.get_by_text("森田").first.wait_for()
    identify(Typist(page, {}))
    camera.shoot(page, "arrival")


def picture_joining(camera, page):
    """転居 into a household that stands already."""
    begin(page, camera, MOVERS, MOVE_WITHIN)
    page.keyboard.press("j")
    page.locator("#q:focus").wait_for()
    page.keyboard.insert_text(JOINED)
    page.locator("#hits .hit").first.wait_for()
    page.locator("#hits .hit").first.press("Enter")
    page.get_by_role("button", name="この世帯に加わる").wait_for()
    camera.shoot(page, "join")
    page.keyboard.press("F8")
    page.get_by_text("次の方の世帯に加わります").wait_for()
    identify(Typist(page, {}))
    camera.shoot(page, "move")


def picture_death(camera, page):
    """おくやみ, when the head of three generations has died."""
    begin(page, camera, DECEASED, DEATH, HOUSEHOLD)
    hands = Typist(page, {"p1:died_on": "8.11.18"})
    identify(hands)
    hands.answer_first_card()
    camera.shoot(page, "death")


def picture_protected(camera, page):
    """What the desk says, and does not say, of a person under 支援措置."""
    choose(page, camera, PROTECTED)
    camera.shoot(page, "protected")


def picture_reveal(camera):
    """The reasons for which who is in charge of the desk may see the address."""
    page = camera.staff("takahashi")
    begin(page, camera, PROTECTED, BIRTH)
    page.get_by_text("理由を選んで表示").click()
    camera.shoot(page, "reveal")
    cancel(page)
