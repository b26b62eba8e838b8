"""Pictures of the operators' screens: a delivery handed over, held, released by two, and taken back."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")
DAY00 = Path("var/town/day00")
FEW = 40


def take(camera):
    """Hand over a 児童手当 that lacks most people and has rows nobody can read, and undo it all."""
    first, second = camera.staff("operator"), camera.staff("operator2")
    first.goto(f"{camera.url}/office/feeds")
    camera.shoot(first, "operator-feeds")
    held = hand_over(camera, first)
    first.goto(f"{camera.url}/office/deliveries")
    camera.shoot(first, "operator-board")
    decide(first, second, held)
    first.goto(f"{held}/rejections")
    first.locator("summary").first.click()
    camera.shoot(first, "operator-rejections")
    take_back(first, second, held)


def hand_over(camera, page):
    """The address of a delivery that is held: its file is made from the town's own."""
    page.goto(f"{camera.url}/office/uploads")
    page.get_by_label("連携ファイル").set_input_files(files=[tampered()])
    page.get_by_role("button", name="取り込む").click()
    page.get_by_text("台帳はいままでのままです").wait_for()
    camera.shoot(page, "operator-held")
    return page.url


def tampered():
    """Some rows of the town's 児童手当, three of them with a start of payment that is no date."""
    (path,) = DAY00.glob("027_児童手当受給者_*.csv")
    header, *rows = path.read_text(encoding="utf-8-sig").splitlines()
    rows = [
        re.sub(r"\d{4}-\d{2}-\d{2}", "令和のいつか", row) if place % 12 == 5 else row
        for place, row in enumerate(rows[:FEW])
    ]
    name = re.sub(r"_\d{14}_", f"_{datetime.now(TOKYO):%Y%m%d%H%M%S}_", path.name)
    text = "\r\n".join([header, *rows]) + "\r\n"
    return {"name": name, "mimeType": "text/csv", "buffer": text.encode()}


def decide(first, second, held):
    first.goto(held)
    first.get_by_role("button", name="反映を許可する").click()
    first.get_by_text("依頼した人は確認できません").wait_for()
    second.goto(held)
    second.get_by_role("button", name="確認して反映する").click()
    second.get_by_text("反映を取り消す（ロールバック）").wait_for()


def take_back(first, second, held):
    first.goto(held)
    first.get_by_text("反映を取り消す（ロールバック）").click()
    first.get_by_role("button", name="取り消しを依頼する").click()
    first.get_by_text("依頼した人は確認できません").wait_for()
    second.goto(held)
    second.get_by_role("button", name="確認して取り消す").click()
    second.get_by_text("取り消しました。正しいファイルを取り込んでください。").wait_for()
