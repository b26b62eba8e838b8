"""Operators in a real browser: a file handed over, held, released by two and taken back; keys alone."""

import re

import pytest
from celery import current_app

from consent import deciding
from residents.models import Delivery
from tests.journeys.looking import Looker
from tests.journeys.screen import COUNTER_SCREEN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _queue_without_worker():
    """What a page puts into the queue stays there; the journey is the worker."""
    kept = {name: current_app.conf[name] for name in ("task_always_eager", "broker_url")}
    current_app.conf.update(task_always_eager=False, broker_url="memory://")
    yield
    current_app.conf.update(kept)


def press(page, role, name):
    """Reach a button or link and press Enter on it, without a mouse."""
    page.get_by_role(role, name=name).first.focus()
    page.keyboard.press("Enter")


def fits_a_phone(page):
    """Nothing but a table's own frame is wider than 360 px."""
    page.set_viewport_size({"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.set_viewport_size(COUNTER_SCREEN)
    return not wide


def test_what_one_operator_hands_over_two_release_and_take_back(counter, sign_in, town, tmp_path):
    page, look = counter.page, Looker(counter.page)
    sign_in("operator")
    look_at_the_boards(page, counter, look)
    begin_and_stop(page, look, counter, tmp_path / "a.csv")
    hand_over(page, look, most_are_missing(town, tmp_path))
    press(page, "button", "反映を許可する")
    page.get_by_text("依頼した人は確認できません").wait_for()
    look("asked")

    held = Delivery.objects.get(state="held")
    sign_in("operator2")
    page.goto(f"{counter.url}/office/deliveries/{held.pk}")
    release(page, look)
    take_back(page, look)

    sign_in("operator")
    page.goto(f"{counter.url}/office/deliveries/{held.pk}")
    see_it_taken_back(page, look)
    held.refresh_from_db()
    assert held.state == "rolled_back"


def release(page, look):
    press(page, "button", "確認して反映する")
    page.get_by_text("終わると、この画面が変わります").wait_for()
    look("running")
    deciding.carry_out()
    page.get_by_text("反映を取り消す（ロールバック）").wait_for()


def take_back(page, look):
    page.locator("summary", has_text="反映を取り消す（ロールバック）").focus()
    page.keyboard.press("Enter")
    look("may be taken back")
    press(page, "button", "取り消しを依頼する")
    page.get_by_text("依頼した人は確認できません").wait_for()


def see_it_taken_back(page, look):
    press(page, "button", "確認して取り消す")
    page.get_by_text("終わると、この画面が変わります").wait_for()
    deciding.carry_out()
    press(page, "link", "誤った内容を見た記録と、支援措置が残る方を見る")
    page.get_by_role("heading", name="支援措置が残る方").wait_for()
    look("concerned")
    assert fits_a_phone(page)


def look_at_the_boards(page, counter, look):
    page.goto(f"{counter.url}/office/feeds")
    look("freshness")
    assert fits_a_phone(page)
    press(page, "link", "届いたデータ")
    page.get_by_role("heading", name="届いたデータ").wait_for()
    look("deliveries")
    assert fits_a_phone(page)


def begin_and_stop(page, look, counter, path):
    """On a slow line one sees how much has gone, and can stop it."""
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    line.send("Network.enable")
    press(page, "link", "ファイルを取り込む")
    path.write_bytes(b"x" * (1 << 20))
    page.get_by_label("連携ファイル").set_input_files(path)
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 100_000})
    press(page, "button", "取り込む")
    page.get_by_text(re.compile("送っています　[1-9]")).wait_for()
    look("sending")
    assert fits_a_phone(page)
    page.keyboard.press("Enter")
    page.get_by_text("送るのをやめました").wait_for()
    look("stopped")
    line.detach()
    assert [each for each in counter.errors if not each.startswith("htmx:")] == []
    counter.errors.clear()  # htmx names what was stopped
    assert not Delivery.objects.filter(state="held").exists()
    press(page, "link", "ファイルを選び直す")


def hand_over(page, look, path):
    page.get_by_label("連携ファイル").set_input_files(path)
    look("hand over")
    assert fits_a_phone(page)
    press(page, "button", "取り込む")
    page.get_by_text("台帳はいままでのままです").wait_for()
    look("held")
    assert fits_a_phone(page)


def most_are_missing(town, folder):
    """A 全件 of 児童手当 a night later that lacks nearly everybody, and carries 個人番号."""
    (path,) = (each for each in (town / "day00").glob("*.csv") if "児童手当" in each.name)
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    later = folder / re.sub(r"_\d{14}_", "_20261102030000_", path.name)
    lines = [f"{header},個人番号", *(f"{row},123456789018" for row in rows[:2])]
    later.write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return later
