"""A lost phone takes two people, and the database knows it too."""

import pytest
from django.db import IntegrityError, transaction

from consent import factor_reset, factors
from consent.factor_reset import MayNotReset
from consent.models import Account, FactorReset
from tests.conftest import _actor
from tests.entering import signed_in

pytestmark = pytest.mark.django_db
WHY = "端末を紛失したため"


@pytest.fixture
def first(staff):
    return _actor(staff["admin"])


@pytest.fixture
def second(staff):
    return _actor(staff["admin2"])


@pytest.fixture
def asked(first):
    return factor_reset.ask("sato", WHY, by=first)


def test_the_second_person_takes_the_factors_away_and_ends_the_sessions(staff, asked, second):
    inside, colleague = signed_in(staff["sato"]), signed_in(staff["suzuki"])

    factor_reset.confirm(asked.pk, by=second)

    assert not factors.is_enrolled(staff["sato"])
    assert factors.is_enrolled(staff["suzuki"])
    assert inside.get("/keys").url == "/login?next=/keys"
    assert colleague.get("/keys").status_code == 200
    kept = FactorReset.objects.get()
    assert (kept.asked_by, kept.decided_by) == (staff["admin"], staff["admin2"])
    assert kept.confirmed
    assert kept.decided_at
    with pytest.raises(FactorReset.DoesNotExist):
        factor_reset.confirm(asked.pk, by=second)


def test_who_asked_does_not_confirm(asked, first, staff):
    with pytest.raises(MayNotReset):
        factor_reset.confirm(asked.pk, by=first)
    assert factors.is_enrolled(staff["sato"])


def test_nobody_decides_about_themselves(staff, first, second):
    with pytest.raises(MayNotReset):
        factor_reset.ask("admin", WHY, by=first)
    about_second = factor_reset.ask("admin2", WHY, by=first)
    with pytest.raises(MayNotReset):
        factor_reset.confirm(about_second.pk, by=second)


@pytest.mark.parametrize("who", ["sato", "takahashi"])
def test_who_serves_people_neither_asks_nor_confirms(staff, asked, who):
    with pytest.raises(MayNotReset):
        factor_reset.ask("suzuki", WHY, by=_actor(staff[who]))
    with pytest.raises(MayNotReset):
        factor_reset.confirm(asked.pk, by=_actor(staff[who]))


def test_a_dropped_request_changes_nothing_and_another_may_follow(staff, asked, first):
    factor_reset.drop(asked.pk, by=first)

    assert factors.is_enrolled(staff["sato"])
    assert factor_reset.ask("sato", WHY, by=first).pk != asked.pk


def test_asking_twice_is_asking_once(asked, second):
    assert factor_reset.ask("sato", "ほかの理由", by=second) == asked


def test_residents_have_nothing_to_reset(staff, first):
    Account.objects.create(username="r-1", kind="resident")

    with pytest.raises(Account.DoesNotExist):
        factor_reset.ask("r-1", WHY, by=first)


@pytest.mark.parametrize("who", ["admin", "sato", None])
def test_the_database_refuses_a_reset_without_a_second_person(staff, asked, who):
    asked.confirmed, asked.decided_by = True, staff.get(who)

    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save()


def test_the_page_leads_through_both_steps(staff):
    first, second = signed_in(staff["admin"]), signed_in(staff["operator"])
    first.post("/entry/staff/ask", {"username": "sato", "reason": WHY})
    pk = FactorReset.objects.get().pk

    assert WHY in second.get("/entry/staff").content.decode()
    assert first.post(f"/entry/staff/{pk}/confirm").status_code == 403
    assert second.post(f"/entry/staff/{pk}/confirm").url == "/entry/staff"
    assert not factors.is_enrolled(staff["sato"])


@pytest.mark.parametrize("given", [{"reason": WHY}, {"username": "sato"}])
def test_the_page_says_what_is_missing(staff, given):
    assert signed_in(staff["admin"]).post("/entry/staff/ask", given).status_code == 422
