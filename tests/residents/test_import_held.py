"""What is so unlikely that someone must look first: held, and nothing changed."""

import pytest

from residents.models import Delivery, Holding, Identity, Rejection, Resident
from tests.residents.exports import LATER, nhi, person, protection, take_in_rows

pytestmark = pytest.mark.django_db


def people(count):
    return [person(f"{place:010}") for place in range(count)]


def test_more_than_a_tenth_of_the_residents_gone_is_held(tmp_path):
    take_in_rows(tmp_path, juki=people(20))

    done = take_in_rows(tmp_path, LATER, juki=people(17), nhi=[nhi()])

    assert (done["juki"].state, done["juki"].reason) == ("held", "mass_deletion")
    assert "住民20件のうち3件" in done["juki"].message
    assert (done["nhi"].state, done["nhi"].reason) == ("held", "set")
    assert not Resident.objects.filter(gone_at__isnull=False).exists()
    assert not Holding.objects.exists()


def test_a_tenth_of_the_residents_gone_is_applied(tmp_path):
    take_in_rows(tmp_path, juki=people(20))

    done = take_in_rows(tmp_path, LATER, juki=people(18))

    assert (done["juki"].state, done["juki"].gone) == ("applied", 2)


def test_an_export_without_residents_is_held(tmp_path):
    done = take_in_rows(tmp_path, juki=[], protection=[protection()])

    assert (done["juki"].state, done["juki"].reason) == ("held", "empty")
    assert done["protection"].state == "held"


def test_a_feed_that_never_had_rows_may_be_empty(tmp_path):
    done = take_in_rows(tmp_path, juki=people(1), nhi=[], protection=[])

    assert {each.state for each in done.values()} == {"applied"}


def test_a_feed_that_had_rows_may_not_be_empty_at_once(tmp_path):
    take_in_rows(tmp_path, juki=people(1), nhi=[nhi("0000000000")])

    done = take_in_rows(tmp_path, LATER, nhi=[])

    assert (done["nhi"].state, done["nhi"].reason) == ("held", "empty")
    assert Holding.objects.get().gone_at is None


def test_a_file_of_rejected_rows_alone_is_held(tmp_path):
    done = take_in_rows(tmp_path, juki=[person(生年月日="")])

    assert (done["juki"].state, done["juki"].rejected) == ("held", 1)
    assert not Rejection.objects.exists()


def test_a_few_holdings_ending_on_one_day_are_not_held(tmp_path):
    take_in_rows(tmp_path, juki=people(30), nhi=[nhi(f"{place:010}") for place in range(30)])

    done = take_in_rows(tmp_path, LATER, nhi=[nhi(f"{place:010}") for place in range(15)])

    assert (done["nhi"].state, done["nhi"].gone) == ("applied", 15)


def test_many_holdings_ending_at_once_are_held(tmp_path):
    take_in_rows(tmp_path, juki=people(1), nhi=[nhi(f"{place:010}") for place in range(30)])

    done = take_in_rows(tmp_path, LATER, nhi=[nhi(f"{place:010}") for place in range(5)])

    assert (done["nhi"].state, done["nhi"].reason) == ("held", "mass_deletion")


def test_a_held_delivery_says_what_to_do_and_counts_nothing(tmp_path):
    take_in_rows(tmp_path, juki=people(20))

    held = take_in_rows(tmp_path, LATER, juki=people(1))["juki"]

    stored = Delivery.objects.get(pk=held.pk)
    assert "受け取り直してください" in stored.message
    assert (stored.new, stored.changed, stored.gone, stored.unchanged) == (0, 0, 0, 0)
    assert stored.applied_at is None


def test_identities_of_a_held_set_stay(tmp_path):
    """Identity is inserted before applying and never removed (design: Words)."""
    take_in_rows(tmp_path, juki=[person(生年月日=""), person("0000000002")], nhi=[nhi()])
    take_in_rows(tmp_path, LATER, juki=[])

    assert Identity.objects.count() == 2
