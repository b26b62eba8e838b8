"""受付番号: running, never twice, also for two windows at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, transaction

from lifeevents import bundles, numbering, versions
from lifeevents.models import Bundle
from residents.models import Resident


@pytest.fixture
def take(staff):
    """Takes the next number of a day, or the one given, for a bundle."""

    @transaction.atomic
    def take(day, number=""):
        return Bundle.objects.create(
            number=number or numbering.next_number(day),
            event="birth",
            catalogue=versions.current()[0],
            channel="desk",
            on=day,
            engagement=uuid4(),
            served_by=staff["sato"],
        ).number

    return take


def test_numbers_run_through_a_day_and_start_again_the_next(take, today):
    assert [take(today), take(today)] == ["20261122-0001", "20261122-0002"]
    assert take(date(2026, 11, 23)) == "20261123-0001"
    assert take(today) == "20261122-0003"


def test_after_9999_numbers_grow_longer(take, today):
    take(today, "20261122-9999")

    assert [take(today), take(today)] == ["20261122-10000", "20261122-10001"]


@pytest.mark.django_db(transaction=True)
def test_two_windows_at_once_get_two_numbers_and_a_double_click_one_bundle(sato, yamada, today):
    token, ref = uuid4(), Resident.objects.get(name="山田　花子").pk
    versions.current()
    together = Barrier(4)

    def click(own_token):
        together.wait()
        try:
            return bundles.start(
                "birth", ref, applicant="self", on=today, by=sato, token=own_token
            ).number
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as windows:
        numbers = list(windows.map(click, [token, token, uuid4(), uuid4()]))

    assert numbers[0] == numbers[1]
    assert sorted(set(numbers)) == ["20261122-0001", "20261122-0002", "20261122-0003"]
    assert Bundle.objects.count() == 3
    assert all(bundle.participants.count() == 4 for bundle in Bundle.objects.all())
