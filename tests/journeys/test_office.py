"""A checklist changed in the office by one admin and published by another reaches the next family."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from consent.management.commands.create_demo_staff import PASSWORD
from lifeevents import versions
from tests.journeys.conftest import type_code
from tests.journeys.serving import BIRTH, NEWBORN, start
from tests.journeys.typist import Typist

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def look(counter):
    """Let axe look at the page; it finds nothing."""

    def look(*, at):
        counter.page.get_by_role("heading", name=at).first.wait_for()
        counter.page.evaluate("scrollTo(0, 0)")  # or the bar covers half a link
        found = Axe().run(counter.page, options=WCAG).response["violations"]
        assert [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in found] == []

    return look


@pytest.fixture
def enter(counter):
    """Sign an admin in; the way in leads to the office."""

    def enter(username):
        page = counter.page
        page.context.clear_cookies()
        page.goto(f"{counter.url}/login")
        page.get_by_label("職員番号").fill(username)
        page.get_by_label("パスワード").fill(PASSWORD)
        page.get_by_label("端末").fill("事務室")
        page.keyboard.press("Enter")
        type_code(page, username)
        page.wait_for_url("**/office/")

    return enter


def test_a_procedure_two_admins_put_in_force_is_proposed_to_the_next_family(
    counter, enter, sign_in, look
):
    page = counter.page
    sign_in("sato")
    start(Typist(page, NEWBORN), "カツラギ ダイスケ", BIRTH)
    running = page.url
    write_the_picture_book(page, enter, look)
    approve_it(page, enter, look)

    sign_in("sato")
    page.goto(running)
    page.wait_for_selector("[data-step=ask]")
    assert page.get_by_text("絵本の贈り物").count() == 0
    page.goto(counter.url)
    hands = Typist(page, NEWBORN)
    start(hands, "ヨシダ ショウタ", BIRTH)
    hands.answer_first_card()

    page.get_by_text("絵本の贈り物").first.wait_for()


def write_the_picture_book(page, enter, look):
    """管理 花子 adds a procedure with a rule, a deadline and a document, and asks for approval."""
    enter("admin")
    look(at="ライフイベントと手続")
    page.get_by_role("link", name="出生").first.click()
    look(at="出生")
    page.get_by_role("link", name="手続を加える").click()
    look(at="「出生」に手続を加える")
    new = page.locator("form", has=page.get_by_role("heading", name="新しくつくる"))
    new.get_by_label("名称").fill("絵本の贈り物")
    new.get_by_label("説明").fill("生まれたお子さまに絵本をお贈りします。")
    new.get_by_label("担当").select_option("children")
    new.get_by_label("必要になる理由の文").fill("お子さまが生まれたため")
    new.get_by_label("根拠").fill("市の要綱")
    new.get_by_role("button").click()
    look(at="絵本の贈り物")
    add_a_condition(page, look)
    set_a_deadline(page, look)
    say_what_to_bring_and_what_it_is(page, look)
    say_it_another_way_when_somebody_moves_in(page, look)
    word_a_question(page, look)
    ask_for_approval(page, look)


def ask_for_approval(page, look):
    page.get_by_role("link", name="変更案と承認").first.click()
    page.locator("main").get_by_role("link", name="絵本の贈り物の新設").click()
    look(at="だれにとって何が変わるか")
    page.get_by_role("button", name="期待する結果をこの変更に合わせる").click()
    look(at="事例の期待する結果")
    page.get_by_role("button", name="承認を依頼する").click()
    page.get_by_text("書いた人は承認できません").wait_for()


def add_a_condition(page, look):
    """かつ: the child enters a household of the town."""
    page.get_by_role("link", name="＋ 条件を加える").click()
    page.get_by_label("何について").select_option(label="市内の世帯に入る")
    page.get_by_role("button", name="この項目にする").click()
    page.get_by_label("比べ方").select_option(label="はい")
    look(at="条件を加える")
    page.get_by_role("button", name="この条件にする").click()
    page.locator(".piece.fact", has_text="市内の世帯に入る").wait_for()


def set_a_deadline(page, look):
    page.locator("section", has=page.get_by_role("heading", name="期限", exact=True)).get_by_role(
        "link", name="直す"
    ).click()
    page.get_by_label("期間").fill("6")
    page.get_by_label("単位").select_option(label="か月")
    page.get_by_label("だれの", exact=True).select_option("subjects")
    page.get_by_label("期限の文").fill("生まれた日から6か月以内")
    look(at="期限")
    page.get_by_role("button", name="変更案に入れる").click()
    page.get_by_text("その翌日から6か月").wait_for()


def section(page, title):
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def say_what_to_bring_and_what_it_is(page, look):
    section(page, "持ち物").get_by_role("link", name="直す").click()
    page.get_by_label("持ち物 1").fill("母子健康手帳")
    look(at="持ち物")
    page.get_by_role("button", name="変更案に入れる").click()
    page.get_by_text("必要なときを限る").wait_for()
    section(page, "名称と説明").get_by_role("link", name="直す").click()
    page.get_by_role("textbox", name="説明").fill("お子さまに絵本をお贈りします。")
    look(at="名称と説明")
    page.get_by_role("button", name="変更案に入れる").click()
    page.locator("dd", has_text="お子さまに絵本をお贈りします。").wait_for()


def say_it_another_way_when_somebody_moves_in(page, look):
    """The draft's department keeps 保育の利用申込: at 転入 it gets a deadline text of its own."""
    draft = page.url.split("/p/")[0]
    page.goto(f"{draft}/p/child.nursery/in/move_in")
    look(at="期限")
    section(page, "期限").get_by_role("link", name="直す").click()
    page.get_by_label("期限の文").fill("転入したら早めに")
    page.get_by_role("button", name="変更案に入れる").click()
    section(page, "期限").get_by_text("このライフイベントだけ").wait_for()


def word_a_question(page, look):
    page.get_by_role("link", name="質問", exact=True).click()
    look(at="質問")
    page.get_by_role("link", name="出生時の体重").first.click()
    look(at="出生時の体重")
    page.get_by_role("button", name="この質問を変える").click()
    page.get_by_label("質問の文").fill("生まれたときの体重は何グラムですか")
    look(at="出生時の体重")
    page.get_by_role("button", name="変更案に入れる").click()
    page.get_by_text("生まれたときの体重は何グラムですか").wait_for()
    look(at="変えること")


def approve_it(page, enter, look):
    """管理 次郎 sees what waits, for whom it matters, and publishes."""
    enter("admin2")
    page.get_by_role("link", name="変更案と承認").first.click()
    look(at="変更案と承認")
    page.locator("main").get_by_role("link", name="絵本の贈り物の新設").click()
    page.get_by_role("button", name="承認して公開する").click()
    look(at="第1版から変わったこと")
    page.get_by_role("link", name="版の履歴").first.click()
    look(at="版の履歴")
    assert versions.latest().number == 2
