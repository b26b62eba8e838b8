"""The catalogue as an outside program reads it."""

import pytest

pytestmark = pytest.mark.django_db


def test_offered_events_are_listed_with_their_procedures(anybody):
    shown = anybody.get("/api/v1/events").json()

    events = {each["event"]: each for each in shown["events"]}
    assert events["birth"]["name"] == "出生"
    assert "household_change" not in events
    report = events["birth"]["procedures"][0]
    assert report["procedure"] == "birth.report"
    assert report["name"] == "出生届"
    assert report["deadline_text"]
    assert report["documents"]
    inherited = {each["procedure"] for each in events["birth"]["procedures"]}
    assert "res.household_change" in inherited


def test_an_event_tells_the_roles_and_facts_guidance_uses(anybody):
    shown = anybody.get("/api/v1/events/birth").json()

    assert {"newborn", "mother", "father", "siblings"} <= set(shown["roles"])
    facts = {each["fact"]: each for each in shown["facts"]}
    assert facts["holds.nhi"]["of"] == "person"
    assert facts["holds.nhi"]["type"] == "bool"
    assert facts["wants_card"]["of"] == "bundle"
    assert facts["sex" if "sex" in facts else "resident_kind"]["choices"]
    assert not {"name", "address", "number", "household_number"} & set(facts)


def test_a_cookie_sent_along_is_not_looked_at(anybody):
    anybody.cookies["session"] = "stolen"

    assert anybody.get("/api/v1/events").status_code == 200
