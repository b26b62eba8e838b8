"""What residents filed online: what of it is left for a visit, and what stands as it was filed."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import Group

from consent.actors import actor_of
from consent.models import AccessEntry, Account
from lifeevents import bundles, handing_in, newborns, replies
from lifeevents.models import Bundle
from tests import makers
from tests.counter.desk.conftest import at, now, text_of

ACCOUNT = {
    "電話番号_携帯": "09012340001",
    "金融機関名": "見本銀行",
    "支店名": "本店",
    "口座種別": "1",
    "口座番号": "1234567",
    "口座名義人カナ": "ヤマダ　タロウ",
}
AGREED = ["contact", "insurance", "pension", "child", "tax", "welfare"]
SAID = {
    ("bundle", "wants_card"): "no",
    ("bundle", "wants_nursery"): "no",
    ("household", "municipal_housing"): "no",
    ("p2", "birth_weight"): "2980",
    ("p2", "baby_stays_at"): "home",
}


@pytest.fixture
def handed_in(ledgers):
    """What a father alone with his baby hands in; `wants_card` leaves a visit."""

    def handed_in(**said):
        ledger = {"child_allow": {}, "contact": ACCOUNT}
        father, _baby = makers.make_household(
            makers.man("山田　太郎", "ヤマダ　タロウ", "1988-02-10", holds=ledger),
            makers.child("山田　さくら", "ヤマダ　サクラ", "2026-11-15"),
        )
        account = Account.objects.create(username="r-1", kind="resident", ref=father.pk)
        account.groups.add(Group.objects.get(name="resident"))
        by = actor_of(account, terminal="", channel="online")
        day = date(2026, 11, 22)
        found = bundles.start("birth", father.pk, applicant="self", on=day, by=by, channel="online")
        bundles.agree(found, AGREED, version=found.version, by=by)
        newborns.choose(found, "p2", version=found.version, by=by)
        answered = {**SAID, **{("bundle", fact): value for fact, value in said.items()}}
        replies.answer(found, answered, version=found.version, by=by)
        handing_in.hand_in(found, version=found.version, by=by)
        return now(found)

    return handed_in


def test_nobody_is_called_in_for_what_was_filed_as_a_whole(desk, handed_in):
    whole = handed_in()

    home = desk.get("/")
    assert [row.number for row in home.context["complete"]] == [whole.number]
    assert not home.context["waiting"]
    assert "窓口ですることがない申請 1件" in text_of(home)
    asked = desk.post(f"/b/{whole.number}/take-over", follow=True)
    assert asked.redirect_chain[-1][0] == f"/b/{whole.number}/submitted"
    assert "窓口ですることはありません" in text_of(asked)
    assert "児童手当の額改定認定請求" in text_of(asked).partition("オンラインで申請済み")[2]
    assert now(whole).state == Bundle.State.SUBMITTED
    look = AccessEntry.objects.filter(action="look", channel="desk", reference=whole.number)
    assert look.exists()


def test_who_comes_all_the_same_is_served(desk, handed_in):
    whole = handed_in()

    desk.post(f"/b/{whole.number}/take-over", {"anyway": "yes"})

    assert now(whole).state == Bundle.State.OPEN


def test_the_list_says_for_how_much_somebody_comes(desk, handed_in):
    waiting = handed_in(wants_card="yes")

    home = desk.get("/")
    assert not home.context["complete"]
    assert "窓口で 1件" in text_of(home)
    shown = text_of(desk.get(f"/b/{waiting.number}/submitted"))
    left, _, filed = shown.partition("オンラインで申請済み")
    assert "マイナンバーカード" in left
    assert "児童手当の額改定認定請求" in filed


def test_what_was_filed_is_marked_and_not_filed_again(desk, handed_in):
    found = handed_in(wants_card="yes")
    desk.post(f"/b/{found.number}/take-over")

    for step in ("ask", "check"):
        at(now(found), step)
        assert "オンラインで申請済み" in text_of(desk.get(f"/b/{found.number}")), step
    rows = [
        each.row
        for section in desk.get(f"/b/{found.number}").context["sections"]
        for each in (*section["rows"], *section["folded"])
    ]
    closed = [row for row in rows if row.origin == "オンラインで申請済み"]
    assert "contact.bank_number" in {row.fact for row in closed}
    assert not any(row.editable for row in closed)
    assert any(row.fact == "name" and row.editable for row in rows), (
        "it stands on other papers, too"
    )
    at(now(found), "sign")
    applying = desk.get(f"/b/{found.number}").context["applying"]
    assert [each.code for each in applying] == ["my.new"]


def test_what_does_not_wait_has_no_such_page(desk, bundle):
    assert desk.get(f"/b/{bundle.number}/submitted").status_code == 404


def test_who_applied_online_is_served_from_the_counters_identification_on(desk, handed_in):
    found = handed_in(wants_card="yes")
    Bundle.objects.update(started_at=found.started_at - timedelta(days=1))
    desk.post(f"/b/{found.number}/take-over")
    desk.post(
        f"/b/{found.number}/identify",
        {"version": now(found).version, "documents": "individual_number_card"},
    )

    assert desk.get(f"/b/{found.number}").context["minutes"] == 0
