"""What is so unlikely that someone must look first: held, and nothing changed."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import timezone

from consent import retention
from consent.models import Disposal
from residents.importing import lock, releasing
from residents.importing.delivery_set import working
from residents.importing.releasing import NotHeld, TwoNeeded
from residents.models import Delivery, HeldRow, Holding, Identity, Rejection, Resident
from tests.residents.exports import (
    LATER,
    OPERATORS,
    let_go,
    nhi,
    person,
    protection,
    take_in_rows,
)

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


def test_two_people_let_a_held_set_go_on_without_its_files(tmp_path):
    take_in_rows(tmp_path, juki=people(20))
    done = take_in_rows(tmp_path, LATER, juki=people(1), nhi=[nhi()])
    for path in tmp_path.rglob("*.csv"):
        path.unlink()

    done = let_go(done)

    assert {each.state for each in done.values()} == {"applied"}
    assert Resident.objects.filter(gone_at=None).count() == 1
    assert Holding.objects.count() == 1
    released = done["juki"].steps.get(state="applied")
    assert released.by == list(OPERATORS)


def test_one_person_alone_releases_nothing(tmp_path):
    held = take_in_rows(tmp_path, juki=[])["juki"]

    with working(), pytest.raises(TwoNeeded):
        releasing.release(held.pk, [1, 1])

    assert Delivery.objects.get().state == "held"


def test_what_became_stale_while_it_was_held_is_refused(tmp_path):
    take_in_rows(tmp_path, juki=people(20))
    held = take_in_rows(tmp_path, LATER, juki=people(1))["juki"]

    take_in_rows(tmp_path, LATER.replace(day=3), juki=people(20))

    held.refresh_from_db()
    assert (held.state, held.reason) == ("refused", "superseded")
    with working(), pytest.raises(NotHeld):
        releasing.release(held.pk, OPERATORS)


def test_a_held_set_can_be_given_up(tmp_path):
    held = take_in_rows(tmp_path, juki=[], protection=[protection()])["juki"]

    releasing.give_up(held.pk, [1])

    assert set(Delivery.objects.values_list("state", flat=True)) == {"refused"}


def test_a_set_held_too_long_is_given_up_whole_with_a_proof(tmp_path):
    take_in_rows(tmp_path, juki=[], protection=[protection()])
    (rule,) = (each for each in retention.REGISTER.rules.rules if each.code == "held_delivery")
    Delivery.objects.update(received_at=rule.before(timezone.now()))
    assert (
        Delivery.objects.first().received_at.date()
        < rule.goes_on(Delivery.objects.first().received_at)
        <= timezone.localdate()
    )

    with import_runs_elsewhere():
        assert disposed() == {}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"held"}

    assert disposed() == {"residents.Delivery": 2, "residents.HeldRow": 1}
    assert not HeldRow.objects.exists()
    assert {(each.state, each.reason) for each in Delivery.objects.all()} == {
        ("refused", "expired")
    }
    assert Disposal.objects.get().removed == {"residents.Delivery": 2, "residents.HeldRow": 1}


def disposed():
    return {
        table: count
        for each in retention.dispose(retention.REGISTER, timezone.now())
        for table, count in each.removed.items()
    }


@contextmanager
def import_runs_elsewhere():
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock._KEY])
            yield
    finally:
        other.close()


def test_the_summary_counts_what_would_change_and_names_no_value(tmp_path):
    take_in_rows(tmp_path, juki=people(20))

    rows = [person(f"{place:010}", 氏名="秘密　改名") for place in range(17)]
    held = take_in_rows(tmp_path, LATER, juki=rows)["juki"]

    summary = Delivery.objects.get(pk=held.pk).summary
    assert (summary["changed"], summary["gone"], summary["columns"]["氏名"]) == (17, 3, 17)
    assert len(summary["examples"]["changed"]) == 5
    assert "秘密" not in str(summary)


def many(**changes):
    return [
        person(f"{place:010}", 住所_番地号表記=f"{place}番", 世帯番号=f"{place}") | changes
        for place in range(150)
    ]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (many(住所_町字="別の町"), "mass_change"),
        (many(住所_番地号表記="１番"), "mass_change"),
        ([row | {"生年月日": "1990-05-02"} for row in many()], "mass_change"),
        (
            [row | {"氏名": row["氏名_フリガナ"], "氏名_フリガナ": row["氏名"]} for row in many()],
            "mass_change",
        ),
        ([row | {"生年月日": "？"} for row in many()[:30]] + many()[30:], "mass_rejection"),
        (many()[:140], "mass_deletion"),
    ],
)
def test_what_changes_too_much_at_once_is_held(tmp_path, rows, reason):
    take_in_rows(tmp_path, juki=many())

    done = take_in_rows(tmp_path, LATER, juki=rows)["juki"]

    assert (done.state, done.reason) == ("held", reason)
    assert Resident.objects.get(number="0000000000").name == "見本　花子"
    assert not Resident.objects.exclude(gone_at=None).exists()


def test_a_first_export_in_which_everybody_lives_at_one_address_is_held(tmp_path):
    done = take_in_rows(tmp_path, juki=many(住所_番地号表記="１番"))["juki"]

    assert (done.state, done.reason) == ("held", "same_address")


def test_measures_ending_in_numbers_are_held(tmp_path):
    numbers = [f"{place:010}" for place in range(8)]
    take_in_rows(tmp_path, protection=[protection(number) for number in numbers])

    ended = [protection(number, "3", 履歴番号="2") for number in numbers]
    done = take_in_rows(tmp_path, LATER, protection=ended)["protection"]

    assert (done.state, done.reason) == ("held", "mass_change")


def test_a_first_export_full_of_gaiji_is_held(tmp_path):
    rows = [row | {"氏名": "外\ue000字"} for row in many()[:30]] + many()[30:]

    done = take_in_rows(tmp_path, juki=rows)["juki"]

    assert (done.state, done.reason) == ("held", "odd_characters")
