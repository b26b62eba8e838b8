"""The frozen view (R2): the 相手方's household sees who fled as they were, and cannot tell the measure."""

from datetime import date

import pytest

from consent import binding, disclosure, door, engagements, joining, measures
from consent.binding import Card
from consent.measures import Against
from residents.facts import Known, Reason, Unknown
from residents.models import ManualProtection, Resident
from tests import makers
from tests.aged import wish
from tests.consent.test_resident_door import begin, bind_to

NEW = {
    "世帯番号": "0000009999",
    "住所_町字": "秘町五丁目",
    "住所_番地号表記": "７番８号",
    "住所_郵便番号": "0909999",
    "氏名": "新姓　花子",
}
SECRETS = ("秘町", "７番８号", "0909999", "新姓", "09012340001", "秘町小学校", "home@example.jp")


def flee(*people):
    """The move arrives: another household, place and name, another school."""
    for each in people:
        each.record = {**each.record, **NEW}
        each.household_number, each.town, each.name = "0000009999", "秘町五丁目", "新姓　花子"
        each.save()
        makers.Holding.objects.filter(identity=each.pk, feed="school").update(
            record={"学校名": "秘町小学校", "学年": "2", "就学年月日": "2025-04-01"}
        )


def against(person):
    return (Against(person.pk, {"name": person.name}),)


@pytest.fixture
def measure(yamada, takahashi):
    """花子 and her child are covered against 太郎; on paper they still live with him."""
    yamada.mother.record["転出先住所（予定）_町字"] = "秘町五丁目"
    yamada.mother.save()
    wished = wish(yamada.mother, yamada.child, against=against(yamada.father))
    return lambda: measures.set_up(wished, by=takahashi)


def phone(by, own):
    """All that an account's own screens are made of: the household's records, and the own record."""
    opened = door.open_household(own, engagement=begin([own], by), by=by)
    told = disclosure.of(own, account_id=by.account_id)
    return opened, [(each.actions, each.purpose) for each in told.looks], told.searches


def _without_destination(records):
    """Where she was about to go is the one thing no longer told."""
    return {
        ref: [{key: fact for key, fact in facts.items() if key != "destination_address"}, *rest]
        for ref, (facts, *rest) in told(records).items()
    }


def told(records):
    """What pages can show of records; the flag for staff is not among it."""
    return {
        ref: (dict(each.facts), each.categories, each.members, each.state, each.masked)
        for ref, each in records.items()
    }


def test_on_his_phone_nothing_changes_with_the_measure_nor_with_her_move(yamada, measure):
    by, own = bind_to(yamada.father), yamada.father.pk
    at_home, looked, searched = phone(by, own)

    measure()
    entered, then_looked, then_searched = phone(by, own)
    flee(yamada.mother, yamada.child)
    moved, _, _ = phone(by, own)

    assert [*at_home] == [own, yamada.mother.pk, yamada.child.pk]
    assert told(entered) == told(moved)
    assert _without_destination(entered) == _without_destination(at_home)
    assert (then_looked[: len(looked)], then_searched) == (looked, searched)
    assert not [word for word in SECRETS if word in repr(moved)]


def test_he_still_signs_in_and_she_and_her_child_do_not(yamada, measure):
    measure()

    assert bind_to(yamada.father)
    address = "北海道北見市北進町三丁目１２番３号"
    hers = Card("iss", "hers", "山田　花子", address, date(1990, 5, 1), "2")
    assert binding.bind(hers) is None


def test_at_the_window_his_visit_shows_them_as_they_were_and_staff_are_warned(
    yamada, measure, sato
):
    measure()
    flee(yamada.mother, yamada.child)

    ground = engagements.begin("trial", [yamada.father.pk], reference="", by=sato).pk
    records = door.open_household(yamada.father.pk, engagement=ground, by=sato)

    mother, father = records[yamada.mother.pk], records[yamada.father.pk]
    assert mother.facts["name"].value == "山田　花子"
    assert mother.facts["address"] == father.facts["address"]
    assert isinstance(father.facts["address"], Known)
    assert mother.facts["contact.phone"] == Unknown(Reason.WITHHELD)
    assert mother.facts["destination_address"] == Unknown(Reason.NOT_HELD)
    assert (mother.protected, mother.masked, father.masked) == (True, False, False)
    assert not [word for word in SECRETS if word in repr(records)]
    again = door.open([*records], engagement=ground, by=sato)
    assert again[yamada.mother.pk] == mother
    sight = door.look({yamada.mother.pk: ["basic", "contact"]}, engagement=ground, by=sato)
    assert sight[yamada.mother.pk].categories == {"basic"}


