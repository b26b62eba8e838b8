"""Nobody's test meets what another's has committed."""

from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from consent.models import AccessEntry
from residents.models import Resident
from tests.aged import old_entry

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_committed_is_named_and_put_back(databases):
    old_entry(timezone.now(), uuid4())

    left = databases.left_behind()

    assert [each.split(" ")[0] for each in left] == [
        "public.consent_accessentry",
        "public.consent_accesssubject",
    ]
    assert not AccessEntry.objects.exists()
    assert databases.left_behind() == []


def test_a_town_that_was_emptied_is_there_again(town, databases):
    people = {*Resident.objects.values_list("pk", "number")}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE residents_identity CASCADE")
    assert not Resident.objects.exists()

    databases.left_behind()

    assert {*Resident.objects.values_list("pk", "number")} == people
