"""同居: the household that is moved into, named once the bundle stands."""

import pytest
from django.contrib.auth.models import Group

from consent.actors import actor_of
from consent.engagements import EngagementClosed, NotInEngagement
from consent.models import AccessEntry, Account
from lifeevents import bundles, joining, replies
from lifeevents.bundles import NotYours, Stale
from lifeevents.models import Bundle
from lifeevents.sitting import sit


@pytest.fixture
def moving(yamada, sato, today):
    return bundles.start("move_within", yamada.mother.pk, applicant="self", on=today, by=sato)


def joined(bundle):
    return [each.ref for each in bundle.participants.all() if "joined" in each.roles]


def test_the_whole_household_is_joined_and_says_where_it_lives(moving, yoshida, sato):
    said = {("bundle", "new_address"): "北海道北見市緑町一丁目１番"}
    replies.answer(moving, said, version=0, by=sato)

    joining.join(moving, yoshida.child.pk, version=1, by=sato)

    sitting = sit(moving, by=sato)
    assert joined(moving) == [yoshida.father.pk, yoshida.mother.pk, yoshida.child.pk]
    address = sitting.opened.situation.world.fact("new_address", "bundle")
    assert address.value == "北海道北見市北進町三丁目１２番３号"
    assert "new_address" not in {asked.fact for asked in sitting.questions}
    due = {each.code for each in sitting.proposals if each.verdict == "yes"}
    assert "res.head_consent" in due, "いまある世帯の世帯主が承諾する"


def test_why_it_was_opened_stands_in_the_log_with_the_number(moving, yoshida, sato):
    joining.join(moving, yoshida.mother.pk, version=0, by=sato)

    entry = AccessEntry.objects.get(reason=joining.REASON)
    assert (entry.action, entry.reference) == ("open", moving.number)
    assert [each.ref for each in entry.subjects.all()] == [yoshida.mother.pk]


def test_another_household_takes_the_place_of_the_one_joined_before(
    moving, yoshida, katsuragi, sato
):
    joining.join(moving, yoshida.mother.pk, version=0, by=sato)
    joining.join(moving, katsuragi.mother.pk, version=1, by=sato)

    assert joined(moving) == [katsuragi.father.pk, katsuragi.mother.pk]


def test_a_household_of_their_own_after_all(moving, yoshida, sato):
    joining.join(moving, yoshida.mother.pk, version=0, by=sato)
    joining.leave(moving, version=1, by=sato)

    assert joined(moving) == []
    assert "new_address" in {asked.fact for asked in sit(moving, by=sato).questions}


def test_people_new_to_the_town_join_one_too(yoshida, sato, today):
    arriving = bundles.start("move_in", None, applicant="self", on=today, by=sato)

    joining.join(arriving, yoshida.mother.pk, version=0, by=sato)

    assert len(joined(arriving)) == 3
    assert "new_address" not in {asked.fact for asked in sit(arriving, by=sato).questions}


@pytest.mark.parametrize("event", ["move_in", "move_within"])
def test_a_home_that_is_lived_in_needs_no_number_and_no_tap(event, yamada, yoshida, sato, today):
    start = {"move_in": None, "move_within": yamada.mother.pk}[event]
    bundle = bundles.start(event, start, applicant="self", on=today, by=sato)
    joining.join(bundle, yoshida.mother.pk, version=0, by=sato)

    asked = {each.fact for each in sit(bundle, by=sato).questions}

    assert "new_house" not in asked
    assert ("uses_water" in asked) == (event == "move_within"), "the old home's tap may be closed"


def test_nobody_joins_their_own_household_or_someone_gone(moving, yamada, yoshida, sato):
    type(yoshida.mother).objects.filter(pk=yoshida.mother.pk).update(state="3")

    for ref in (yamada.child.pk, yoshida.mother.pk):
        with pytest.raises(joining.NotJoinable):
            joining.join(moving, ref, version=0, by=sato)

    assert joined(moving) == []
    assert Bundle.objects.get().version == 0


def test_nobody_is_joined_where_nobody_moves(yamada, yoshida, sato, today):
    birth = bundles.start("birth", yamada.mother.pk, applicant="self", on=today, by=sato)

    with pytest.raises(joining.NotJoinable):
        joining.join(birth, yoshida.mother.pk, version=0, by=sato)


def test_another_office_joins_and_opens_nothing(moving, yoshida, suzuki):
    before = AccessEntry.objects.count()

    with pytest.raises(EngagementClosed):
        joining.join(moving, yoshida.mother.pk, version=0, by=suzuki)
    with pytest.raises(NotYours):
        joining.leave(moving, version=0, by=suzuki)

    assert AccessEntry.objects.count() == before


def test_a_resident_looks_beyond_the_family_at_nobody(yamada, yoshida, today):
    account = Account.objects.create(username="r-1", kind="resident", ref=yamada.mother.pk)
    account.groups.add(Group.objects.get(name="resident"))
    hanako = actor_of(account, terminal="", channel="online")
    own = bundles.start(
        "move_within", yamada.mother.pk, applicant="self", on=today, by=hanako, channel="online"
    )

    with pytest.raises(NotInEngagement):
        joining.join(own, yoshida.mother.pk, version=own.version, by=hanako)


def test_whoever_saw_an_older_version_seats_nobody(moving, yoshida, sato):
    bundles.go_to(moving, "identify", version=0, by=sato)

    with pytest.raises(Stale):
        joining.join(moving, yoshida.mother.pk, version=0, by=sato)

    assert joined(moving) == []
