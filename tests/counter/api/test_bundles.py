"""A resident's own bundles: theirs, nobody else's, and through the door where they rest on it."""

import pytest

from consent.models import AccessEntry
from lifeevents.models import Bundle
from tests.counter.api.conftest import make_bundle, signed_in
from tests.makers import make_protection


def test_a_resident_sees_how_far_the_own_bundle_is(hanako, hanakos_bundle):
    answer = signed_in(hanako).get(f"/api/v1/bundles/{hanakos_bundle.number}")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["name"] == "出生"
    assert shown["state"] == "finished"
    filed = {each["procedure"]: each for each in shown["applications"]}
    assert filed["birth.report"] == {
        "procedure": "birth.report",
        "name": "出生届",
        "department": "住民・戸籍窓口",
        "state": "submitted",
        "deadline": "2026-11-30",
    }
    days = [each["deadline"] for each in shown["applications"]]
    assert days == sorted(days, key=lambda day: day or "9999")


def test_the_procedures_of_a_bundle_pass_the_door_and_leave_a_line(hanako, hanakos_bundle, yamada):
    client = signed_in(hanako)
    before = AccessEntry.objects.count()

    client.get("/api/v1/bundles")
    assert AccessEntry.objects.count() == before
    client.get(f"/api/v1/bundles/{hanakos_bundle.number}")

    line = AccessEntry.objects.get(action=AccessEntry.Action.LOOK)
    assert (line.account_id, line.channel) == (hanako.pk, "api")
    assert line.reference == hanakos_bundle.number
    assert yamada.mother.pk in set(line.subjects.values_list("ref", flat=True))


def test_who_came_under_protection_is_told_at_the_counter_and_not_why(
    hanako, hanakos_bundle, yamada
):
    make_protection(yamada.mother)

    shown = signed_in(hanako).get(f"/api/v1/bundles/{hanakos_bundle.number}").json()

    assert shown["applications"] is None
    assert shown["state"] == "finished"
    assert "支援" not in str(shown)


def test_who_left_the_household_is_told_at_the_counter(hanako, hanakos_bundle, yamada):
    yamada.mother.household_number = "9999999"
    yamada.mother.save()

    shown = signed_in(hanako).get(f"/api/v1/bundles/{hanakos_bundle.number}").json()

    assert shown["applications"] is None


def test_the_list_has_the_own_bundles_newest_first_and_no_others(hanako, tsuyoshi, today):
    make_bundle(hanako, "B-1", today, state=Bundle.State.FINISHED)
    make_bundle(tsuyoshi, "B-2", today)
    make_bundle(hanako, "B-3", today)

    shown = signed_in(hanako).get("/api/v1/bundles").json()

    assert [each["number"] for each in shown["bundles"]] == ["B-3", "B-1"]


def test_a_running_bundle_has_no_procedures_yet_and_opens_nothing(hanako, today):
    make_bundle(hanako, "B-1", today)

    assert signed_in(hanako).get("/api/v1/bundles/B-1").json()["applications"] == []
    assert not AccessEntry.objects.exists()


def test_nothing_but_state_and_procedures_is_told(hanako, hanakos_bundle):
    shown = signed_in(hanako).get(f"/api/v1/bundles/{hanakos_bundle.number}").json()

    assert set(shown) == {
        *("number", "event", "name", "channel", "state", "step", "on"),
        *("started_at", "finished_at", "applications"),
    }


def test_anothers_bundle_answers_exactly_as_one_that_does_not_exist(tsuyoshi, hanakos_bundle):
    client = signed_in(tsuyoshi)

    anothers = client.get(f"/api/v1/bundles/{hanakos_bundle.number}")
    nobodys = client.get("/api/v1/bundles/B-20261122-9999")

    assert anothers.status_code == nobodys.status_code == 404
    assert anothers.content == nobodys.content
    for each in (anothers, nobodys):
        del each.headers["Expires"]  # the second it was answered in
    assert anothers.headers.items() == nobodys.headers.items()


@pytest.mark.parametrize("address", ["/api/v1/bundles", "/api/v1/bundles/B-20261122-0001"])
@pytest.mark.usefixtures("hanakos_bundle")
def test_nobody_signed_in_is_asked_to_sign_in(anybody, address):
    answer = anybody.get(address)

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Session")
    assert "サインイン" in answer.json()["remedy"]


@pytest.mark.parametrize("address", ["/api/v1/bundles", "/api/v1/bundles/B-20261122-0001"])
@pytest.mark.usefixtures("hanakos_bundle")
def test_staff_are_sent_away(staff, address):
    answer = signed_in(staff["sato"]).get(address)

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:kakanai:problem:permission-denied"


def test_the_list_asks_as_few_queries_for_many_bundles(
    hanako, today, django_assert_max_num_queries
):
    client = signed_in(hanako)
    for place in range(20):
        make_bundle(hanako, f"B-{place}", today)

    with django_assert_max_num_queries(6):
        assert len(client.get("/api/v1/bundles").json()["bundles"]) == 20


def test_nothing_is_kept_in_a_cache_on_the_way(hanako, hanakos_bundle):
    answer = signed_in(hanako).get(f"/api/v1/bundles/{hanakos_bundle.number}")

    assert "no-store" in answer["Cache-Control"]
