"""What a resident's own account may open: their household, less of the family, never a search."""

from datetime import date
from uuid import uuid4

import pytest

from consent import door, engagements
from consent.actors import actor_of
from consent.binding import Card, bind
from residents.facts import Known, Reason
from tests import makers


@pytest.fixture
def hanako(ledgers):
    """花子 with her husband, bound by her card."""
    man = makers.man("山田　太郎", "ヤマダ　タロウ", "1985-01-20", holds=("pension", "nhi"))
    wife = makers.wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01", holds=("pension", "nhi"))
    husband, wife = makers.make_household(man, wife)
    return bind_to(wife), wife.pk, husband.pk


def bind_to(resident):
    record = resident.record
    address = "".join(
        record[f"住所_{part}"] for part in ("都道府県", "市区郡町村名", "町字", "番地号表記")
    )
    born = date.fromisoformat(record["生年月日"])
    account = bind(Card("iss", str(uuid4()), resident.name, address, born, resident.sex))
    return actor_of(account, terminal="", channel="online")


def begin(refs, by):
    purpose = "move_within"
    engagement = engagements.begin(purpose, refs, reference="", by=by).pk
    engagements.agree(engagement, ["insurance", "pension"], by=by)
    return engagement


def test_a_resident_sees_their_household_and_less_of_the_others(hanako):
    by, own, husband = hanako

    seen = door.open_household(own, engagement=begin([own], by), by=by)

    assert isinstance(seen[own].facts["holds.pension"], Known)
    assert isinstance(seen[husband].facts["holds.nhi"], Known)
    assert isinstance(seen[husband].facts["name"], Known)
    assert seen[husband].facts["holds.pension"].reason is Reason.WITHHELD


def test_a_resident_opens_nobody_elsewhere_though_they_name_them(hanako, katsuragi):
    by, own, _ = hanako
    stranger = katsuragi.mother.pk
    engagement = begin([own, stranger], by)

    with pytest.raises(door.NotInEngagement):
        door.open([own, stranger], engagement=engagement, by=by)
    with pytest.raises(door.NotInEngagement):
        door.open_household(stranger, engagement=engagement, by=by)
    with pytest.raises(door.NotInEngagement):
        door.look({stranger: ["basic"]}, engagement=engagement, by=by)


def test_a_household_that_comes_under_protection_is_served_at_the_counter_from_then_on(hanako):
    by, own, husband = hanako
    engagement = begin([own], by)
    makers.make_protection(makers.Resident.objects.get(pk=husband))

    with pytest.raises(door.CounterOnly):
        door.open([own], engagement=engagement, by=by)


def test_a_resident_never_searches(hanako):
    by, own, _ = hanako

    with pytest.raises(door.MayNotSearch):
        door.search("ヤマダ", by=by, search_id=uuid4())
    with pytest.raises(door.MayNotSearch):
        door.glance(own, by=by, search_id=uuid4())
    with pytest.raises(door.MayNotSearch):
        door.find_number("0000000001", by=by)
