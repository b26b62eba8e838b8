"""Guidance: what is described decides, every verdict says why, and nothing is looked up or kept."""

from unittest.mock import patch

import pytest
import time_machine
from django.apps import apps
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.throttling import ScopedRateThrottle

from counter.api.guidance import EXAMPLE
from lifeevents.models import CatalogueVersion

FAMILY = {
    "event": "birth",
    "on": "2026-11-22",
    "participants": [
        {
            "id": "n1",
            "role": "newborn",
            "facts": {"birth_date": "2026-11-10", "sex": "2", "birth_weight": 3050},
        },
        {
            "id": "m1",
            "role": "mother",
            "facts": {
                "birth_date": "1990-05-01",
                "holds.nhi": True,
                "holds.child_allow": False,
                "foreign": False,
            },
        },
        {"id": "s1", "role": "siblings", "facts": {"birth_date": "2019-06-15"}},
    ],
    "answers": [
        {"fact": "wants_card", "subject": "bundle", "value": True},
        {"fact": "municipal_housing", "subject": "household", "value": False},
        {"fact": "lump_sum_payment", "subject": "m1", "value": None},
    ],
}

pytestmark = pytest.mark.usefixtures("db", "_on_the_day")


@pytest.fixture
def _on_the_day(today):
    """Now is the tests' reception day."""
    with time_machine.travel(today, tick=False):
        yield


@pytest.fixture
def ask(anybody):
    """Post a description with changes; the answer."""

    def post(**changes):
        return anybody.post("/api/v1/guidance", {**FAMILY, **changes}, format="json")

    return post


def verdicts(answer):
    assert answer.status_code == 200, answer.content.decode()
    return {(p["procedure"], p["subject"]): p["verdict"] for p in answer.json()["proposals"]}


def test_the_example_of_the_schema_works(anybody):
    answer = anybody.post("/api/v1/guidance", EXAMPLE.value, format="json")

    assert verdicts(answer)["nhi.maternity", "m1"] == "yes"
    assert answer.json()["unused"] == []


def test_what_is_described_decides(ask):
    found = verdicts(ask())

    assert found["birth.report", "n1"] == "yes"
    assert found["my.new", "n1"] == "yes"
    assert found["nhi.maternity", "m1"] == "yes"
    assert found["housing", "household"] == "no"
    assert found["nhi.birth_lump", "m1"] == "unknown"
    assert found["child.nursery", "n1"] == "unknown"


def test_every_verdict_has_its_reason_and_every_unknown_what_is_missing(ask):
    for described in (ask(), ask(participants=[], answers=[])):
        for each in described.json()["proposals"]:
            if each["verdict"] == "unknown":
                assert each["missing"], each
            else:
                assert all(because["text"] for because in each["because"]), each
                assert each["because"], each


ROLES = ("newborn", "mother", "father", "siblings", "member")
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text("1年.あ-")
)
LIKELY = st.sampled_from([True, False, None, 0, 2400, "2", "nhi", "2019-04-02", "令和8年11月1日"])
TOLD = st.dictionaries(
    st.sampled_from(["birth_date", "holds.nhi", "holds.child_allow", "foreign", "birth_weight"]),
    LIKELY | ANYTHING,
)


@given(described=st.lists(st.tuples(st.sampled_from(ROLES), TOLD), max_size=6))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[*HealthCheck])
@patch.dict(ScopedRateThrottle.THROTTLE_RATES, {"guidance": None})
def test_whatever_is_told_is_answered_with_reasons_or_refused_with_a_place(ask, described):
    people = [
        {"id": f"x{place}", "role": role, "facts": facts}
        for place, (role, facts) in enumerate(described)
    ]

    answer = ask(participants=people, answers=[])

    assert answer.status_code in (200, 400, 422)
    if answer.status_code == 200:
        for each in answer.json()["proposals"]:
            assert each["missing"] if each["verdict"] == "unknown" else each["because"], each
    else:
        assert all(e["pointer"].startswith("/participants/") for e in answer.json()["errors"])


def test_deadlines_are_counted_from_the_day_described(ask):
    proposals = {each["procedure"]: each for each in ask().json()["proposals"]}

    assert proposals["birth.report"]["deadline"] == "2026-11-24"
    assert proposals["birth.report"]["documents"]


def test_what_was_said_is_not_asked_again_and_what_matters_is(ask):
    asked = {(q["fact"], q["subject"]) for q in ask().json()["questions"]}

    said = {("birth_date", "n1"), ("holds.nhi", "m1"), ("wants_card", "bundle")}
    assert not asked & said
    assert ("lump_sum_payment", "m1") not in asked
    assert ("wants_nursery", "bundle") in asked


def test_answering_every_question_decides_every_procedure(ask):
    answers = []
    for _round in range(40):
        questions = ask(participants=[], answers=answers).json()["questions"]
        if not questions:
            break
        first = questions[0]
        values = {"bool": False, "number": 3000, "date": "2026-11-10", "text": "あ"}
        value = first["choices"][0]["value"] if first["choices"] else values[first["type"]]
        answers.append({"fact": first["fact"], "subject": first["subject"], "value": value})

    assert "unknown" not in verdicts(ask(participants=[], answers=list(answers))).values()


