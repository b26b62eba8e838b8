"""A bundle's address: the step it stands at, going back, handing over, cancelling."""

import pytest

from consent.models import Engagement
from lifeevents.models import Bundle
from tests.counter.desk.conftest import at, now, text_of


def go(client, bundle, step, **more):
    return client.post(f"/b/{bundle.number}/go/{step}", {"version": now(bundle).version, **more})


def test_its_title_names_the_step_and_the_number_and_nobody(desk, asked):
    page = desk.get(f"/b/{asked.number}").content.decode()

    title = page.split("<title>")[1].split("</title>")[0]
    assert title == f"聞き取り　{asked.number}"


def test_any_earlier_step_can_be_gone_back_to(desk, asked):
    go(desk, asked, "identify")

    assert now(asked).step == "identify"


@pytest.mark.parametrize("step", ["sign", "done"])
def test_no_step_is_skipped(desk, asked, step):
    go(desk, asked, step)

    assert now(asked).step == "ask"


def test_identity_and_agreement_are_not_skipped(desk, bundle):
    go(desk, bundle, "agree")

    assert now(bundle).step == "identify"


def test_an_unknown_step_is_no_page(desk, asked):
    assert go(desk, asked, "elsewhere").status_code == 404


def test_a_colleague_of_the_office_can_take_over(browser, asked):
    assert browser("takahashi").get(f"/b/{asked.number}").status_code == 200


def test_another_office_finds_no_such_bundle(browser, asked):
    suzuki = browser("suzuki")

    assert suzuki.get(f"/b/{asked.number}").status_code == 404
    assert go(suzuki, asked, "check").status_code == 404
    cancel = suzuki.post(f"/b/{asked.number}/cancel", {"version": asked.version})
    assert cancel.status_code == 404


def test_cancelling_closes_it(desk, asked):
    response = desk.post(f"/b/{asked.number}/cancel", {"version": now(asked).version}, follow=True)

    assert "受付を取り消しました" in text_of(response)
    assert now(asked).state == Bundle.State.CANCELLED
    assert desk.get(f"/b/{asked.number}").url == "/"


def test_a_stale_cancel_changes_nothing(desk, asked):
    desk.post(f"/b/{asked.number}/cancel", {"version": 0})

    assert now(asked).state == Bundle.State.OPEN


def test_a_bundle_whose_time_is_over_says_so(desk, asked):
    Engagement.objects.filter(pk=asked.engagement).update(until=asked.started_at)

    response = desk.get(f"/b/{asked.number}", follow=True)

    assert "時間がたったため" in text_of(response)


@pytest.mark.parametrize("step", ["identify", "agree", "ask", "check", "sign"])
def test_every_step_is_small_and_takes_few_queries(
    desk, answered, step, django_assert_max_num_queries
):
    bundle = at(answered, step)

    with django_assert_max_num_queries(22):
        response = desk.get(f"/b/{bundle.number}")

    assert response.status_code == 200
    assert len(response.content) < 60_000
