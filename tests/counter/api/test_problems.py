"""Every refusal has one form, in Japanese, with what to do about it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from counter.api.framework import THROTTLES
from counter.api.throttling import _counted
from lifeevents.models import Snapshot
from tests.counter.api.conftest import signed_in

pytestmark = pytest.mark.django_db
JSON = "application/json"


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
        ("post", "/api/v1/guidance", {"data": "{", "content_type": JSON}, 400),
        ("post", "/api/v1/guidance", {"data": "[]", "content_type": JSON}, 400),
        ("post", "/api/v1/guidance", {"data": "1" * 1_000_001, "content_type": JSON}, 413),
        ("get", "/api/", {}, 404),
        ("get", "/api/v2/events", {}, 404),
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


def test_the_count_is_shared_by_everyone_who_serves(anybody):
    """What other processes counted stands in the database, under a name that is not the address."""
    assert anybody.get("/api/v1/events").status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("UPDATE counter_request_count SET count = 120 RETURNING key")
        (key,) = cursor.fetchone()

    assert anybody.get("/api/v1/events").status_code == 429
    assert "127.0.0.1" not in key


def test_after_its_time_a_count_begins_anew_and_nothing_is_left_of_others(anybody):
    anybody.get("/api/v1/events")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE counter_request_count SET count = 500, until = until - interval '61 s'"
        )
        cursor.execute(
            "INSERT INTO counter_request_count VALUES ('old', 3, now() - interval '1 s')"
        )
        assert anybody.get("/api/v1/events").status_code == 200
        cursor.execute("SELECT count FROM counter_request_count")
        assert cursor.fetchall() == [(1,)]


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_all_counted():
    def ask(_place):
        try:
            return _counted("k", 60)[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(ask, range(40))) == list(range(1, 41))


def test_a_failure_of_ours_is_a_problem_too_and_tells_nothing(hanako, hanakos_bundle):
    Snapshot.objects.filter(pk=hanakos_bundle.pk).update(content={"secret": "山田"})
    client = signed_in(hanako)
    client.raise_request_exception = False

    answer = client.get(f"/api/v1/bundles/{hanakos_bundle.number}")

    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:kakanai:problem:server-error"
    assert "山田" not in answer.content.decode()


def test_pages_of_other_parts_keep_their_own_errors(client):
    assert client.get("/nothing/here")["Content-Type"].startswith("text/html")