def test_whoever_the_event_cannot_be_without_is_there_unnamed(ask):
    subjects = ask(participants=[], answers=[]).json()["subjects"]

    assert [each["role"] for each in subjects] == ["newborn", "mother", "household", "bundle"]
    assert {each["number"] for each in subjects} == {None}


def test_a_siblings_unknown_birth_date_is_asked(ask):
    people = [{"id": key, "role": "siblings"} for key in ("s1", "s2")]

    questions = ask(participants=people, answers=[]).json()["questions"]
    asked = {(q["fact"], q["subject"]) for q in questions}

    assert {("birth_date", "s1"), ("birth_date", "s2")} <= asked


def test_names_and_addresses_are_not_looked_at_and_said_to_be_unused(ask):
    people = [{"id": "n1", "role": "newborn", "facts": {"name": "山田　光", "sex": "2"}}]

    answer = ask(participants=people, answers=[])

    assert {"subject": "n1", "fact": "name"} in answer.json()["unused"]
    assert "山田" not in answer.content.decode()


def test_names_and_addresses_are_never_asked_for(ask):
    asked = {each["fact"] for each in ask(participants=[], answers=[]).json()["questions"]}

    assert not asked & {"name", "name_kana", "address", "place_of_birth", "register_head"}


def test_nothing_is_looked_up_or_kept(ask, django_assert_max_num_queries):
    ask()
    before = _rows()

    with django_assert_max_num_queries(3) as queries:
        ask()

    named = (CatalogueVersion._meta.db_table, "counter_request_count")
    assert all(any(name in each["sql"] for name in named) for each in queries)
    assert _rows() == before


def _rows():
    labels = ("residents", "consent", "lifeevents", "sessions")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    return {model: model._default_manager.count() for model in models}


def test_an_event_may_be_called_by_its_japanese_name(ask):
    assert ask(event="出生").json()["event"] == "birth"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"event": "wedding"}, "/event"),
        ({"event": "household_change"}, "/event"),
        ({"participants": [{"id": "x1", "role": "uncle"}]}, "/participants/0/role"),
        (
            {"participants": [{"id": "m1", "role": "mother", "facts": {"holds.nhi": "perhaps"}}]},
            "/participants/0/facts/holds.nhi",
        ),
        (
            {"participants": [{"id": "m1", "role": "mother", "facts": {"a/b~c": 1}}]},
            "/participants/0/facts/a~1b~0c",
        ),
        ({"answers": [{"fact": "wants_card", "subject": "zz", "value": True}]}, "/answers/0"),
        ({"answers": [{"fact": "holds.nhi", "subject": "bundle", "value": True}]}, "/answers/0"),
        ({"answers": [{"fact": "no_such", "subject": "m1", "value": True}]}, "/answers/0"),
        ({"answers": [{"fact": "birth_date", "subject": "m1", "value": "x"}]}, "/answers/0"),
        (
            {"answers": [{"fact": "birth_date", "subject": "s1", "value": "9999-12-31"}]},
            "/answers/0",
        ),
        (
            {"answers": [{"fact": "relationship_codes", "subject": "m1", "value": "02"}]},
            "/answers/0",
        ),
    ],
)
def test_what_cannot_be_used_is_named_with_what_to_do(ask, changes, pointer):
    answer = ask(**changes)

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert pointer in [each["pointer"] for each in problem["errors"]]
    assert problem["remedy"]
    assert all(each["detail"] for each in problem["errors"])


def test_two_answers_to_one_question_are_refused(ask):
    twice = [{"fact": "wants_card", "subject": "bundle", "value": v} for v in (True, False)]

    assert ask(answers=twice).json()["errors"][0]["pointer"] == "/answers/1"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"event": None}, "/event"),
        ({"on": "2026-02-30"}, "/on"),
        ({"on": "9999-12-31"}, "/on"),
        ({"participants": [{"id": "山田", "role": "mother"}]}, "/participants/0/id"),
        ({"participants": [{"id": "bundle", "role": "mother"}]}, "/participants/0/id"),
        ({"participants": [{"id": "m1"}]}, "/participants/0/role"),
        ({"participants": [{"id": "m1", "role": "mother"}] * 2}, "/participants"),
        (
            {"participants": [{"id": f"s{n}", "role": "siblings"} for n in range(13)]},
            "/participants",
        ),
        (
            {"participants": [{"id": "m1", "role": "mother", "facts": {"foreign": ["x"]}}]},
            "/participants/0/facts/foreign",
        ),
        (
            {"answers": [{"fact": "wants_card", "subject": "bundle", "value": "x" * 201}]},
            "/answers/0/value",
        ),
        ({"answers": [{"fact": "wants_card", "subject": "bundle"}]}, "/answers/0/value"),
    ],
)
def test_a_wrong_form_is_named_with_its_place(ask, changes, pointer):
    answer = ask(**changes)

    assert answer.status_code == 400
    assert pointer in [each["pointer"] for each in answer.json()["errors"]], answer.json()


def test_a_value_that_was_refused_is_not_repeated(ask):
    answer = ask(answers=[{"fact": "foreign", "subject": "m1", "value": "123456789018"}])

    assert answer.status_code == 422
    assert "123456789018" not in answer.content.decode()
