"""The situation of a bundle: what is known of whom, and what follows for who arrives."""

import pytest

from consent import engagements
from lifeevents import bundles, replies
from lifeevents.opened import open_bundle
from residents.facts import Known, PartialDate, Reason, Source, Unknown
from tests.makers import child, make_bundle, make_household, man, wife


@pytest.fixture
def world_of(sato):
    def world_of(bundle, by=sato):
        return open_bundle(bundle, by=by).situation.world

    return world_of


def test_a_newborn_gets_the_households_address_and_is_held_in_no_ledger(world_of, yamada, sato):
    world = world_of(make_bundle(yamada.mother, sato, answers={}))

    address = world.fact("address", "n1")
    assert address.value == world.fact("address", "p1").value
    assert (address.origin.source, address.origin.label) == (Source.DERIVED, "世帯の住所")
    assert world.fact("household_number", "n1").value == yamada.mother.household_number
    assert world.fact("holds.nhi", "n1").value is False
    assert world.fact("relationship", "n1").value == "子"


def test_a_newborn_of_a_young_couple_is_the_child_of_the_child(world_of, ledgers, sato):
    *_, mother = make_household(
        man("大家　源", "オオヤ　ゲン", "1955-01-01"),
        child("大家　健", "オオヤ　ケン", "1988-01-01", 性別="1"),
        {
            **wife("大家　桜", "オオヤ　サクラ", "1992-01-01"),
            "codes": ("20", "12"),
            "続柄表記": "子の妻",
        },
    )

    world = world_of(make_bundle(mother, sato, answers={}))

    assert world.fact("relationship", "n1").value == "子の子"
    assert world.fact("relationship_codes", "n1").value == ["20", "20"]


def test_the_relationship_of_a_newborn_stays_open_where_the_parents_is_blank(
    world_of, ledgers, sato
):
    _, mother = make_household(
        man("見本　一", "ミホン　ハジメ", "1960-01-01"),
        {**wife("見本　二葉", "ミホン　フタバ", "1991-01-01"), "codes": (), "続柄表記": ""},
    )

    world = world_of(make_bundle(mother, sato, answers={}))

    assert isinstance(world.fact("relationship", "n1"), Unknown)
    assert isinstance(world.fact("address", "n1"), Known)


def test_a_household_without_a_head_still_has_an_address(world_of, ledgers, sato):
    mother, _ = make_household(
        {**wife("見本　二葉", "ミホン　フタバ", "1991-01-01")},
        {**child("見本　三", "ミホン　ミツ", "2019-01-01")},
    )

    world = world_of(make_bundle(mother, sato, answers={}))

    assert world.fact("address", "n1").value == world.fact("address", "p1").value
    assert world.fact("address", "household").value == world.fact("address", "p1").value
    assert world.groups["head"] == ()


def test_a_protected_address_is_not_inherited_in_the_clear(world_of, hidden, sato):
    world = world_of(make_bundle(hidden.mother, sato, agree=["contact"], answers={}))

    for subject in ("n1", "p1", "p2", "household"):
        assert world.fact("address", subject) == Unknown(Reason.PROTECTED)
    everything = [world.people, world.household, world.bundle]
    assert "秘町" not in repr(everything)
    assert "08055550000" not in repr(everything)


def test_a_revealed_address_is_inherited_while_the_engagement_stands(world_of, hidden, takahashi):
    bundle = make_bundle(hidden.mother, takahashi, answers={})
    engagements.reveal(bundle.engagement, hidden.mother.pk, reason="審査のため", by=takahashi)

    world = world_of(bundle, by=takahashi)

    assert "秘町" in world.fact("address", "n1").value
    assert world.fact("address", "p2") == Unknown(Reason.PROTECTED)


def test_an_answer_stands_before_the_register_and_says_whose_it_is(world_of, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, answers={("p2", "name_kana"): "やまだ はなえ"})

    value = world_of(bundle).fact("name_kana", "p2")

    assert value.value == "ヤマダ　ハナエ"
    assert (value.origin.source, value.origin.label) == (Source.ANSWER, "本人申告")
    assert value.origin.as_of is not None


def test_an_answer_taken_back_lets_the_registers_value_stand_again(world_of, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, answers={("p2", "name_kana"): "やまだ はなえ"})

    replies.take_back(bundle, "p2", "name_kana", version=bundle.version, by=sato)

    assert world_of(bundle).fact("name_kana", "p2").value == "ヤマダ　ハナコ"


def test_an_answered_date_compares_like_one_of_the_register(world_of, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, answers={("n1", "birth_date"): "8.11.15"})

    assert isinstance(world_of(bundle).fact("birth_date", "n1").value, PartialDate)


def test_dont_know_is_an_answer(world_of, yamada, sato):
    bundle = make_bundle(yamada.mother, sato, answers={("n1", "birth_weight"): None})

    assert world_of(bundle).fact("birth_weight", "n1") == Unknown(Reason.DONT_KNOW)


def test_who_is_unticked_takes_no_part_and_stays_in_the_household(world_of, yamada, sato):
    bundle = make_bundle(yamada.mother, sato)

    bundles.set_taking_part(bundle, "p3", False, version=bundle.version, by=sato)

    groups = world_of(bundle).groups
    assert groups["participants"] == ("n1", "p1", "p2")
    assert "p3" in groups["household.after"]


def test_the_household_before_and_after_differ_by_the_newborn(world_of, yamada, sato):
    groups = world_of(make_bundle(yamada.mother, sato)).groups

    assert groups["household.before"] == ("p1", "p2", "p3")
    assert set(groups["household.after"]) == {"n1", "p1", "p2", "p3"}


def test_every_value_of_a_resident_is_traced_to_that_residents_record(yamada, sato):
    situation = open_bundle(make_bundle(yamada.mother, sato), by=sato).situation

    assert situation.owners["p2", "name"] == yamada.mother.pk
    assert situation.owners["n1", "address"] == yamada.father.pk
    assert situation.owners["household", "address"] == yamada.father.pk
    assert ("n1", "name") not in situation.owners
