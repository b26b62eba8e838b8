"""Taking an applied delivery back: the register is as before, and nobody loses protection."""

from datetime import timedelta

import pytest

from residents.importing import undoing
from residents.importing.delivery_set import working
from residents.importing.releasing import TwoNeeded
from residents.importing.states import STEPS, NoSuchStep, move
from residents.models import BeforeImage, Delivery, Protection, Rejection, Resident
from tests.residents.exports import (
    LATER,
    OPERATORS,
    contact,
    nhi,
    person,
    protection,
    take_in,
    take_in_rows,
    undo,
    write,
)
from tests.residents.test_import_properties import found_by, written

pytestmark = pytest.mark.django_db
THIRD = LATER + timedelta(days=1)


def people(count):
    return [person(f"{place:010}") for place in range(1, count + 1)]


def test_the_register_is_byte_for_byte_as_before(tmp_path):
    first = [person(氏名="旧姓　花子"), *people(30)[1:]]
    take_in_rows(tmp_path, juki=first, nhi=[nhi(), nhi("2")], contact=[contact(電話番号_携帯="1")])
    before = written(tmp_path), found_by()

    moved = person("0000000003", 世帯番号="0000000999", 続柄コード1="02")
    rows = [person(個人履歴番号="2"), moved, *people(29)[3:], person("0000000031")]
    done = take_in_rows(
        tmp_path, LATER, juki=rows, nhi=[nhi("2", 国保資格区分="3"), nhi("3")],
        contact=[contact(電話番号_携帯="2"), contact("2", 電話番号_自宅="3")],
    )  # fmt: skip
    assert {each.state for each in done.values()} == {"applied"}
    assert (written(tmp_path), found_by()) != before
    for each in done.values():
        undo(each)

    assert (written(tmp_path), found_by()) == before
    assert not BeforeImage.objects.exists()


def test_undoing_the_first_delivery_leaves_nobody(tmp_path):
    done = take_in_rows(tmp_path, juki=people(3), nhi=[nhi()], contact=[contact(電話番号_携帯="1")])

    for each in done.values():
        undo(each)

    assert not Resident.objects.exists()
    assert found_by() == ([], [])


def test_the_same_file_may_come_again_after_it_was_undone(tmp_path):
    path = write(tmp_path, "juki", people(3))
    undo(take_in(path)["juki"])

    assert take_in(path)["juki"].state == "applied"
    assert Resident.objects.count() == 3


def test_later_deliveries_go_first_and_only_when_that_is_confirmed(tmp_path):
    first = take_in_rows(tmp_path, juki=people(3))["juki"]
    second = take_in_rows(tmp_path, LATER, juki=[person(氏名="二　番"), *people(3)[1:]])["juki"]

    with working(), pytest.raises(undoing.LaterOnes) as later:
        undoing.roll_back(first.pk, OPERATORS)
    assert [each.pk for each in later.value.deliveries] == [second.pk, first.pk]

    done = undo(first)

    assert [each.pk for each in done.deliveries] == [second.pk, first.pk]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"rolled_back"}


def test_changes_are_undone_too(tmp_path):
    take_in_rows(tmp_path, juki=people(3))
    before = written(tmp_path), found_by()
    rows = [person(個人履歴番号="2", 氏名="改名　花子"), person("9")]
    done = take_in(write(tmp_path, "juki", rows, at=LATER, extent="差分"))["juki"]

    undo(done)

    assert (written(tmp_path), found_by()) == before


def test_a_measure_that_came_stays_and_one_that_was_ended_stands_again(tmp_path):
    take_in_rows(tmp_path, juki=people(3), protection=[protection("0000000001")])
    rows = [protection("0000000001", "3", 履歴番号="2"), protection("0000000002")]
    done = take_in_rows(tmp_path, LATER, protection=rows)["protection"]

    undone = undo(done)

    kinds = dict(Protection.objects.values_list("identity__number", "kind"))
    assert kinds == {"0000000001": "1", "0000000002": "1"}
    refs = Protection.objects.filter(identity__number="0000000002").values_list("pk", flat=True)
    assert list(undone.protected) == list(refs)


def test_one_person_alone_undoes_nothing(tmp_path):
    done = take_in_rows(tmp_path, juki=people(1))["juki"]

    with working(), pytest.raises(TwoNeeded):
        undoing.roll_back(done.pk, [1, 1])

    assert Resident.objects.exists()


def test_what_is_no_longer_known_cannot_be_brought_back(tmp_path):
    take_in_rows(tmp_path, juki=people(3))
    rows = [person(氏名="改名　花子"), *people(3)[1:]]
    done = take_in_rows(tmp_path, LATER, juki=rows)["juki"]
    BeforeImage.objects.filter(table="residents_resident").delete()

    with working(), pytest.raises(undoing.TooLate):
        undoing.roll_back(done.pk, OPERATORS)

    assert Resident.objects.get(number="0000000001").name == "改名　花子"


def test_rejections_a_delivery_resolved_are_open_again(tmp_path):
    take_in_rows(tmp_path, juki=[*people(3), person("4", 生年月日="")])
    done = take_in_rows(tmp_path, LATER, juki=[*people(3), person("4")])["juki"]
    assert Rejection.objects.get().resolved_by == done

    undo(done)

    assert Rejection.objects.get().resolved_at is None


def test_what_is_undone_is_compared_with_the_night_before(tmp_path):
    """The hashes of lines go back as well: the next night finds the same change again."""
    take_in_rows(tmp_path, juki=people(20))
    changed = [person(氏名="改名　花子"), *people(20)[1:]]
    undo(take_in_rows(tmp_path, LATER, juki=changed)["juki"])

    done = take_in_rows(tmp_path, THIRD, juki=changed)["juki"]

    assert (done.changed, done.unchanged) == (1, 19)
    assert Resident.objects.get(number="0000000001").name == "改名　花子"


def test_the_states_have_these_steps_and_no_other():
    assert {state.value: sorted(each.value for each in to) for state, to in STEPS.items()} == {
        "received": ["refused", "staged"],
        "staged": ["checked", "held", "refused"],
        "checked": ["applied"],
        "applied": ["rolled_back"],
        "held": ["refused", "staged"],
        "refused": [],
        "rolled_back": [],
    }


@pytest.mark.parametrize("state", list(STEPS))
def test_no_other_step_can_be_taken(state):
    for to in set(STEPS) - STEPS[state]:
        delivery = Delivery(feed="juki", as_of=LATER, state=state)
        with pytest.raises(NoSuchStep):
            move(delivery, to)
