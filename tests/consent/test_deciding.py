"""Two operators decide in their screens: asked, confirmed, carried out once, and told what came of it."""

import pytest
from django.db import IntegrityError, transaction

from consent import concerned, deciding, door
from consent.actors import actor_of
from consent.deciding import MayNotDecide, NotNow, NotYourOwn
from consent.models import AccessEntry, Decision
from residents.models import BeforeImage, Delivery, Resident
from tests.residents.exports import LATER, person, protection, take_in_rows

pytestmark = pytest.mark.django_db
Kind, State = Decision.Kind, Decision.State


@pytest.fixture
def pair(staff):
    return tuple(_actor(staff[name]) for name in ("operator", "operator2"))


@pytest.fixture
def held(tmp_path):
    """A delivery that would end most of the register."""
    take_in_rows(tmp_path, juki=people(20))
    return take_in_rows(tmp_path, LATER, juki=people(1))["juki"]


def _actor(account):
    return actor_of(account, terminal="", channel="office")


def people(count):
    return [person(f"{place:010}") for place in range(1, count + 1)]


def living():
    return Resident.objects.filter(gone_at=None).count()


def ask(kind, delivery, by):
    members = deciding.concerned(kind, Delivery.objects.get(pk=delivery.pk))
    return deciding.ask(kind, delivery.pk, [each.pk for each in members], by=by)


def decide(kind, delivery, pair):
    """Both agree and it is carried out; the decision as it is then."""
    asked = ask(kind, delivery, pair[0])
    deciding.confirm(asked.pk, by=pair[1])
    deciding.carry_out()
    asked.refresh_from_db()
    return asked


def test_what_two_operators_release_is_applied_once(held, pair):
    asked = ask(Kind.RELEASE, held, pair[0])
    assert ask(Kind.RELEASE, held, pair[0]) == asked
    assert deciding.carry_out() == 0
    assert living() == 20

    for _ in range(2):
        deciding.confirm(asked.pk, by=pair[1])
    assert (deciding.carry_out(), deciding.carry_out()) == (1, 0)

    asked.refresh_from_db()
    assert (asked.state, living()) == ("done", 1)
    assert "反映済み" in asked.message
    steps = Delivery.objects.get(pk=held.pk).steps.filter(state="applied")
    assert steps.get().by == sorted(each.account_id for each in pair)


def test_whoever_asked_is_not_the_second_person(held, pair, sato, hanako_admin):
    asked = ask(Kind.RELEASE, held, pair[0])

    with pytest.raises(NotYourOwn):
        deciding.confirm(asked.pk, by=pair[0])
    for stranger in (sato, hanako_admin):
        with pytest.raises(MayNotDecide):
            deciding.confirm(asked.pk, by=stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=asked.pk).update(state="done", confirmed_by=asked.asked_by)

    assert (deciding.carry_out(), living()) == (0, 20)


def test_a_page_that_is_old_decides_nothing(held, pair):
    with pytest.raises(NotNow):
        deciding.ask(Kind.RELEASE, held.pk, [], by=pair[0])
    asked = ask(Kind.RELEASE, held, pair[0])
    with pytest.raises(NotNow):
        ask(Kind.RELEASE, held, pair[1])
    deciding.withdraw(asked.pk, by=pair[1])
    with pytest.raises(NotNow):
        deciding.confirm(asked.pk, by=pair[1])

    assert (deciding.carry_out(), living()) == (0, 20)


def test_what_moved_on_meanwhile_is_withdrawn(held, pair, tmp_path):
    asked = ask(Kind.RELEASE, held, pair[0])
    take_in_rows(tmp_path, LATER.replace(day=3), juki=people(20))

    with pytest.raises(NotNow):
        deciding.confirm(asked.pk, by=pair[1])

    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_it_waits_while_an_import_runs(held, pair):
    asked = ask(Kind.RELEASE, held, pair[0])
    deciding.confirm(asked.pk, by=pair[1])
    other = transaction.get_connection().copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(4101150001)")
            assert deciding.carry_out() == 0
            # Closing alone would let go of it a moment later.
            cursor.execute("SELECT pg_advisory_unlock(4101150001)")
    finally:
        other.close()

    assert (deciding.carry_out(), living()) == (1, 1)


def test_one_operator_may_give_up(held, pair):
    asked = ask(Kind.GIVE_UP, held, pair[0])

    deciding.carry_out()

    asked.refresh_from_db()
    held.refresh_from_db()
    assert (asked.state, held.state, held.reason) == ("done", "refused", "given_up")


def test_taking_back_takes_the_later_ones_and_tells_who_saw(tmp_path, pair, sato):
    first = take_in_rows(tmp_path, juki=people(3), protection=[protection()])
    take_in_rows(tmp_path, LATER, juki=people(4))
    door.find_number("0000000001", by=sato)

    protected = decide(Kind.TAKE_BACK, first["protection"], pair)
    done = decide(Kind.TAKE_BACK, first["juki"], pair)

    assert (len(done.together), done.people, living()) == (2, 1, 0)
    assert len(protected.protected) == 1
    told = concerned.read(first["juki"].pk, by=pair[0])
    assert [(each.who, each.people) for each in told.looks] == [("佐藤 さくら", 1)]
    told = concerned.read(first["protection"].pk, by=pair[0])
    assert told.protected == ("0000000001",)
    line = AccessEntry.objects.filter(purpose="import_check").last()
    assert line.account_id == pair[0].account_id
    assert line.subjects.exists()


def test_a_later_delivery_stops_a_taking_back_that_did_not_name_it(tmp_path, pair):
    first = take_in_rows(tmp_path, juki=people(3))["juki"]
    asked = ask(Kind.TAKE_BACK, first, pair[0])
    deciding.confirm(asked.pk, by=pair[1])
    take_in_rows(tmp_path, LATER, juki=people(4))

    assert deciding.carry_out() == 0

    asked.refresh_from_db()
    assert (asked.state, living()) == ("failed", 4)


def test_what_is_no_longer_kept_cannot_be_taken_back(tmp_path, pair):
    take_in_rows(tmp_path, juki=people(3))
    done = take_in_rows(tmp_path, LATER, juki=[*people(2), person("0000000003", 氏名="改　名")])
    BeforeImage.objects.all().delete()

    failed = decide(Kind.TAKE_BACK, done["juki"], pair)

    assert failed.state == "failed"
    assert "正しい全件" in failed.message
