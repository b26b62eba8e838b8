"""支援措置: the banner on every step, the address only for a reason and a role."""

from datetime import date

import pytest

from consent.models import AccessEntry, Department
from lifeevents import bundles
from lifeevents.finishing import finish
from tests.counter.desk.conftest import at, now, text_of
from tests.makers import make_bundle

BANNER = "支援措置対象 — 住所等を口頭・書面で伝えないでください"
REASON = "本人から住所の確認の申出があったため"


@pytest.fixture
def guarded(hidden, sato):
    """守口's bundle of a birth."""
    return make_bundle(hidden.mother, sato)


def reveal(client, bundle, reason=REASON, **ticked):
    sent = {"reason": reason, **(ticked or {"caution": "yes"})}
    return client.post(f"/b/{bundle.number}/reveal", sent)


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


def test_without_the_tick_nothing_is_shown(browser, guarded, hidden):
    senior = browser("takahashi")

    reveal(senior, guarded, caution="")

    assert hidden.mother.town not in text_of(senior.get(f"/b/{guarded.number}"))


def confirmed():
    """What was confirmed, oldest first, with whom it was about."""
    entries = AccessEntry.objects.filter(action="protect").order_by("at")
    return [(each.reason, each.subjects.count()) for each in entries]


def test_each_kind_of_action_takes_a_tick_that_is_logged(desk, hidden, sato):
    """R5: before speaking, before the contents are shown, before papers are handed over."""
    bundle = bundles.start(
        "birth", hidden.mother.pk, applicant="self", on=date(2026, 11, 22), by=sato
    )
    address = f"/b/{bundle.number}"
    assert 'name="caution"' in desk.get(address).content.decode()
    sent = {"version": now(bundle).version, "documents": ["individual_number_card"]}
    refused = desk.post(f"{address}/identify", sent)
    assert (refused.status_code, now(bundle).step) == (422, "identify")
    assert "確認して、印を付けてください" in text_of(refused)
    desk.post(f"{address}/identify", {**sent, "caution": "yes"})
    assert now(bundle).step == "agree"
    assert confirmed() == [("口頭・画面の確認", 1)]


def test_the_contents_are_signed_and_the_papers_printed_after_a_tick_each(desk, guarded, sato):
    bundle, address = at(guarded, "sign"), f"/b/{guarded.number}"
    sent = {"version": bundle.version, "confirmed": "yes"}
    assert desk.post(f"{address}/finish", sent).status_code == 422
    assert confirmed() == []
    desk.post(f"{address}/finish", {**sent, "caution": "yes"})
    finish(guarded, version=now(guarded).version, by=sato, leave_open=True)

    assert 'name="caution"' in desk.get(address).content.decode()
    assert desk.get(f"{address}/papers.pdf").status_code == 302
    assert not AccessEntry.objects.filter(action="print").exists()
    printed = desk.get(f"{address}/papers.pdf", {"caution": "yes"})

    assert printed["Content-Type"] == "application/pdf"
    assert confirmed() == [("申請の内容を見せる前の確認", 1), ("書類を渡す前の確認", 1)]


def test_where_nobody_is_protected_nothing_is_to_be_ticked(desk, yamada, sato):
    bundle = make_bundle(yamada.mother, sato)
    for step in ("identify", "sign"):
        page = desk.get(f"/b/{at(bundle, step).number}").content.decode()
        assert 'name="caution"' not in page


def test_another_offices_senior_finds_no_such_bundle(browser, guarded, staff):
    staff["takahashi"].office = Department.objects.get(code="children")
    staff["takahashi"].save()

    assert reveal(browser("takahashi"), guarded).status_code == 404
