"""出生 at the desk: a family served from the search box to the printed bundle, by keyboard alone."""

import re

import pytest

from lifeevents.models import Answer, Application, Bundle, Snapshot
from tests.journeys.looking import Looker
from tests.journeys.printout import printed_text
from tests.journeys.serving import BIRTH, NEWBORN, finish, no_look, start
from tests.journeys.typist import Typist

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FAMILIES = {
    "birth_family": ("ヨシダ ショウタ", "𠮷田"),
    "employee_family": ("カツラギ ダイスケ", "葛\U000e0100城"),
}
HELD = ["name", "name_kana", "address", "birth_date", "sex", "relationship"]


@pytest.mark.parametrize("family", FAMILIES)
def test_a_birth_is_served_by_keyboard_typing_only_what_nobody_holds(
    family, counter, sign_in, tmp_path, tell
):
    query, surname = FAMILIES[family]
    sign_in("sato")
    hands = Typist(counter.page, NEWBORN)

    look = Looker(counter.page) if family == "employee_family" else no_look
    look("home")
    start(hands, query, BIRTH, look=look)
    finish(hands, look)

    bundle = Bundle.objects.get()
    assert bundle.state == Bundle.State.FINISHED
    assert Application.objects.filter(procedure="birth.report").exists()
    assert len(hands.asked) == len(set(hands.asked)), "something was asked twice"
    assert bundle.typed_chars == hands.typed
    assert not Answer.objects.filter(fact__in=HELD).exclude(subject="n1")
    text = printed_text(counter.page, tmp_path)
    assert f"{surname}花" in text, "the child's name, with the family's 氏 as registered"
    for words in [*names_and_dates_of_rows(bundle), "令和8年11月10日", "北海道北見市"]:
        assert re.sub(r"\s", "", words) in text
    tell(hands, bundle, family)


def names_and_dates_of_rows(bundle):
    """What stands in the frozen tables of the papers: the household's rows."""
    content = Snapshot.objects.get(pk=bundle.pk).content
    tables = (rows for paper in content["papers"] for rows in paper["rows"].values())
    cells = (row.get(key) for rows in tables for row in rows for key in ("name", "birth_date"))
    found = {cell["text"] for cell in cells if cell and cell["text"]}
    assert len(found) > 2
    return found
