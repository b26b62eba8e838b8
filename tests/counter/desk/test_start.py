"""受付をはじめる: which life event, who has come, since when."""

from datetime import date
from uuid import uuid4

import pytest

from lifeevents.models import Bundle
from residents.models import Protection
from tests.counter.desk.conftest import text_of


@pytest.fixture
def chosen(desk, yamada):
    desk.post("/choose", {"ref": yamada.mother.pk, "search_id": uuid4()})
    return yamada.mother


def given(resident, **changes):
    return {
        "ref": resident.pk,
        "token": uuid4(),
        "event": "birth",
        "applicant": "self",
        **changes,
    }


def test_it_shows_whom_was_chosen_and_the_events_of_the_catalogue(desk, chosen):
    text = text_of(desk.get("/start"))

    assert "山田" in text
    assert "出生" in text
    assert "世帯主変更" not in text, "what is only inherited from is not offered"
    assert "１２番３号" not in text


def test_nothing_is_chosen_beforehand(desk, chosen):
    assert "checked" not in desk.get("/start").content.decode()


def test_it_opens_the_bundle(desk, chosen):
    response = desk.post("/start", given(chosen))

    bundle = Bundle.objects.get()
    assert response.url == f"/b/{bundle.number}"
    assert bundle.participants.get(ref=chosen.pk).roles[-1] == "applicant"


def test_a_second_click_finds_the_first_clicks_bundle(desk, chosen):
    form = given(chosen)

    first, second = desk.post("/start", form), desk.post("/start", form)

    assert first.url == second.url
    assert Bundle.objects.count() == 1


def test_an_earlier_day_is_typed_as_people_say_it(desk, chosen):
    desk.post("/start", given(chosen, on="8.11.20"))

    assert Bundle.objects.get().on == date(2026, 11, 20)


def test_twins_are_two_newcomers(desk, chosen):
    desk.post("/start", given(chosen, newcomers="2"))

    keys = Bundle.objects.get().participants.filter(ref=None).values_list("key", flat=True)
    assert set(keys) == {"n1", "n2"}


@pytest.mark.parametrize(
    ("changes", "remedy"),
    [
        ({"event": ""}, "手続を選んでください"),
        ({"applicant": ""}, "どなたが来ているかを選んでください"),
        ({"newcomers": "ふたり"}, "人数を数字で入力してください"),
        ({"on": "きのう"}, "日付は「8.11.1」「令和8年11月1日」のように入力してください"),
    ],
)
def test_what_is_missing_is_said_and_what_was_chosen_stays(desk, chosen, changes, remedy):
    response = desk.post("/start", given(chosen, **changes))

    assert response.status_code == 422
    assert remedy in text_of(response)
    assert str(chosen.pk) in response.content.decode()
    assert not Bundle.objects.exists()


def test_without_a_choice_it_leads_home(desk):
    assert desk.get("/start").url == "/"


def test_a_person_gone_from_the_register_leads_home_with_a_sentence(desk, chosen):
    response = desk.post("/start", given(chosen, ref=uuid4()), follow=True)

    assert "もう一度さがしてください" in text_of(response)


def test_a_protected_person_is_announced_before_anything_opens(desk, hidden):
    desk.post("/choose", {"ref": hidden.mother.pk, "search_id": uuid4()})

    text = text_of(desk.get("/start"))

    assert "支援措置対象 — 住所等を口頭・書面で伝えないでください" in text
    assert hidden.mother.town not in text


@pytest.mark.parametrize("who", ["mother", "child"])
def test_it_says_that_the_period_of_a_measure_has_passed(desk, hidden, who):
    """Also to whoever serves someone who lives with the protected person."""
    desk.post("/choose", {"ref": getattr(hidden, who).pk, "search_id": uuid4()})
    assert "期間が過ぎていますが" not in text_of(desk.get("/start"))
    Protection.objects.update(ends_on=date(2020, 1, 1))

    assert "期間が過ぎていますが、解除の連絡があるまで続きます" in text_of(desk.get("/start"))


def test_choosing_a_child_is_pointed_out(desk, yamada):
    desk.post("/choose", {"ref": yamada.child.pk, "search_id": uuid4()})

    assert "親を選んで" in text_of(desk.get("/start"))


def test_choosing_a_grown_up_is_not(desk, chosen):
    assert "親を選んで" not in text_of(desk.get("/start"))
