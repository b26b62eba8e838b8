"""支援措置: the banner on every step, the address only for a reason and a role."""

from datetime import date

import pytest

from consent.models import AccessEntry, Department
from lifeevents import bundles
from tests.counter.desk.conftest import at, text_of
from tests.makers import make_bundle

BANNER = "支援措置対象 — 住所等を口頭・書面で伝えないでください"
REASON = "本人から住所の確認の申出があったため"


@pytest.fixture
def guarded(hidden, sato):
    """守口's bundle of a birth."""
    return make_bundle(hidden.mother, sato)


def reveal(client, bundle, reason=REASON):
    return client.post(f"/b/{bundle.number}/reveal", {"reason": reason})


@pytest.mark.parametrize("step", ["identify", "agree", "ask", "check", "sign"])
def test_every_step_shows_the_banner_and_no_address(desk, guarded, hidden, step):
    bundle = at(guarded, step)

    text = text_of(desk.get(f"/b/{bundle.number}"))

    assert BANNER in text
    assert hidden.mother.town not in text
    assert "理由を選んで表示" in text


def test_a_clerk_is_told_whom_to_call(desk, guarded):
    text = text_of(desk.get(f"/b/{guarded.number}"))

    assert "表示できるのは窓口責任者だけです" in text


def test_a_clerk_may_not_reveal(desk, guarded):
    assert reveal(desk, guarded).status_code == 403
    assert not AccessEntry.objects.filter(action="reveal").exists()


def test_a_senior_sees_the_address_for_a_reason_that_is_logged(browser, guarded, hidden):
    senior = browser("takahashi")

    reveal(senior, guarded)

    assert hidden.mother.town in text_of(senior.get(f"/b/{guarded.number}"))
    assert {entry.reason for entry in AccessEntry.objects.filter(action="reveal")} == {REASON}


def test_at_a_move_the_senior_sees_where_they_live_now(browser, hidden, takahashi):
    bundle = bundles.start(
        "move_within", hidden.mother.pk, applicant="self", on=date(2026, 11, 22), by=takahashi
    )
    senior = browser("takahashi")
    head = 'class="people-address"'
    assert head not in senior.get(f"/b/{bundle.number}").content.decode()

    reveal(senior, bundle)

    shown = senior.get(f"/b/{bundle.number}").content.decode().partition(head)[2]
    assert hidden.mother.town in shown.partition("</p>")[0]


def test_without_a_reason_nothing_is_shown(browser, guarded, hidden):
    senior = browser("takahashi")

    reveal(senior, guarded, reason="なんとなく")

    assert hidden.mother.town not in text_of(senior.get(f"/b/{guarded.number}"))


def test_another_offices_senior_finds_no_such_bundle(browser, guarded, staff):
    staff["takahashi"].office = Department.objects.get(code="children")
    staff["takahashi"].save()

    assert reveal(browser("takahashi"), guarded).status_code == 404
