"""すでにある世帯に入る: the household that is moved into, found by the search box."""

from uuid import uuid4

import pytest

from lifeevents import bundles
from tests.counter.desk.conftest import now, text_of
from tests.makers import date


@pytest.fixture
def moving(yamada, sato):
    on = date(2026, 11, 22)
    return bundles.start("move_within", yamada.mother.pk, applicant="self", on=on, by=sato)


def confirm(desk, bundle, resident, **changes):
    given = {"ref": resident.pk, "confirmed": "yes", "version": now(bundle).version, **changes}
    return desk.post(f"/b/{bundle.number}/join", given, follow=True)


def joined(bundle):
    return bundle.participants.filter(roles__contains=["joined"]).count()


def test_the_search_box_leads_to_the_household_and_not_to_another_visit(desk, moving, yoshida):
    page = desk.get(f"/b/{moving.number}/join").content.decode()
    assert f'name="joining" value="{moving.number}"' in page

    found = desk.post("/search", {"q": "ヨシダ", "search_id": uuid4(), "joining": moving.number})
    assert f'action="/b/{moving.number}/join"' in found.content.decode()

    asked = desk.post(f"/b/{moving.number}/join", {"ref": yoshida.mother.pk, "search_id": uuid4()})
    assert "加わる世帯の住所と世帯主を確かめるため" in text_of(asked)
    assert joined(moving) == 0, "nothing is opened before it is confirmed"

    text = text_of(confirm(desk, moving, yoshida.mother))
    assert "次の方の世帯に加わります" in text
    assert joined(moving) == 3


def test_it_can_be_taken_back(desk, moving, yoshida):
    confirm(desk, moving, yoshida.mother)

    version = {"version": now(moving).version}
    text = text_of(desk.post(f"/b/{moving.number}/leave", version, follow=True))

    assert "新しい世帯をつくります" in text
    assert joined(moving) == 0


def test_their_own_household_is_refused_with_what_to_do(desk, moving, yamada):
    assert "別の世帯の方を選んでください" in text_of(confirm(desk, moving, yamada.child))


def test_a_protected_household_is_announced_and_its_place_not_shown(desk, moving, hidden):
    asked = desk.post(f"/b/{moving.number}/join", {"ref": hidden.mother.pk, "search_id": uuid4()})

    assert "支援措置対象 — 住所等を口頭・書面で伝えないでください" in text_of(asked)
    assert "秘町" not in text_of(asked)
    assert "秘町" not in text_of(confirm(desk, moving, hidden.mother))


def test_where_nobody_moves_nothing_is_offered(desk, bundle):
    assert "すでにある世帯に入る" not in text_of(desk.get(f"/b/{bundle.number}"))


def test_another_office_finds_no_such_bundle(browser, moving, yoshida):
    other = browser("suzuki")

    assert other.get(f"/b/{moving.number}/join").status_code == 404
    assert confirm(other, moving, yoshida.mother).status_code == 404
    query = {"q": "ヨシダ", "search_id": uuid4(), "joining": moving.number}
    assert other.post("/search", query).status_code == 404
