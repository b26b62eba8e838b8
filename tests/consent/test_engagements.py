"""Engagements: begun, agreed to, closed — also when everybody forgets them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from consent import engagements
from consent.actors import actor_of
from consent.models import AccessEntry, Engagement, Purpose
from consent.tasks import close_expired_engagements


def test_an_engagement_says_whose_why_by_whom_and_until_when(sato):
    ref = uuid4()

    engagement = engagements.begin("birth", [ref], reference="20261122-0001", by=sato)

    assert (engagement.refs, engagement.purpose.code) == ([ref], "birth")
    assert (engagement.begun_by_id, engagement.office) == (sato.account_id, "市民課")
    assert engagement.until - engagement.begun_at <= engagements.LASTS
    assert engagement.agreed == engagement.revealed == []


def test_an_engagement_stands_on_the_newest_version_of_its_purpose(sato):
    birth = Purpose.objects.get(code="birth")
    Purpose.objects.create(code="birth", version=2, name=birth.name, notice="新しい説明文")

    assert engagements.begin("birth", [], reference="", by=sato).purpose.version == 2


def test_only_categories_the_purpose_asks_for_can_be_agreed_to(sato):
    engagement = engagements.begin("birth", [uuid4()], reference="", by=sato)

    agreed = engagements.agree(engagement.pk, ["tax", "school", "seal", "nonsense"], by=sato)

    assert agreed.agreed == ["tax"]
    assert agreed.agreed_at is not None


def test_agreeing_is_logged_for_each_person_with_the_categories(sato):
    refs = [uuid4(), uuid4()]
    engagement = engagements.begin("birth", refs, reference="", by=sato)

    engagements.agree(engagement.pk, ["tax", "contact"], by=sato)

    entry = AccessEntry.objects.get(action="agree")
    assert {row.ref: row.categories for row in entry.subjects.all()} == dict.fromkeys(
        refs, ["contact", "tax"]
    )


def test_agreeing_again_to_less_takes_the_rest_back(sato):
    engagement = engagements.begin("birth", [uuid4()], reference="", by=sato)
    engagements.agree(engagement.pk, ["tax", "contact"], by=sato)

    assert engagements.agree(engagement.pk, [], by=sato).agreed == []


def test_nobody_agrees_on_a_closed_engagement_or_that_of_another_office(sato, suzuki):
    engagement = engagements.begin("birth", [uuid4()], reference="", by=sato)

    with pytest.raises(engagements.EngagementClosed):
        engagements.agree(engagement.pk, ["tax"], by=suzuki)
    engagements.close(engagement.pk)
    with pytest.raises(engagements.EngagementClosed):
        engagements.agree(engagement.pk, ["tax"], by=sato)


def test_an_account_without_an_office_shares_with_no_other_account_without_one(sato, staff):
    for name in ("sato", "suzuki"):
        staff[name].office = None
        staff[name].save()
    one, other = (actor_of(staff[name], terminal="", channel="desk") for name in ("sato", "suzuki"))
    engagement = engagements.begin("birth", [], reference="", by=one)

    assert engagements.standing(engagement.pk, one)
    with pytest.raises(engagements.EngagementClosed):
        engagements.standing(engagement.pk, other)


def test_closing_twice_keeps_the_first_time(sato):
    engagement = engagements.begin("birth", [], reference="", by=sato)
    engagements.close(engagement.pk)
    first = Engagement.objects.get().closed_at

    engagements.close(engagement.pk)

    assert Engagement.objects.get().closed_at == first


def test_reopening_carries_purpose_people_and_agreement(sato):
    earlier = engagements.begin("birth", [uuid4()], reference="20261122-0001", by=sato)
    engagements.agree(earlier.pk, ["tax"], by=sato)
    engagements.close(earlier.pk)

    fresh = engagements.reopen(earlier.pk, by=sato)

    assert fresh.pk != earlier.pk
    assert (fresh.refs, fresh.reference, fresh.agreed) == (earlier.refs, "20261122-0001", ["tax"])
    assert fresh.closed_at is None


def test_the_task_closes_what_was_forgotten_and_nothing_else(sato):
    forgotten = engagements.begin("birth", [], reference="", by=sato)
    standing = engagements.begin("birth", [], reference="", by=sato)
    Engagement.objects.filter(pk=forgotten.pk).update(until=timezone.now() - timedelta(minutes=1))

    assert close_expired_engagements() == 1

    assert Engagement.objects.get(pk=forgotten.pk).closed_at is not None
    assert Engagement.objects.get(pk=standing.pk).closed_at is None
    assert close_expired_engagements() == 0


def test_the_task_is_on_the_schedule(settings):
    tasks = {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}

    assert close_expired_engagements.name in tasks
