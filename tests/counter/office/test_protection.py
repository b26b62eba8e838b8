"""支援措置 in the office: searched, entered on one screen, extended, ended by two; the desk sees it."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consent import disclosure, door, engagements, measure_ends, measures
from consent.models import AccessEntry, Account, Measure
from consent.sealing import unseal
from lifeevents import bundles
from residents.facts import Known, Reason, Unknown
from residents.models import ManualProtection
from tests import makers
from tests.aged import wish
from tests.entering import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(staff):
    def sign_in(username):
        return signed_in(staff[username])

    return sign_in


@pytest.fixture
def officer(client_of):
    return client_of("takahashi")


@pytest.fixture
def second(client_of):
    return client_of("kato")


def url(name, *args):
    return reverse(f"office:{name}", args=args)


def text(response):
    page = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", page)


def entered(officer, resident, against=(), **changes):
    """Search, choose and send the form as the page holds it; the answer to the last."""
    found = officer.post(url("protection_find"), {"query": resident.number})
    assert resident.name in re.sub("</?span[^>]*>", "", found.content.decode())
    officer.post(url("protection_choose"), {"ref": str(resident.pk)})
    page = officer.get(url("protection_new")).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page).group(1)
    together = re.findall(r'name="together" value="([^"]+)"', page)
    for place, each in zip(("a1", "a2"), against, strict=False):
        changes |= search_for(officer, place, each)
    sent = {
        "token": token,
        "together": together,
        "kind": "1",
        "starts_on": "8.11.22",
        "cause": "violence",
        "opinion": "police",
        "scopes": ["viewing", "certificate"],
        "numbers": "",
        "a1_name": "相手　次郎",
        **changes,
    }
    return officer.post(url("protection_new"), sent, follow=True)


def search_for(officer, place, resident, **changes):
    """Search the 相手方 from the entry, and choose them; what is then to be sent of them."""
    sent = {f"{place}_query": resident.number, "find": place, "cause": "stalking", **changes}
    answer = officer.post(url("protection_new"), sent)
    assert answer.status_code == 200
    assert f'value="{resident.pk}"' in answer.content.decode()
    assert re.search('value="stalking"[^>]*checked', answer.content.decode())
    return {f"{place}_ref": str(resident.pk)}


def test_an_entry_on_one_screen_masks_at_once_and_the_desk_sees_the_banner(
    officer, client_of, yamada, sato
):
    bundle = makers.make_bundle(yamada.mother, sato)
    desk = client_of("sato")
    assert "支援措置対象 —" not in text(desk.get(f"/b/{bundle.number}"))

    answer = entered(officer, yamada.mother)

    measure = Measure.objects.get()
    assert answer.redirect_chain == [(url("measure", measure.pk), 302)]
    assert measures.standing_for(measure)[0] == yamada.mother.pk
    assert {*measures.standing_for(measure)} == {
        yamada.mother.pk, yamada.father.pk, yamada.child.pk,
    }  # fmt: skip
    assert (measure.starts_on, measure.ends_on) == (date(2026, 11, 22), date(2027, 11, 21))
    assert "相手 次郎" in text(answer).replace("\u3000", " ")
    page = text(desk.get(f"/b/{bundle.number}"))
    assert "支援措置対象 —" in page
    assert "北進町" not in page


def test_a_second_click_enters_nothing_more(officer, yamada):
    answer = entered(officer, yamada.mother)
    assert answer.status_code == 200
    measure = Measure.objects.get()

    again = measures.set_up(wish(yamada.mother), by=actor(officer), token=measure.pk)

    assert again == measure
    assert ManualProtection.objects.count() == 3


def actor(client):
    from consent.actors import actor_of  # noqa: PLC0415
    from consent.models import Account  # noqa: PLC0415

    account = Account.objects.get(pk=client.session["_auth_user_id"])
    return actor_of(account, terminal="", channel="office")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"opinion": ""}, "仮支援措置にします"),
        ({"a1_name": ""}, "相手方を台帳からさがすか"),
        ({"numbers": "9999999999"}, "見つかりません"),
        ({"starts_on": "いつか"}, "日付は"),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_nothing_is_entered(
    changes, said, officer, yamada
):
    answer = entered(officer, yamada.mother, **changes)

    assert answer.status_code == 422
    assert said in text(answer)
    assert not Measure.objects.exists()


def test_someone_protected_is_not_the_other_party(officer, yamada):
    answer = entered(officer, yamada.mother, against=[yamada.child])

    assert "相手方にできません" in text(answer)


def test_the_other_party_is_searched_through_the_door_and_others_are_covered_too(
    officer, yamada, katsuragi
):
    entered(
        officer, yamada.mother, against=[yamada.father], together=[],
        numbers=f"{katsuragi.mother.number}", a1_name="",
    )  # fmt: skip

    measure = Measure.objects.get()
    assert measures.standing_for(measure) == [yamada.mother.pk, katsuragi.mother.pk]
    party = measure.adverse.get()
    assert party.ref == yamada.father.pk
    assert unseal(party.sealed)["name"] == "山田　太郎"
    found = AccessEntry.objects.filter(action="search", subjects__ref=yamada.father.pk)
    assert {entry.channel for entry in found} == {"office"}


@pytest.mark.parametrize(
    ("meant", "bound", "status"),
    [("-", False, 200), ("", False, 422), ("{other}", False, 422), ("{father}", True, 200)],
)
def test_only_who_was_found_can_be_meant(meant, bound, status, officer, yamada, katsuragi):
    meant = meant.format(father=yamada.father.pk, other=katsuragi.mother.pk)
    officer.post(url("protection_choose"), {"ref": str(yamada.mother.pk)})
    search_for(officer, "a1", yamada.father)

    answer = officer.post(url("protection_new"), {**FILLED, "a1_ref": meant}, follow=True)

    assert answer.status_code == status
    assert Measure.objects.filter(adverse__ref=yamada.father.pk).exists() is bound


FILLED = {
    "token": "6f0f3b52-7f0e-4d3c-9a9c-0c3f5f1f2a11",
    "kind": "1",
    "starts_on": "8.11.22",
    "cause": "violence",
    "opinion": "police",
    "scopes": ["viewing"],
    "numbers": "",
    "a1_name": "相手　次郎",
}


def test_what_was_typed_to_search_is_searched_before_anything_is_entered(officer, yamada):
    """Enter in the search box sends the whole form: it must not be what enters the measure."""
    officer.post(url("protection_choose"), {"ref": str(yamada.mother.pk)})

    answer = officer.post(url("protection_new"), {**FILLED, "a2_query": "ソンザイシナイ"})

    assert "見つかりません" in text(answer)
    assert not Measure.objects.exists()
    assert "相手 次郎" in answer.content.decode().replace("\u3000", " ")


def test_it_ends_by_two_people_only(officer, second, yamada):
    entered(officer, yamada.mother, together=[])
    pk = Measure.objects.get().pk
    end = {"leaving": [str(yamada.mother.pk)], "ending": "wish"}
    unproved = officer.post(url("measure_end", pk), end)
    assert (unproved.status_code, "本人と確かめたか" in text(unproved)) == (422, True)
    officer.post(url("measure_end", pk), end | {"verified": "in_person"})

    assert "依頼した人は確認できません" in text(officer.get(url("measure", pk)))
    assert officer.post(url("measure_confirm", pk)).status_code == 403
    answer = second.post(url("measure_confirm", pk), follow=True)

    assert "に終わります" in text(answer)
    assert ManualProtection.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=73), tick=False):
        measure_ends.lift_due()
    assert "終了した" in text(second.get(url("measure", pk)))
    assert not ManualProtection.objects.exists()


def test_an_end_is_withdrawn_and_asked_for_with_a_reason(officer, second, yamada):
    entered(officer, yamada.mother, together=[])
    pk = Measure.objects.get().pk
    assert officer.post(url("measure_end", pk), {"ending": "wish"}).status_code == 422
    officer.post(url("measure_end", pk), {"leaving": [str(yamada.mother.pk)], "ending": "mistake"})

    answer = second.post(url("measure_withdraw", pk), follow=True)

    assert "取り下げました" in text(answer)
    again = second.post(url("measure_withdraw", pk), follow=True)
    assert "いまはその操作ができません" in text(again)


def test_what_runs_out_or_has_run_out_is_listed_whoever_sent_it(officer, yamada, katsuragi):
    today = timezone.localdate()
    makers.make_protection(katsuragi.mother, ends_on=today - timedelta(days=3))
    makers.make_protection(katsuragi.father, ends_on=today + timedelta(days=60))
    measures.set_up(wish(yamada.mother, starts_on=today - timedelta(days=350)), by=actor(officer))

    page = text(officer.get(url("protection")))

    assert "葛󠄀城 恵" in page.replace("\u3000", " ")
    assert "葛󠄀城 誠" not in page.replace("\u3000", " ")
    assert "猶予は令和" in page
    assert "まで（続いています）" in page
    assert "延長できる期間" in page
    entry = AccessEntry.objects.filter(action="protect", reason="一覧").get()
    assert {row.ref for row in entry.subjects.all()} == {katsuragi.mother.pk, yamada.mother.pk}

    officer.post(url("measure_extend", Measure.objects.get().pk))
    assert "延長できる期間" not in text(officer.get(url("protection")))


def test_a_provisional_one_is_decided_by_another(officer, second, yamada):
    entered(officer, yamada.mother, together=[], kind="2", opinion="")
    pk = Measure.objects.get().pk
    assert "仮支援措置期間中" in text(officer.get(url("measure", pk)))

    assert officer.post(url("measure_decide", pk), {"opinion": "center"}).status_code == 403
    assert "登録した人は決定できません" in text(officer.get(url("measure", pk)))
    assert second.post(url("measure_decide", pk), {"opinion": ""}).status_code == 422
    second.post(url("measure_decide", pk), {"opinion": "center"})

    assert Measure.objects.get().kind == "1"


def test_the_other_party_who_came_into_the_register_later_is_linked(
    officer, yamada, katsuragi, sato
):
    entered(officer, yamada.mother, together=[])
    pk, him = Measure.objects.get().pk, katsuragi.father
    ground = engagements.begin("trial", [him.pk, yamada.mother.pk], reference="", by=sato).pk
    both = [him.pk, yamada.mother.pk]
    seen = door.open(both, engagement=ground, by=sato)[yamada.mother.pk].facts["name"]
    assert isinstance(seen, Known)
    found = officer.post(url("measure_against", pk), {"more-query": him.number}).content.decode()
    assert f'value="{him.pk}"' in found
    search_id = re.search('name="more-search_id" value="([^"]+)"', found).group(1)
    chosen = {"more-search_id": search_id, "more-ref": str(him.pk), "more-relation": "元夫"}
    assert officer.post(url("measure_against", pk), {"more-name": ""}).status_code == 422

    answer = officer.post(url("measure_against", pk), chosen, follow=True)

    assert "元夫" in text(answer)
    party = Measure.objects.get().adverse.get(ref=him.pk)
    assert unseal(party.sealed)["number"] == him.number
    seen = door.open(both, engagement=ground, by=sato)[yamada.mother.pk].facts["name"]
    assert seen == Unknown(Reason.PROTECTED)
    herself = {**chosen, "more-ref": str(yamada.mother.pk)}
    officer.post(url("measure_against", pk), herself)
    assert Measure.objects.get().adverse.count() == 2


def test_the_safe_contact_is_shown_when_asked_for_after_a_fresh_code(officer, second, yamada):
    entered(officer, yamada.mother, c_channel="phone", c_to="09055556666", c_code_word="白樺")
    pk = Measure.objects.get().pk
    assert "09055556666" not in text(second.get(url("measure", pk)))

    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        asked = second.post(url("measure_contact", pk), {"caution": "yes"})
        assert "09055556666" not in text(asked)
    unticked = officer.post(url("measure_contact", pk))
    assert (unticked.status_code, "09055556666" in text(unticked)) == (422, False)
    shown = text(officer.post(url("measure_contact", pk), {"caution": "yes"}))

    assert "09055556666" in shown
    assert AccessEntry.objects.filter(reason="安全な連絡先の閲覧").count() == 1
    officer.post(url("measure_set_contact", pk), {"channel": "center", "to": "相談センター"})
    assert measures.contact_of(Measure.objects.get())["to"] == "相談センター"


def test_a_transfer_is_noted_listed_and_answered(officer, yamada):
    entered(officer, yamada.mother)
    pk, today = Measure.objects.get().pk, timezone.localdate()
    sent = {"direction": "out", "municipality": "網走市", "on": today.isoformat()}
    to_come = (today + timedelta(days=1)).isoformat()
    assert officer.post(url("measure_transfer", pk), {**sent, "on": to_come}).status_code == 422
    assert (
        officer.post(url("measure_transfer", pk), {**sent, "municipality": ""}).status_code == 422
    )

    officer.post(url("measure_transfer", pk), sent)

    assert "受領の確認がまだの転送" in text(officer.get(url("protection")))
    transfer = Measure.objects.get().transfers.get()
    officer.post(url("measure_answer", pk, transfer.pk), {"on": to_come})
    assert "受領の確認を待つ" in text(officer.get(url("measure", pk)))
    officer.post(url("measure_answer", pk, transfer.pk), {"on": today.isoformat()})
    assert "に受領を確認した" in text(officer.get(url("measure", pk)))
    assert "受領の確認がまだの転送" not in text(officer.get(url("protection")))


@pytest.mark.parametrize("username", ["sato", "admin", "operator"])
def test_nobody_else_gets_in(username, client_of, yamada, officer):
    entered(officer, yamada.mother)
    client, pk = client_of(username), Measure.objects.get().pk

    for name in ("protection", "protection_new"):
        assert client.get(url(name)).status_code == 403
    assert client.get(url("measure", pk)).status_code == 403
    assert client.post(url("measure_extend", pk)).status_code == 403
    assert client.post(url("protection_find"), {"query": "ヤマダ"}).status_code == 403


def test_the_way_there_stands_on_the_home_of_those_who_may(officer, client_of):
    assert url("protection") in officer.get("/").content.decode()
    assert url("protection") not in client_of("sato").get("/").content.decode()


def test_the_applicants_own_page_after_a_bundle_is_still_served(officer, yamada, sato, today):
    entered(officer, yamada.mother)

    bundle = bundles.start("birth", yamada.mother.pk, applicant="self", on=today, by=sato)

    assert bundle.participants.count() >= 3


def test_the_adverse_partys_own_record_tells_nothing_of_it(officer, yamada, katsuragi):
    """相手方 of the same household and of another one: before, while and after the measure is entered."""
    told = {
        each: Account.objects.create(username=f"r-{each.number}", kind="resident", ref=each.pk)
        for each in (yamada.father, katsuragi.mother)
    }

    def records():
        return [disclosure.of(who.pk, account_id=account.pk) for who, account in told.items()]

    before = records()
    officer.post(url("protection_find"), {"query": yamada.father.number})
    officer.post(url("protection_choose"), {"ref": str(yamada.mother.pk)})
    officer.get(url("protection_new"))
    assert records() == before
    against = [katsuragi.mother, yamada.father]
    entered(officer, yamada.mother, against=against, together=[])

    assert Measure.objects.get().adverse.count() == 2
    assert AccessEntry.objects.filter(subjects__ref=katsuragi.mother.pk).exists()
    assert records() == before


def test_a_measure_the_core_sent_says_that_its_other_party_is_unknown_and_takes_one(
    officer, yamada, katsuragi, sato
):
    makers.make_protection(yamada.mother, ends_on=date(2027, 3, 31))
    makers.make_protection(yamada.child)
    board = text(officer.get(url("protection")))
    assert "2人に連携されています" in board
    assert "相手方がわからない 2人" in board
    listed = officer.get(url("protection_sent"))
    assert text(listed).count("わからない") >= 2
    asked = officer.post(url("protection_take_up"), {"ref": str(yamada.mother.pk)})
    assert re.findall('value="([^"]+)"[^>]*checked', asked.content.decode()) == [
        str(yamada.child.pk)
    ]
    chosen = {"ref": str(yamada.mother.pk), "asked": "1", "together": [str(yamada.child.pk)]}

    page = officer.post(url("protection_take_up"), chosen, follow=True)

    assert "基幹システムからの連携" in text(page)
    assert "令和9年3月31日" in text(page)
    assert "延長と措置の終了は、基幹システムで行います" in text(page)
    assert "わかりません。連携では届きません" in text(page)
    pk, him = Measure.objects.get().pk, katsuragi.father
    officer.post(url("measure_against", pk), {"more-name": "相手　次郎"})
    found = officer.post(url("measure_against", pk), {"more-query": him.number}).content.decode()
    search_id = re.search('name="more-search_id" value="([^"]+)"', found).group(1)
    meant = {"more-search_id": search_id, "more-ref": str(him.pk)}
    officer.post(url("measure_against", pk), meant)
    ground = engagements.begin("trial", [him.pk, yamada.child.pk], reference="", by=sato).pk
    seen = door.open([him.pk, yamada.child.pk], engagement=ground, by=sato)
    assert seen[yamada.child.pk].facts["name"] == Unknown(Reason.PROTECTED)
    assert "相手方がわからない" not in text(officer.get(url("protection")))


def test_one_the_core_did_not_send_is_not_taken_up(officer, client_of, yamada):
    for ref in (str(yamada.mother.pk), "nobody"):
        answer = officer.post(url("protection_take_up"), {"ref": ref}, follow=True)
        assert answer.status_code == 200
    assert not Measure.objects.exists()
    assert client_of("sato").get(url("protection_sent")).status_code == 403
    assert client_of("sato").post(url("protection_take_up")).status_code == 403
