"""新しく来た人: 転入 at the desk, from nobody known to a family read from 転出証明書."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from lifeevents import bundles
from lifeevents.models import Bundle
from tests import makers
from tests.counter.desk.conftest import now, text_of
from tests.makers import date, make_household

TABLE = (
    "氏名,生年月日,続柄,個人番号,転出前住所\n"
    "転入　太郎,1986-05-10,世帯主,123456789012,東京都杉並区清水1-9-9\n"
    "転入　一郎,2017-07-01,長男,123456789013,\n"
)


@pytest.fixture
def arrival(sato):
    """A 転入 begun for one person nobody knows."""
    return bundles.start("move_in", None, applicant="self", on=date(2026, 11, 22), by=sato)


def newcomers(bundle):
    return list(bundle.participants.filter(ref=None).values_list("key", flat=True))


def test_it_is_reached_from_the_home_screen_and_from_a_search_without_hits(desk):
    assert "/newcomers" in desk.get("/").content.decode()
    found = desk.post("/search", {"q": "ムメイ", "search_id": uuid4()})
    assert "新しく来た人" in text_of(found)


def test_it_starts_without_anyone_of_the_register(desk):
    response = desk.post(
        "/newcomers",
        {"token": uuid4(), "event": "move_in", "applicant": "self", "newcomers": "3"},
    )

    bundle = Bundle.objects.get()
    assert response.url == f"/b/{bundle.number}"
    assert newcomers(bundle) == ["n1", "n2", "n3"]
    assert bundle.participants.get(key="n1").roles == ["subjects", "mover", "applicant"]
    assert "転出証明書" in text_of(desk.get(response.url))


def test_what_is_missing_is_said(desk):
    response = desk.post("/newcomers", {"token": uuid4(), "event": "move_in"})

    assert response.status_code == 422
    assert "どなたが来ているかを選んでください" in text_of(response)


def test_people_are_added_and_taken_out_again_but_not_the_last(desk, arrival):
    desk.post(f"/b/{arrival.number}/newcomers/add", {"version": 0})
    assert newcomers(arrival) == ["n1", "n2"]

    desk.post(f"/b/{arrival.number}/newcomers/n1/out", {"version": 1})
    assert newcomers(arrival) == ["n2"]
    assert "applicant" in arrival.participants.get(key="n2").roles

    answer = desk.post(f"/b/{arrival.number}/newcomers/n2/out", {"version": 2}, follow=True)
    assert "最後の1人は外せません" in text_of(answer)
    assert newcomers(arrival) == ["n2"]


@pytest.mark.parametrize("uploaded", [False, True])
def test_a_certificate_fills_the_newcomers_and_drops_their_numbers(desk, arrival, uploaded):
    sent = {"version": 0, "table": TABLE}
    if uploaded:
        file = SimpleUploadedFile("表.csv", TABLE.encode("cp932"))
        sent = {"version": 0, "file": file, "encoding": "cp932"}

    page = text_of(desk.post(f"/b/{arrival.number}/newcomers/certificate", sent, follow=True))

    assert "2人を読み込みました" in page
    assert "個人番号の列は、読み込まずに捨てました" in page
    names = arrival.answers.filter(fact="name").order_by("subject")
    assert [each.value for each in names] == ["転入　太郎", "転入　一郎"]
    assert arrival.answers.get(subject="bundle", fact="old_address").value.startswith("東京都")
    assert not [each for each in arrival.answers.all() if "12345678901" in str(each.value)]


def test_what_is_no_certificate_changes_nothing(desk, arrival):
    page = desk.post(
        f"/b/{arrival.number}/newcomers/certificate",
        {"version": 0, "table": "こんにちは"},
        follow=True,
    )

    assert "「氏名」などの項目名がある表" in text_of(page)
    assert now(arrival).version == 0


def test_a_stale_page_adds_nobody(desk, arrival):
    desk.post(f"/b/{arrival.number}/newcomers/add", {"version": 0})
    desk.post(f"/b/{arrival.number}/newcomers/add", {"version": 0})

    assert newcomers(arrival) == ["n1", "n2"]


def test_another_office_may_not_add_anyone(browser, arrival):
    response = browser("suzuki").post(f"/b/{arrival.number}/newcomers/add", {"version": 0})

    assert response.status_code == 404
    assert newcomers(arrival) == ["n1"]


def test_whoever_moves_is_ticked_and_one_always_stays(desk, yamada, sato):
    bundle = bundles.start(
        "move_within", yamada.mother.pk, applicant="self", on=date(2026, 11, 22), by=sato
    )
    page = desk.get(f"/b/{bundle.number}").content.decode()
    assert page.count("taking-part/") == 6

    for version, key in enumerate(["p1", "p3"]):
        sent = {"version": version, "taking_part": "no"}
        desk.post(f"/b/{bundle.number}/taking-part/{key}", sent)

    page = desk.get(f"/b/{bundle.number}").content.decode()
    assert "taking-part/p2" not in page


def test_nobody_reports_their_own_death(desk, ledgers):
    father, *_others = make_household()
    desk.post("/choose", {"ref": father.pk, "search_id": uuid4()})
    sent = {"ref": father.pk, "token": uuid4(), "event": "death", "applicant": "self"}

    refused = desk.post("/start", sent)
    desk.post("/start", {**sent, "applicant": "household"})

    assert refused.status_code == 422
    assert "来ている方を選んでください" in text_of(refused)
    assert Bundle.objects.get().participants.get(key="p2").roles == ["spouse", "applicant"]


def test_from_abroad_nobody_is_asked_for_a_certificate_of_moving_out(desk, sato):
    here = bundles.start("move_in", None, applicant="self", on=date(2026, 11, 22), by=sato)
    abroad = bundles.start("move_in_abroad", None, applicant="self", on=date(2026, 11, 22), by=sato)

    assert "転出証明書" in text_of(desk.get(f"/b/{here.number}"))
    page = text_of(desk.get(f"/b/{abroad.number}"))
    assert "もう1人加える" in page
    assert "転出証明書" not in page


def test_from_abroad_the_stamps_and_the_register_are_asked_first(desk, sato):
    abroad = bundles.start("move_in_abroad", None, applicant="self", on=date(2026, 11, 22), by=sato)
    bundles.identify(abroad, version=abroad.version, method="card", documents=["passport"], by=sato)
    bundles.agree(abroad, [], version=abroad.version, by=sato)

    sitting = desk.get(f"/b/{abroad.number}").context["sitting"]
    asked = {each.fact for each in sitting.questions}
    assert {"entry_stamped", "register_in_town", "old_address"} <= asked
    assert not {"planned_move_on", "old_head"} & asked


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("一郎", "転入　一郎"), ("転入　一郎", "転入　一郎"), ("別　一郎", "別　一郎")],
)
def test_who_arrives_along_mostly_has_the_same_family_name(desk, sato, typed, kept):
    day = date(2026, 11, 22)
    bundle = makers.bundles.start(
        "move_in", None, applicant="self", on=day, by=sato, newcomers=["n1", "n2"]
    )
    makers.replies.answer(bundle, {("n1", "name"): "転入　太郎"}, version=0, by=sato)
    bundles.go_to(bundle, "ask", version=1, by=sato)
    card = desk.get(f"/b/{bundle.number}").context["card"]

    sent = {"n2:name": typed, "n2:name:family": "転入", "n2:name:may_differ": "yes"}
    desk.post(f"/b/{bundle.number}/answer", {"version": 2, "asked": "n2:name", **sent})

    assert {each.family for each in card.fields if each.name.endswith(":name")} == {"転入"}
    assert now(bundle).answers.get(subject="n2", fact="name").value == kept
