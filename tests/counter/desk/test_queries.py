"""How often a page of the desk asks the database, and how much it sends."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.counter.desk.conftest import at

MOST_QUERIES = 12
MOST_HTML = 60_000


def asked_of_the_database(client, address):
    client.get(address)  # what is read once for all pages
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200
    told = [each["sql"] for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]]
    return told, response


@pytest.mark.parametrize("step", ["identify", "agree", "ask", "check", "sign"])
def test_a_step_asks_the_database_twelve_times_at_most(desk, answered, step):
    bundle = at(answered, step)

    asked, response = asked_of_the_database(desk, f"/b/{bundle.number}")

    assert len(asked) <= MOST_QUERIES, asked
    assert len(response.content) <= MOST_HTML


def test_a_page_without_a_bundle_does_not_ask_more(desk, answered):
    asked, _response = asked_of_the_database(desk, "/")

    assert len(asked) <= MOST_QUERIES, asked


def test_the_bar_counts_the_bundles_of_whoever_looks(desk, answered, browser):
    shown = desk.get(f"/b/{answered.number}")

    assert shown.context["desk"].my_open == desk.get("/").context["desk"].my_open == 1
