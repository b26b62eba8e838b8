"""What two operators decide about deliveries: by command, with both recorded, and who saw what."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command

from consent import door
from consent.models import Account
from residents.models import Delivery, Resident
from tests.residents.exports import LATER, person, protection, take_in_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pair(staff):
    """Two operators: the demo's, and another."""
    second = Account.objects.create_user("operator9")
    second.groups.add(Group.objects.get(name="operator"))
    return staff["operator"], second


@pytest.fixture
def held(tmp_path):
    """A delivery that would end most of the register."""
    take_in_rows(tmp_path, juki=people(20))
    return take_in_rows(tmp_path, LATER, juki=people(1))["juki"]


def people(count):
    return [person(f"{place:010}") for place in range(1, count + 1)]


def run(command, delivery, *accounts, **options):
    out = StringIO()
    call_command(command, str(delivery.pk), accounts=list(accounts), stdout=out, **options)
    return out.getvalue()


def test_two_operators_release_a_held_delivery_and_are_recorded(held, pair):
    with pytest.raises(SystemExit) as exit_:
        run("release_delivery", held, "operator", "operator9")

    assert exit_.value.code == 0
    step = Delivery.objects.get(pk=held.pk).steps.get(state="applied")
    assert step.by == sorted(each.pk for each in pair)
    assert Resident.objects.filter(gone_at=None).count() == 1


@pytest.mark.parametrize(
    "accounts",
    [(), ("operator",), ("operator", "operator"), ("operator", "sato"), ("operator", "nobody")],
)
def test_fewer_than_two_operators_release_and_undo_nothing(held, accounts):
    applied = Delivery.objects.get(state="applied")

    with pytest.raises(CommandError):
        run("release_delivery", held, *accounts)
    with pytest.raises(CommandError):
        run("rollback_delivery", applied, *accounts)

    assert Resident.objects.filter(gone_at=None).count() == 20


def test_an_operator_who_left_does_not_count(held, pair):
    pair[1].is_active = False
    pair[1].save()

    with pytest.raises(CommandError, match="operator9"):
        run("release_delivery", held, "operator", "operator9")


def test_undoing_lists_protected_people_and_who_looked(tmp_path, sato):
    done = take_in_rows(tmp_path, juki=people(3), protection=[protection()])
    found = door.find_number("0000000001", by=sato)

    undone = [
        json.loads(run("rollback_delivery", done[code], "operator", "operator9", json=True))
        for code in ("protection", "juki")
    ]

    assert undone[0]["protected"] == [str(found)]
    assert undone[1]["recall"]["people"] == 1
    assert len(undone[1]["recall"]["entries"]) == 1
    assert [each["state"] for each in undone[1]["deliveries"]] == ["rolled_back"]
    assert not Resident.objects.exists()


def test_undoing_more_than_one_must_be_confirmed(tmp_path):
    first = take_in_rows(tmp_path, juki=people(3))["juki"]
    take_in_rows(tmp_path, LATER, juki=people(4))

    with pytest.raises(CommandError, match="--also-later"):
        run("rollback_delivery", first, "operator", "operator9")
    printed = run("rollback_delivery", first, "operator", "operator9", also_later=True)

    assert printed.count("取り消しました") == 2


def test_what_is_not_held_or_not_applied_is_said(held):
    applied = Delivery.objects.get(state="applied")

    with pytest.raises(CommandError, match="保留中"):
        run("release_delivery", applied, "operator", "operator9")
    with pytest.raises(CommandError, match="反映済み"):
        run("rollback_delivery", held, "operator", "operator9")