def test_who_lives_with_him_and_is_not_covered_sees_the_same(yamada, takahashi):
    by = bind_to(yamada.mother)
    own = yamada.mother.pk
    before, _, _ = phone(by, own)

    measures.set_up(wish(yamada.child, against=against(yamada.father)), by=takahashi)
    flee(yamada.child)

    after, _, _ = phone(by, own)
    assert told(after) == told(before)


def test_her_own_visit_is_of_today(yamada, measure, sato):
    measure()
    flee(yamada.mother, yamada.child)

    ground = engagements.begin("trial", [yamada.mother.pk], reference="", by=sato).pk
    hers = door.open_household(yamada.mother.pk, engagement=ground, by=sato)

    assert [*hers] == [yamada.mother.pk, yamada.child.pk]
    assert hers[yamada.mother.pk].facts["name"].value == "新姓　花子"
    assert hers[yamada.mother.pk].masked


def test_her_visit_since_the_measure_is_not_in_his_record(yamada, measure, sato):
    """What was told him before stays told; what she has come for since is not."""
    by = bind_to(yamada.father)
    ground = engagements.begin("birth", [yamada.mother.pk], reference="1", by=sato).pk
    door.open_household(yamada.mother.pk, engagement=ground, by=sato)
    before = disclosure.of(yamada.father.pk, account_id=by.account_id)
    assert [each.purpose for each in before.looks] == [disclosure.HOUSEHOLD, ""]

    measure()
    ground = engagements.begin("birth", [yamada.mother.pk], reference="2", by=sato).pk
    door.open_household(yamada.mother.pk, engagement=ground, by=sato)

    assert disclosure.of(yamada.father.pk, account_id=by.account_id) == before


def test_whoever_is_protected_against_nobody_here_shuts_the_household(yamada, measure):
    """Another member stands under a measure of the core system's: the phone sends to the counter."""
    by = bind_to(yamada.father)
    other = makers.make_resident("山田　祖母", 世帯番号=yamada.father.household_number)
    measure()
    makers.make_protection(other)

    with pytest.raises(door.CounterOnly):
        phone(by, yamada.father.pk)


def test_what_is_kept_is_only_of_a_shared_household_and_goes_with_the_measure(
    yamada, katsuragi, takahashi, staff
):
    measure = measures.set_up(
        wish(yamada.mother, katsuragi.mother, against=against(yamada.father)), by=takahashi
    )
    kept = dict(ManualProtection.objects.values_list("identity", "before"))
    assert kept[katsuragi.mother.pk] is None
    assert {*kept[yamada.mother.pk]["holdings"]} == {"nhi"}
    assert "09012340001" not in repr(kept)

    ManualProtection.objects.filter(ground=measure.pk).delete()
    flee(yamada.mother)
    by = bind_to(yamada.father)

    seen = phone(by, yamada.father.pk)[0]
    assert [*seen] == [yamada.father.pk, yamada.child.pk]
    assert Resident.objects.get(pk=yamada.mother.pk).town == "秘町五丁目"


def test_he_who_moves_takes_no_picture_of_them_along(yamada, measure):
    measure()
    flee(yamada.mother, yamada.child)
    by = bind_to(yamada.father)
    Resident.objects.filter(pk=yamada.father.pk).update(household_number="0000008888")

    assert [*phone(by, yamada.father.pk)[0]] == [yamada.father.pk]


def test_a_household_he_says_he_moves_into_does_not_list_them(yamada, katsuragi, measure, sato):
    """She lives there now; what he is told of it must not have her in it."""
    measure()
    host = katsuragi.mother
    flee(yamada.mother)
    Resident.objects.filter(pk=yamada.mother.pk).update(household_number=host.household_number)
    ground = engagements.begin("trial", [yamada.father.pk], reference="", by=sato).pk
    door.open_household(yamada.father.pk, engagement=ground, by=sato)
    joining.name(ground, host.pk, reason="転居先の世帯のため", by=sato)

    joined = door.open_household(host.pk, engagement=ground, by=sato)

    assert {*joined} == {katsuragi.father.pk, host.pk}
    assert yamada.mother.pk not in joined[host.pk].members
    assert joined[host.pk].masked


def test_a_second_click_of_his_names_her_and_opens_nothing_new(yamada, measure):
    """An engagement a phone begins in her name is his all the same."""
    by = bind_to(yamada.father)
    measure()
    flee(yamada.mother, yamada.child)

    ground = begin([yamada.mother.pk], by)
    seen = door.open([yamada.mother.pk], engagement=ground, by=by)

    assert seen[yamada.mother.pk].facts["name"].value == "山田　花子"
    assert not [word for word in SECRETS if word in repr(seen)]
