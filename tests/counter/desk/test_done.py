"""完了: what was made, what had to be written, print, next."""

import pytest

from consent.models import AccessEntry
from lifeevents import finishing
from lifeevents.models import Opinion
from tests.counter.desk.conftest import now, text_of


@pytest.fixture
def finished(answered, sato):
    finishing.finish(answered, version=now(answered).version, by=sato, leave_open=True)
    return now(answered)


def test_it_says_what_was_made_and_what_had_to_be_written(desk, finished):
    response = desk.get(f"/b/{finished.number}")

    text = text_of(response)
    assert "申請を受け付けました" in text
    assert "出生届" in text
    assert "書いた文字" in text
    assert response.context["counts"]["prefilled"] > 0


def test_the_print_button_has_the_focus_and_opens_a_page_of_its_own(desk, finished):
    page = desk.get(f"/b/{finished.number}").content.decode()

    button = page.split('id="print"')[1].split(">")[0]
    assert f"/b/{finished.number}/papers.pdf" in button
    assert "autofocus" in button
    assert 'target="_blank"' in button


def test_looking_at_it_is_logged(desk, finished):
    desk.get(f"/b/{finished.number}")

    assert AccessEntry.objects.filter(action="look", reference=finished.number).exists()


def test_it_can_be_found_again_today(desk, finished):
    assert finished.number in text_of(desk.get("/"))


def test_another_office_finds_no_such_bundle(browser, finished):
    assert browser("suzuki").get(f"/b/{finished.number}").status_code == 404


def test_one_tap_counts_how_it_was_and_says_whose_nowhere(desk, finished):
    address = f"/b/{finished.number}/opinion"

    desk.post(address, {"opinion": "easy"})
    desk.post(address, {"opinion": "hard"})

    counted = Opinion.objects.get()
    assert (counted.answer, counted.count, counted.channel) == ("easy", 1, "desk")
    fields = {field.name for field in Opinion._meta.get_fields()}
    assert fields == {"id", "month", "event", "channel", "answer", "count"}
    assert "いかがでしたか" not in text_of(desk.get(f"/b/{finished.number}"))


def test_nothing_is_counted_before_the_bundle_is_finished(desk, answered):
    desk.post(f"/b/{answered.number}/opinion", {"opinion": "easy"})

    assert not Opinion.objects.exists()
