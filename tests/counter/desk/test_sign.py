"""署名: read, confirmed once, finished once."""

import pytest

from lifeevents import replies
from lifeevents.models import Application, Bundle
from lifeevents.sitting import sit
from tests.counter.desk.conftest import at, now, text_of


@pytest.fixture
def unfilled(answered):
    return at(answered, "sign")


@pytest.fixture
def ready(answered, sato):
    blank = {(row.subject, row.fact): None for row in sit(answered, by=sato).missing}
    replies.answer(answered, blank, version=now(answered).version, by=sato)
    return at(answered, "sign")


def finish(client, bundle, **given):
    return client.post(f"/b/{bundle.number}/finish", {"version": now(bundle).version, **given})


def test_it_lists_what_is_applied_for(desk, ready):
    response = desk.get(f"/b/{ready.number}")

    assert "出生届" in text_of(response)
    assert all(each.verdict == "yes" for each in response.context["applying"])


def test_it_finishes_the_bundle(desk, ready):
    response = finish(desk, ready, confirmed="yes")

    assert response.url == f"/b/{ready.number}"
    assert now(ready).state == Bundle.State.FINISHED
    assert Application.objects.filter(bundle=ready, procedure="birth.report").exists()


def test_a_second_click_finds_it_done(desk, ready):
    version = ready.version
    for _ in range(2):
        response = finish(desk, ready, confirmed="yes", version=version)

    assert response.url == f"/b/{ready.number}"
    assert Application.objects.filter(bundle=ready, procedure="birth.report").count() == 1


def test_without_the_confirmation_it_says_what_to_do(desk, ready):
    response = finish(desk, ready)

    assert response.status_code == 422
    assert "申請する方に内容を読んでいただき" in text_of(response)
    assert now(ready).state == Bundle.State.OPEN


def test_missing_values_are_named_and_nothing_is_filed(desk, unfilled):
    response = finish(desk, unfilled, confirmed="yes")

    assert response.status_code == 422
    assert "生まれたところ" in text_of(response)
    assert now(unfilled).state == Bundle.State.OPEN
    assert not Application.objects.exists()


def test_another_office_finds_no_such_bundle(browser, ready):
    assert finish(browser("suzuki"), ready, confirmed="yes").status_code == 404


def test_a_stale_page_files_nothing(desk, ready):
    response = finish(desk, ready, confirmed="yes", version=0)

    assert response.url == f"/b/{ready.number}"
    assert now(ready).state == Bundle.State.OPEN
