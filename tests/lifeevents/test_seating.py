"""Seating at a birth: who of the household is what, and whom the 続柄 leaves out."""

import pytest

from lifeevents import bundles
from lifeevents.models import Participant
from lifeevents.opened import open_bundle
from tests.makers import child, make_household, make_resident, man, wife


@pytest.fixture
def seat(sato, today):
    """Starts a birth and tells each participant's roles by the key."""

    def seat(resident, **changes):
        bundle = bundles.start(
            "birth", resident.pk, **{"applicant": "self", "on": today, "by": sato, **changes}
        )
        return {each.key: set(each.roles) for each in bundle.participants.all()}

    return seat


def test_father_mother_siblings_and_the_newborn_get_their_roles(seat, yamada):
    assert seat(yamada.mother) == {
        "n1": {"subjects", "newborn"},
        "p1": {"parents", "father"},
        "p2": {"parents", "mother", "applicant"},
        "p3": {"siblings"},
    }


def test_it_makes_no_difference_which_parent_has_come_but_who_applies(seat, yamada):
    by_father = seat(yamada.father)

    assert by_father["p1"] == {"parents", "father", "applicant"}
    assert by_father["p2"] == {"parents", "mother"}
    assert by_father["p3"] == {"siblings"}


def test_someone_of_the_household_who_applies_is_the_other_parent(seat, yamada):
    assert "applicant" in seat(yamada.mother, applicant="household")["p1"]


@pytest.mark.parametrize("applicant", ["proxy", "other"])
def test_someone_from_outside_who_applies_gets_a_seat_of_their_own(seat, yamada, applicant):
    roles = seat(yamada.mother, applicant=applicant)

    assert "applicant" in roles["a1"]
    assert not any("applicant" in roles[key] for key in ("p1", "p2", "p3", "n1"))


def test_a_mother_alone_has_no_father_beside_her(seat, hidden):
    assert seat(hidden.mother) == {
        "n1": {"subjects", "newborn"},
        "p1": {"parents", "mother", "applicant"},
        "p2": {"siblings"},
    }


def test_a_young_couple_at_the_parents_house_are_the_parents_not_the_head(seat, ledgers):
    grandfather, son, daughter, young_wife = make_household(
        man("大家　源", "オオヤ　ゲン", "1955-01-01"),
        child("大家　健", "オオヤ　ケン", "1988-01-01", 性別="1"),
        child("大家　梅", "オオヤ　ウメ", "1990-01-01", 性別="2"),
        {
            **wife("大家　桜", "オオヤ　サクラ", "1992-01-01"),
            "codes": ("20", "12"),
            "続柄表記": "子の妻",
        },
    )

    roles = seat(young_wife)

    by_ref = {each.ref: set(each.roles) for each in Participant.objects.exclude(ref=None)}
    assert by_ref[young_wife.pk] == {"parents", "mother", "applicant"}
    assert by_ref[son.pk] == {"parents", "father"}
    assert by_ref[grandfather.pk] == by_ref[daughter.pk] == set()
    assert roles["n1"] == {"subjects", "newborn"}


def test_someone_whose_relationship_is_blank_is_nobodys_parent_nor_sibling(seat, ledgers):
    _, mother, _ = make_household(
        man("見本　一", "ミホン　ハジメ", "1990-01-01"),
        wife("見本　二葉", "ミホン　フタバ", "1991-01-01"),
        {"name": "見本　三", "codes": (), "続柄表記": "", "生年月日": "2015-01-01"},
    )

    roles = seat(mother)

    assert roles["p1"] == {"parents", "father"}
    assert roles["p3"] == set()


def test_a_father_of_another_household_is_the_other_parent(seat, hidden, yoshida):
    roles = seat(hidden.mother, elsewhere=[yoshida.father.pk])

    assert roles["p3"] == {"parents", "father"}


def test_a_father_of_another_household_gives_the_newborn_no_address(ledgers, sato, today):
    elsewhere = make_resident("別居　太郎", 性別="1", 住所_町字="遠町")
    mother, _ = make_household(
        {**wife("未定　花", "ミテイ　ハナ", "1990-01-01"), "codes": ("99",)},
        {**child("未定　葉", "ミテイ　ハ", "2019-01-01"), "codes": ("99", "20")},
    )

    bundle = bundles.start(
        "birth", mother.pk, applicant="self", on=today, by=sato, elsewhere=[elsewhere.pk]
    )

    world = open_bundle(bundle, by=sato).situation.world
    assert "遠町" not in world.fact("address", "n1").value
    assert world.fact("address", "n1").value == world.fact("address", "p1").value
    assert world.groups["head"] == ()


def test_twins_are_both_subjects(seat, yamada):
    roles = seat(yamada.mother, newcomers=("n1", "n2"))

    assert roles["n1"] == roles["n2"] == {"subjects", "newborn"}


def test_everyone_keeps_their_seat_when_the_household_changes_later(seat, yamada, sato):
    seat(yamada.mother)
    bundle = bundles.mine(sato).get()

    yamada.child.household_number = "0000000000"
    yamada.child.save()

    seats = open_bundle(bundle, by=sato).situation.seats
    assert [each.ref for each in seats.values()] == [
        None,
        yamada.father.pk,
        yamada.mother.pk,
        yamada.child.pk,
    ]
