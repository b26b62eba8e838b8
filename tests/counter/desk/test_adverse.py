"""相手方 at the window: every page is served, with the banner, and who fled is shown as they were."""

import pytest

from consent import measures
from consent.measures import Against
from lifeevents import snapshots
from lifeevents.finishing import finish
from tests import makers
from tests.aged import wish
from tests.counter.desk.conftest import at, now, text_of

NEW = ("秘町", "新姓", "シンセイ", "09012340001", "home@example.jp")


def set_up_and_move(yamada, takahashi):
    """花子 is covered against 太郎; then her move arrives, and with it another name."""
    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(yamada.mother, against=against), by=takahashi)
    hers = {"氏名": "新姓　花子", "氏名_フリガナ": "シンセイ　ハナコ", "住所_町字": "秘町五丁目"}
    yamada.mother.record |= hers
    yamada.mother.household_number = "0000009999"
    yamada.mother.save()


@pytest.fixture
def his(yamada, sato, takahashi):
    """太郎's bundle."""
    set_up_and_move(yamada, takahashi)
    agree = ["contact", "insurance", "pension", "child", "tax", "welfare"]
    return makers.make_bundle(yamada.father, sato, agree=agree)


@pytest.mark.parametrize("step", ["identify", "agree", "ask", "check", "sign"])
def test_every_step_is_served_with_the_banner_and_nothing_new_of_her(desk, his, step):
    bundle = at(his, step)

    page = text_of(desk.get(f"/b/{bundle.number}", follow=True))

    assert "支援措置対象 — 住所等を口頭・書面で伝えないでください" in page
    assert "花子" in page
    assert not [word for word in NEW if word in page]


def test_what_is_signed_and_read_back_has_nothing_new_of_her(his, sato):
    finish(his, version=now(his).version, by=sato, leave_open=True)

    content = repr(snapshots.content(now(his), by=sato))

    assert "太郎" in content
    assert "花子" in content
    assert not [word for word in NEW if word in content]


def test_a_snapshot_signed_before_the_measure_reads_as_it_did(yamada, sato, takahashi):
    bundle = makers.make_bundle(yamada.father, sato, agree=["insurance"])
    finish(bundle, version=now(bundle).version, by=sato, leave_open=True)
    before = snapshots.content(now(bundle), by=sato)

    set_up_and_move(yamada, takahashi)

    assert snapshots.content(now(bundle), by=sato)["papers"] == before["papers"]


def test_a_snapshot_is_shut_to_him_once_their_households_are_two(yamada, sato, takahashi):
    bundle = makers.make_bundle(yamada.father, sato, agree=["insurance"])
    finish(bundle, version=now(bundle).version, by=sato, leave_open=True)
    yamada.mother.household_number = "0000009999"
    yamada.mother.save()
    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(yamada.mother, against=against), by=takahashi)

    assert "花子" not in repr(snapshots.content(now(bundle), by=sato))
