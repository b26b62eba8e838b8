"""Online bundles: submitted once by their resident, taken over once by a counter."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group

from consent import engagements
from consent.actors import actor_of
from consent.door import NotInEngagement
from consent.engagements import EngagementClosed
from consent.models import Account, Engagement
from lifeevents import bundles
from lifeevents.bundles import NotYours, Stale, UnknownEvent
from lifeevents.models import Bundle
from lifeevents.sitting import sit


@pytest.fixture
def hanako(yamada):
    account = Account.objects.create(username="r-1", kind="resident", ref=yamada.mother.pk)
    account.groups.add(Group.objects.get(name="resident"))
    return actor_of(account, terminal="", channel="online")


@pytest.fixture
def moving(hanako, yamada, today):
    bundle = bundles.start(
        "move_within", yamada.mother.pk, applicant="self", on=today, by=hanako, channel="online"
    )
    bundles.agree(bundle, ["insurance"], version=bundle.version, by=hanako)
    return bundle


def submit(bundle, by):
    bundles.submit(bundle, version=bundle.version, by=by)


def test_a_resident_starts_at_the_agreement_with_what_is_offered_online(moving, hanako, today):
    assert (moving.channel, moving.step) == ("online", "ask")
    assert list(bundles.filed(hanako)) == [moving]
    with pytest.raises(UnknownEvent):
        bundles.start("death", uuid4(), applicant="other", on=today, by=hanako)


def test_a_resident_starts_nothing_for_somebody_elsewhere(hanako, katsuragi, today):
    with pytest.raises(NotInEngagement):
        bundles.start("move_within", katsuragi.mother.pk, applicant="self", on=today, by=hanako)
    assert not bundles.filed(hanako).exists()


def test_submitting_twice_submits_once_and_closes_the_records(moving, hanako):
    submit(moving, hanako)
    submit(moving, hanako)

    assert moving.state == Bundle.State.SUBMITTED
    assert list(bundles.waiting()) == [moving]
    with pytest.raises(EngagementClosed):
        sit(moving, by=hanako)
    with pytest.raises(Stale):
        bundles.cancel(moving, version=moving.version, by=hanako)


def test_only_its_own_resident_submits_a_bundle(moving, sato):
    with pytest.raises(NotYours):
        submit(moving, sato)


def test_a_counter_takes_it_over_with_ground_of_its_own_and_goes_on_at_identity(
    moving, hanako, sato
):
    before = moving.engagement
    submit(moving, hanako)

    taken = bundles.take_over(moving.number, by=sato)

    assert (taken.state, taken.step, taken.channel) == ("open", "identify", "online")
    assert (taken.served_by_id, taken.filed_by_id) == (sato.account_id, hanako.account_id)
    assert taken.engagement != before
    assert Engagement.objects.get(pk=taken.engagement).agreed == ["insurance"]
    assert list(bundles.filed(hanako)) == [taken]
    bundles.identify(
        taken, version=taken.version, method="card", documents=["individual_number_card"], by=sato
    )
    assert taken.step == "ask"
    with pytest.raises(NotYours):
        bundles.find(taken.number, by=hanako)
    with pytest.raises(NotYours):
        bundles.cancel(taken, version=taken.version, by=hanako)
    with pytest.raises(EngagementClosed):
        engagements.standing(taken.engagement, hanako)


def test_it_is_taken_over_once_and_never_by_a_resident(moving, hanako, sato, suzuki):
    with pytest.raises(NotYours):
        bundles.take_over(moving.number, by=sato)
    submit(moving, hanako)
    with pytest.raises(NotYours):
        bundles.take_over(moving.number, by=hanako)
    bundles.take_over(moving.number, by=sato)
    with pytest.raises(NotYours):
        bundles.take_over(moving.number, by=suzuki)
