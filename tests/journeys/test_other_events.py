"""転居 and おくやみ at the desk, for families of four, by keyboard alone."""

import pytest

from tests.journeys.looking import ALIKE, Looker
from tests.journeys.outcome import served
from tests.journeys.printout import printed_text
from tests.journeys.serving import DEATH, HOUSEHOLD, MOVE_WITHIN, finish, start
from tests.journeys.typist import Typist

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

MOVE = {"bundle:new_address": "北海道北見市北進町三丁目１番２号", "bundle:moved_on": "8.11.15"}
LOSS = {"p1:died_on": "8.11.18"}


def test_a_family_of_four_moves_within_the_town(counter, sign_in, tmp_path, tell):
    sign_in("sato")
    hands = Typist(counter.page, MOVE)

    look = Looker(counter.page, ALIKE)
    start(hands, "カツラギ ダイスケ", MOVE_WITHIN, look=look)
    finish(hands, look)

    tell(hands, served(hands, "res.move_within"))
    text = printed_text(counter.page, tmp_path)
    assert "北進町三丁目１番２号" in text
    assert "葛\U000e0100城" in text


def test_a_family_of_four_loses_its_father(counter, sign_in, tmp_path, tell):
    sign_in("sato")
    hands = Typist(counter.page, LOSS)

    look = Looker(counter.page, ALIKE)
    start(hands, "カツラギ ダイスケ", DEATH, HOUSEHOLD, look)
    finish(hands, look)

    tell(hands, served(hands, "death.report"))
    assert "令和8年11月18日" in printed_text(counter.page, tmp_path)
