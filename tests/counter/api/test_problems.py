"""Every refusal has one form, in Japanese, with what to do about it."""

import pytest

from counter.api.framework import THROTTLES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("method", "address", "sent", "status"),
    [
        ("get", "/api/v1/nothing", {}, 404),
        ("post", "/api/v1/nothing/here", {}, 404),
        ("get", "/api/v1/events/wedding", {}, 404),
        ("get", "/api/v1/bundles/%00", {}, 404),
        ("get", "/api/v1/guidance", {}, 405),
        ("options", "/api/v1/events", {}, 405),
        ("get", "/api/v1/events", {"HTTP_ACCEPT": "text/html"}, 406),
        ("post", "/api/v1/guidance", {"data": "a=1", "content_type": "text/plain"}, 415),
        ("post", "/api/v1/guidance", {"data": "{", "content_type": "application/json"}, 400),
        ("post", "/api/v1/guidance", {"data": "[]", "content_type": "application/json"}, 400),
    ],
)
def test_a_refusal_says_what_happened_and_what_to_do(anybody, method, address, sent, status):
    answer = getattr(anybody, method)(address, **sent)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:kakanai:problem:")
    for part in ("title", "detail", "remedy"):
        assert problem[part].endswith("。")


def test_too_many_requests_are_told_how_long_to_wait(anybody):
    most = int(THROTTLES["guidance"].split("/")[0])
    for _time in range(most):
        assert anybody.post("/api/v1/guidance", {}, format="json").status_code == 400

    answer = anybody.post("/api/v1/guidance", {}, format="json")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert "Retry-After" in answer.json()["remedy"]


def test_a_forged_forwarding_header_does_not_help_past_the_limit(anybody):
    most = int(THROTTLES["guidance"].split("/")[0])
    for time in range(most + 1):
        answer = anybody.post(
            "/api/v1/guidance", {}, format="json", HTTP_X_FORWARDED_FOR=f"10.0.0.{time}"
        )

    assert answer.status_code == 429
