"""What a resident is shown of the log: their own rows, folded; of relatives' matters next to nothing."""

from uuid import uuid4

import pytest

from consent import disclosure, door, engagements, log
from consent.models import AccessEntry, Account
from residents.models import Resident
from tests import makers


@pytest.fixture
def account(yamada):
    return Account.objects.create(username="r-1", kind="resident", ref=yamada.mother.pk)


def told(account):
    return disclosure.of(account.ref, account_id=account.pk)


def look_at(ref, by, others=(), reference="20261122-0001", purpose="birth"):
    ground = engagements.begin(purpose, [ref, *others], reference=reference, by=by)
    door.open([ref, *others], engagement=ground.pk, by=by)
    return ground


@pytest.mark.django_db(transaction=True)
class TestOfLooks:
    def test_ones_own_matter_is_told_whole(self, yamada, account, sato):
        look_at(yamada.mother.pk, sato)
        look_at(yamada.mother.pk, sato)

        [look] = told(account).looks

        assert (look.office, look.role) == ("市民課", "窓口職員")
        assert (look.purpose, look.reference) == ("出生に伴う手続", "20261122-0001")
        assert look.times == 2
        assert look.first is not None
        assert "世帯" in look.categories

    def test_nobody_elses_rows_are_told(self, yamada, account, katsuragi, sato):
        look_at(katsuragi.mother.pk, sato)

        assert told(account).looks == ()

    def test_a_relatives_matter_is_told_without_purpose_number_and_hour(
        self, yamada, account, sato
    ):
        look_at(yamada.father.pk, sato, [yamada.mother.pk], purpose="death")

        [look] = told(account).looks

        assert look.purpose == disclosure.HOUSEHOLD
        assert (look.reference, look.first) == ("", None)
        assert "20261122" not in repr(look)

    def test_a_look_beside_a_protected_person_is_not_told(self, yamada, account, sato):
        look_at(yamada.father.pk, sato, [yamada.mother.pk])
        makers.make_protection(yamada.father)

        assert told(account).looks == ()

    def test_a_look_beside_someone_the_register_has_no_more_is_not_told(
        self, yamada, account, sato
    ):
        look_at(yamada.father.pk, sato, [yamada.mother.pk])
        assert told(account).looks
        Resident.objects.filter(pk=yamada.father.pk).delete()

        assert told(account).looks == ()

    def test_searches_are_folded_by_month(self, yamada, account, sato):
        for _ in range(3):
            subject = {yamada.mother.pk: ["basic"]}
            log.record(AccessEntry.Action.SEARCH, subject, by=sato, search_id=uuid4())

        [searches] = told(account).searches

        assert (searches.office, searches.times, searches.month.day) == ("市民課", 3, 1)
        assert told(account).looks == ()
