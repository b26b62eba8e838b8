"""A register grown for measuring: as many people as asked for, each found like any other."""

from datetime import date

import pytest
from django.db import connection

from residents import search
from residents.models import Resident
from residents.town import crowd
from tests import makers

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)


def indexes():
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename LIKE 'residents_%%'")
        return sorted(row[0] for row in cursor.fetchall())


def test_a_grown_register_is_as_large_as_asked_and_searched_like_any_other():
    makers.make_household()
    makers.make_household(
        makers.man("佐藤　誠", "サトウ　マコト", "1980-03-03"),
        makers.wife("佐藤　恵", "サトウ　メグミ", "1982-04-04", protected="1"),
    )
    before = indexes()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    crowd.grow(37)

    assert indexes() == before
    assert Resident.objects.count() == Resident.objects.values("number").distinct().count() == 37
    grown = Resident.objects.filter(number__startswith="0500")
    assert grown.count() == 32
    for household in grown.values_list("household_number", flat=True).distinct():
        members = Resident.objects.filter(household_number=household)
        assert len({each.kana_key.split()[0] for each in members}) == 1
    for person in grown[:5]:
        hits = search.find(f"{person.name_kana} {person.birth_earliest}", 50, today=TODAY).hits
        assert person.pk in {hit.ref for hit in hits}
    shielded = search.find("メグミ", 50, today=TODAY).hits
    assert len(shielded) > 1
    assert all(hit.protected for hit in shielded)


def test_a_register_large_enough_is_left_alone():
    makers.make_household()

    crowd.grow(2)

    assert Resident.objects.count() == 3
