"""The schema is true: what it says is what the application does, tried with generated requests."""

import json
import re
from unittest.mock import patch

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import get_resolver
from hypothesis import HealthCheck, settings
from rest_framework.throttling import ScopedRateThrottle
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from counter.wsgi import application
from tests.counter.api.conftest import signed_in

JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
# A request of the right form may still name an event, a person or a fact that is not there: 422.
NOT_PROMISED = [positive_data_acceptance]
# With a session of our own, leaving out or inventing one means nothing.
TRUE_TO_THE_SCHEMA = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

few = settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


# As the application serves it; from_fixture would need a pytest older than 9. There is no database
# yet to count this request in.
with patch.dict(ScopedRateThrottle.THROTTLE_RATES, {"catalogue": None}):
    described = schemathesis.openapi.from_wsgi("/api/v1/schema", application)


@pytest.fixture
def _as_often_as_it_likes(db, monkeypatch):
    """No limit on how often may be asked; the test's own connection stays open between requests."""
    for scope in ScopedRateThrottle.THROTTLE_RATES:
        monkeypatch.setitem(ScopedRateThrottle.THROTTLE_RATES, scope, None)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@described.parametrize()
@few
@pytest.mark.usefixtures("_as_often_as_it_likes")
def test_the_application_does_what_its_schema_says(case):
    case.call_and_validate(excluded_checks=NOT_PROMISED)


@described.include(path_regex="events/").parametrize()
@few
@pytest.mark.usefixtures("_as_often_as_it_likes")
def test_also_for_an_event_that_is_there(case):
    case.path_parameters["event"] = "birth"

    case.call_and_validate(checks=TRUE_TO_THE_SCHEMA)


@described.include(path_regex="bundles").parametrize()
@few
@pytest.mark.usefixtures("_as_often_as_it_likes")
def test_also_for_a_resident_who_is_signed_in(case, hanako, hanakos_bundle):
    cookies = {"session": signed_in(hanako).cookies["session"].value}
    if case.path_parameters:
        case.path_parameters["number"] = hanakos_bundle.number

    case.call_and_validate(cookies=cookies, checks=TRUE_TO_THE_SCHEMA)


def test_every_operation_and_every_field_is_described_in_japanese(anybody, db):
    schema = anybody.get("/api/v1/schema").json()

    operations = [o for path in schema["paths"].values() for o in path.values()]
    components = schema["components"]["schemas"].values()
    fields = [f for each in components for f in each.get("properties", {}).values()]
    assert operations
    assert fields
    assert [o["operationId"] for o in operations if not JAPANESE.search(o["description"])] == []
    assert [f for f in fields if not JAPANESE.search(json.dumps(f, ensure_ascii=False))] == []


def test_every_operation_shares_one_form_of_refusal(anybody, db):
    schema = anybody.get("/api/v1/schema").json()

    for path in schema["paths"].values():
        for operation in path.values():
            refusals = {s: r for s, r in operation["responses"].items() if s != "200"}
            assert {"406", "429"} <= set(refusals)
            for refusal in refusals.values():
                content = refusal["content"]["application/problem+json"]
                assert content["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_view_names_its_audience():
    views = [
        pattern.callback.cls
        for resolver in get_resolver().url_patterns
        if getattr(resolver, "app_name", None) == "api"
        for pattern in resolver.url_patterns
    ]

    assert views
    assert {view.audience for view in views} == {("anyone",), ("resident",)}
