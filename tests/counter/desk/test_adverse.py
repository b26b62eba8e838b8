"""相手方 at the window: every page is served, with the banner, and nothing of who fled from them."""

import pytest

from consent import measures
from consent.measures import Against
from lifeevents import snapshots
from lifeevents.finishing import finish
from tests import makers
from tests.aged import wish
from tests.counter.desk.conftest import at, now, text_of

HERS = ("花子", "ハナコ", "1990", "平成2年", "09012340001", "home@example.jp")


@pytest.fixture
def his(yamada, sato, takahashi):
    """太郎's bundle; 花子, who is still in his household on paper, is covered against him."""
    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(yamada.mother, against=against), by=takahashi)
    agree = ["contact", "insurance", "pension", "child", "tax", "welfare"]
    return makers.make_bundle(yamada.father, sato, agree=agree)


@pytest.mark.parametrize("step", ["identify", "agree", "ask", "check", "sign"])
def test_every_step_is_served_with_the_banner_and_nothing_of_her(desk, his, step):
    bundle = at(his, step)

    page = text_of(desk.get(f"/b/{bundle.number}", follow=True))

    assert "支援措置対象 — 住所等を口頭・書面で伝えないでください" in page
    assert not [word for word in HERS if word in page]


def test_what_is_signed_and_read_back_has_nothing_of_her(his, sato):
    finish(his, version=now(his).version, by=sato, leave_open=True)

    content = snapshots.content(now(his), by=sato)

    assert "太郎" in repr(content)
    assert not [word for word in HERS if word in repr(content)]


def test_a_snapshot_signed_before_the_measure_is_shut_to_him_from_then_on(yamada, sato, takahashi):
    bundle = makers.make_bundle(yamada.father, sato, agree=["insurance"])
    finish(bundle, version=now(bundle).version, by=sato, leave_open=True)
    assert "花子" in repr(snapshots.content(now(bundle), by=sato))

    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(yamada.mother, against=against), by=takahashi)

    assert "花子" not in repr(snapshots.content(now(bundle), by=sato))
