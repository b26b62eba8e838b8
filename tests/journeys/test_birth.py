"""出生 at the desk: a family served from the search box to the printed bundle, by keyboard alone."""

import re
import subprocess

import pytest

from lifeevents.models import Answer, Application, Bundle
from tests.journeys.typist import Typist

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

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
FAMILIES = {
    "birth_family": ("ヨシダ ショウタ", "𠮷田", "𠮷田　翔太"),
    "employee_family": ("カツラギ", "葛󠄀城", "葛󠄀城"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_birth_is_served_by_keyboard_typing_only_what_nobody_holds(
    family, counter, sign_in, tmp_path
):
    query, surname, head = FAMILIES[family]
    page = counter.page
    sign_in("sato")
    hands = Typist(page, NEWBORN)

    start_birth(hands, query, counter.showcase[family])
    hands.answer_step("ask")
    page.keyboard.press("F8")
    page.wait_for_selector("[data-step=check]")
    hands.answer_step("check")
    page.keyboard.press("F8")
    page.wait_for_selector("[data-step=sign]")
    page.keyboard.press("1")
    page.keyboard.press("F8")
    page.locator("#print").wait_for()

    bundle = Bundle.objects.get()
    assert bundle.state == Bundle.State.FINISHED
    assert len(hands.asked) == len(set(hands.asked)), "asked twice"
    assert bundle.typed_chars == hands.typed
    assert not Answer.objects.exclude(subject__in=["n1", "bundle", "household"]).filter(
        fact__in=["name", "address", "birth_date", "sex"]
    )
    assert Application.objects.filter(procedure="birth.report").exists()

    text = printed_text(page, tmp_path)
    assert f"{surname}花" in text, "the child's name, with the family's 氏 exactly as registered"
    for member in members_of(page, bundle):
        assert re.sub(r"\s", "", member["name"]) in text
    assert "令和8年11月10日" in text
    assert "北見市" in text
    assert head.replace("\u3000", "") in text
    print(f"{family}: typed {bundle.typed_chars} characters, {hands.keys} keys")  # noqa: T201


def start_birth(hands, query, number):
    """Search, choose 出生, identify by card, agree to everything: keys only."""
    page = hands.page
    hands.press("F2")
    page.keyboard.insert_text(query)
    page.locator("#hits .hit").first.wait_for()
    page.keyboard.press("Enter")
    if not page.url.endswith("/start"):
        page.keyboard.press("Enter")
    page.wait_for_url("**/start")
    if not page.locator("[name=event]:checked").count():
        hands.press("1")
    hands.press("1")
    hands.press("Enter")
    page.wait_for_selector("[data-step=identify]")
    hands.press("1")
    hands.press("F8")
    page.wait_for_selector("[data-step=agree]")
    hands.press("a")
    hands.press("F8")
    page.wait_for_selector("[data-step=ask]")


def members_of(page, bundle):
    """The residents of the bundle as the check of the printed papers needs them."""
    from lifeevents.models import Snapshot  # noqa: PLC0415

    content = Snapshot.objects.get(pk=bundle.pk).content
    rows = [row for paper in content["papers"] for rows in paper["rows"].values() for row in rows]
    return [{"name": row["name"]["text"]} for row in rows if row.get("name", {}).get("text")]


def printed_text(page, folder):
    """The text of the bundle's PDF without white space, fetched as the print button does."""
    address = page.locator("#print").get_attribute("href")
    answer = page.request.get(page.url.split("/b/")[0] + address)
    assert answer.ok
    assert answer.headers["content-type"] == "application/pdf"
    (folder / "bundle.pdf").write_bytes(answer.body())
    run = subprocess.run(
        ["pdftotext", "-layout", str(folder / "bundle.pdf"), "-"],
        check=True,
        capture_output=True,
        text=True,
    )
    return re.sub(r"\s", "", run.stdout)
