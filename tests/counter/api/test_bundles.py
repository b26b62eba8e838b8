"""A resident's own bundles: theirs, nobody else's, and nothing from the register in them."""

import pytest

from lifeevents.models import Bundle
from tests.counter.api.conftest import make_bundle, signed_in


@pytest.mark.usefixtures("hanakos_bundle")
def test_a_resident_sees_how_far_the_own_bundle_is(hanako):
    answer = signed_in(hanako).get("/api/v1/bundles/B-20261122-0001")

    assert answer.status_code == 200
    shown = answer.json()
    assert shown["name"] == "出生"
    assert shown["state"] == "finished"
    assert [each["procedure"] for each in shown["applications"]] == [
        "birth.report",
        "child.allow",
        "birth.vaccine",
    ]
    assert shown["applications"][0] == {
        "procedure": "birth.report",
        "name": "出生届",
        "department": "住民・戸籍窓口",
        "state": "submitted",
        "deadline": "2026-11-24",
    }


def test_the_list_has_the_own_bundles_newest_first_and_no_others(hanako, tsuyoshi, today):
    make_bundle(hanako, "B-1", today, state=Bundle.State.FINISHED)
    make_bundle(tsuyoshi, "B-2", today)
    make_bundle(hanako, "B-3", today)

    shown = signed_in(hanako).get("/api/v1/bundles").json()

    assert [each["number"] for each in shown["bundles"]] == ["B-3", "B-1"]


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

    with django_assert_max_num_queries(4):
        assert len(client.get("/api/v1/bundles").json()["bundles"]) == 20


def test_nothing_is_kept_in_a_cache_on_the_way(hanako, hanakos_bundle):
    answer = signed_in(hanako).get(f"/api/v1/bundles/{hanakos_bundle.number}")

    assert "no-store" in answer["Cache-Control"]
