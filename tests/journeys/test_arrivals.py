"""転入 of a family of four, and a return from abroad into a household, by keyboard alone."""

import pytest

from tests.journeys.looking import ALIKE, Looker
from tests.journeys.outcome import served
from tests.journeys.printout import printed_text
from tests.journeys.serving import FROM_ABROAD, finish, identify, start
from tests.journeys.typist import Typist

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOVE = {"bundle:new_address": "北海道北見市北進町三丁目１番２号", "bundle:moved_on": "8.11.15"}
NAMES = (
    ("森田　健", "もりた　けん", "60.5.1", "1", "世帯主"),
    ("森田　恵", "もりた　めぐみ", "62.7.7", "2", "妻"),
    ("森田　空", "もりた　そら", "27.4.2", "1", "子"),
    ("森田　海", "もりた　うみ", "令和2年3月3日", "2", "子"),
)
ARRIVALS = (
    {
        f"n{place}:{fact}": value
        for place, person in enumerate(NAMES, start=1)
        for fact, value in zip(
            ("name", "name_kana", "birth_date", "sex", "relationship"), person, strict=True
        )
    }
    | {
        f"n{place}:{fact}": value
        for place in range(1, 5)
        for fact, value in (("resident_kind", "1"), ("insurance_now", "nhi"))
    }
    | {**MOVE, "bundle:old_address": "北海道札幌市中央区北一条西二丁目１番地"}
)
BROTHER = {
    "n1:name": "山﨑　健二",
    "n1:name_kana": "やまざき　けんじ",
    "n1:birth_date": "12.3.4",
    "n1:sex": "1",
    "n1:relationship": "弟",
    "n1:resident_kind": "1",
    "n1:insurance_now": "nhi",
    "n1:national_pension": "yes",
    "bundle:moved_on": "8.11.15",
    "bundle:old_address": "アメリカ合衆国ニューヨーク州",
    "bundle:entry_stamped": "yes",
    "bundle:register_in_town": "no",
}
TOLD_BY_THE_HOUSEHOLD = {"bundle:new_address", "bundle:old_head"}


def test_a_family_of_four_comes_from_another_town(counter, sign_in, tmp_path, tell):
    sign_in("sato")
    page = counter.page
    hands = Typist(page, ARRIVALS)

    look = Looker(page, ALIKE)
    page.goto(f"{counter.url}/newcomers")
    look("newcomers")
    hands.press("1")
    page.locator("#newcomers").focus()
    hands.write("4")
    hands.press("Enter")
    identify(hands, look)
    finish(hands, look)

    tell(hands, served(hands, "res.move_in"))
    text = printed_text(page, tmp_path)
    assert all(name.replace("\u3000", "") in text for name, *_ in NAMES)


def test_someone_from_abroad_joins_a_household(counter, sign_in, tmp_path, tell):
    sign_in("sato")
    hands = Typist(counter.page, BROTHER)

    start(hands, "ヤマザキ ケンタ", FROM_ABROAD)
    finish(hands)

    bundle = served(hands, "res.move_in")
    tell(hands, bundle)
    assert not TOLD_BY_THE_HOUSEHOLD & set(hands.asked)
    filed = set(bundle.applications.filter(state="submitted").values_list("procedure", flat=True))
    assert {"nhi.join", "pen.join"} <= filed
    text = printed_text(counter.page, tmp_path)
    assert "世帯主の同意書" in text
    assert "新しい住所北海道北見市" in text
    assert "アメリカ合衆国ニューヨーク州" in text
