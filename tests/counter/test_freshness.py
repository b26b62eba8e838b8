"""Screens with register data say as of when it is, and what is stale or never came."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from residents.models import Delivery
from tests import makers
from tests.entering import signed_in
from tests.makers import make_bundle

pytestmark = pytest.mark.django_db

LAST_NIGHT = timezone.now() - timedelta(hours=6)


@pytest.fixture
def nights(db):
    """Every feed but one came last night; 国民健康保険 has not come for a week."""
    makers.make_deliveries(as_of=LAST_NIGHT, without=("welfare",))
    Delivery.objects.filter(feed="nhi").update(as_of=LAST_NIGHT - timedelta(days=7))


def told(**options):
    for_staff = "" if options.get("for_staff", True) else " for_staff=False"
    return Template("{% load freshness %}{% as_of" + for_staff + " %}").render(Context())


def on(moment):
    local = timezone.localtime(moment)
    return f"{local.month}月{local.day}日"


def test_staff_are_told_as_of_when_and_what_is_old_or_missing(nights):
    text = told()

    assert f"{on(LAST_NIGHT)} " in text
    assert f"国民健康保険（{on(LAST_NIGHT - timedelta(days=7))}時点）" in text
    assert "まだ届いていない情報があります：生活保護" in text
    assert "介護保険" not in text


def test_nothing_is_said_of_what_came_in_time(db):
    makers.make_deliveries(as_of=LAST_NIGHT)

    text = told()

    assert "時点の台帳の情報です" in text
    assert "stale" not in text


def test_many_old_ones_are_counted(db):
    feeds = makers.make_deliveries(as_of=LAST_NIGHT - timedelta(days=30))

    assert f"ほか{len(feeds) - 3}種類" in told()


def test_residents_are_told_the_day_and_no_names_of_systems(nights):
    text = told(for_staff=False)

    assert f"{on(LAST_NIGHT)}時点" in text
    assert "更新が遅れています" in text
    assert "国民健康保険" not in text


def test_the_desk_says_so_at_its_start_and_beside_every_checklist(staff, yamada, sato):
    client = signed_in(staff["sato"])
    bundle = make_bundle(yamada.mother, sato)

    for address in (reverse("desk:home"), reverse("desk:bundle", args=[bundle.number])):
        shown = client.get(address, follow=True).content.decode()
        assert "時点の台帳の情報です" in shown
