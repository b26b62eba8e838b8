"""Reading people: every fact with its origin, the household in order, and who is protected."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from residents import feed, register
from residents.facts import Known, PartialDate, Reason, Source, Unknown
from residents.models import Delivery
from tests.makers import (
    make_deliveries,
    make_holding,
    make_household,
    make_protection,
    make_resident,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
AS_OF = datetime(2026, 11, 1, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _deliveries():
    make_deliveries()


def read(resident, on=TODAY):
    return register.read([resident.pk], on=on)[resident.pk]


def test_every_declared_fact_has_a_value_and_a_category():
    person = read(make_resident())

    assert person.facts.keys() == feed.facts().keys() == person.categories.keys()
    assert person.categories["contact.phone"] == "contact"


def test_a_known_fact_says_where_it_comes_from():
    fact = read(make_resident(生年月日="1966-01-15")).facts["birth_date"]

    assert fact.value == PartialDate(date(1966, 1, 15), date(1966, 1, 15), "1966-01-15")
    assert (fact.origin.source, fact.origin.label) == (Source.REGISTER, "住民基本台帳")
    assert fact.origin.as_of == AS_OF


def test_facts_are_typed():
    resident = make_resident(codes=("20", "20"), 続柄表記="子の子", 住所_方書="コーポ１０１")

    facts = read(resident).facts

    assert facts["relationship_codes"].value == ["20", "20"]
    assert facts["is_head"].value is False
    assert facts["address"].value == "北海道北見市北進町三丁目１２番３号　コーポ１０１"
    assert facts["name_roman"] == Unknown(Reason.NOT_HELD)


def test_a_foreign_residents_name_is_the_one_the_register_puts_first():
    resident = make_resident(
        "", 住民種別="2", 氏名優先区分="09", 通称="木村　奈々", 氏名_外国人ローマ字="ＬＩ　ＮＡ"
    )

    assert read(resident).facts["name"].value == "木村　奈々"


def test_a_number_that_is_none_is_not_held():
    resident = make_resident(holds={"residence_tax": {"合計所得金額": "三百万"}})

    assert read(resident).facts["residence_tax.income"] == Unknown(Reason.NOT_HELD)


def test_a_holding_gives_its_facts_and_holds():
    resident = make_resident(holds=("nhi",))

    facts = read(resident).facts

    assert facts["holds.nhi"].value is True
    assert facts["nhi.symbol"].value == "北見０００１２３"
    assert facts["nhi.symbol"].origin.label == feed.feed("nhi").name
    assert facts["holds.child_allow"].value is False
    assert facts["child_allow.certificate_no"] == Unknown(Reason.NOT_HELD)


@pytest.mark.parametrize(
    ("changes", "held"),
    [
        ({"active_from": date(2026, 11, 22)}, True),
        ({"active_from": date(2026, 11, 23)}, False),
        ({"active_until": date(2026, 11, 23)}, True),
        ({"active_until": date(2026, 11, 22)}, False),
        ({"active": False}, False),
        ({"gone_at": AS_OF}, False),
    ],
)
def test_a_holding_is_held_from_its_first_day_until_the_day_it_ends(changes, held):
    resident = make_resident()
    holding = make_holding(resident, "nhi")
    type(holding).objects.filter(pk=holding.pk).update(**changes)

    facts = read(resident).facts

    assert facts["holds.nhi"].value is held
    assert isinstance(facts["nhi.symbol"], Known if held else Unknown)


def test_a_feed_that_never_came_is_down_and_not_a_no():
    Delivery.objects.filter(feed="nhi").delete()

    facts = read(make_resident()).facts

    assert facts["holds.nhi"] == facts["nhi.symbol"] == Unknown(Reason.SOURCE_DOWN)


def test_members_stand_in_order_and_the_removed_are_none():
    head, spouse, child = make_household()
    make_resident("転出　済", 世帯番号=head.household_number, 住民状態="2", codes=("20",))
    gone = make_resident("消　失", 世帯番号=head.household_number, codes=("20",))
    type(gone).objects.filter(pk=gone.pk).update(gone_at=AS_OF)

    people = register.read([child.pk, gone.pk], on=TODAY)

    assert people[child.pk].members == (head.pk, spouse.pk, child.pk)
    assert people[gone.pk].gone_at == AS_OF
    assert register.household_refs(head.household_number) == (head.pk, spouse.pk, child.pk)


@pytest.mark.parametrize("kind", ["1", "2"])
def test_a_protection_stands_after_its_end_and_says_so(kind):
    ends = date(2026, 11, 21)
    resident = make_resident(protected={"kind": kind, "ends_on": ends})

    person = read(resident)

    assert person.protected
    assert (person.protection.kind, person.protection.expired) == (kind, True)
    assert not read(resident, on=ends).protection.expired


def test_those_who_live_with_a_protected_person_are_protected_too():
    head, spouse, _ = make_household()
    make_protection(head)

    assert read(spouse).household_protected
    assert read(spouse).protection is None
    assert read(spouse).protected
    assert not read(head).household_protected


def test_an_ended_protection_and_a_member_who_left_protect_nobody():
    head, spouse, _ = make_household()
    make_protection(spouse, kind="3")
    left = make_resident("転出　済", 世帯番号=head.household_number, 住民状態="2", protected="1")

    assert not read(head).protected
    assert not read(spouse).protected
    assert read(left).protected


def test_people_without_a_household_number_do_not_live_together():
    one, other = make_resident(世帯番号=""), make_resident(世帯番号="", protected="1")

    assert read(one).members == ()
    assert not read(one).protected
    assert read(other).protected


def test_an_unknown_ref_is_absent():
    assert register.read([uuid4()]) == {}


def test_any_number_of_people_takes_five_queries(django_assert_max_num_queries):
    refs = [each.pk for _ in range(5) for each in make_household()]

    with django_assert_max_num_queries(5):
        people = register.read(refs)

    assert len(people) == 15


def test_a_number_gives_its_ref():
    resident = make_resident()

    assert register.ref_of(resident.number) == resident.pk
    assert register.ref_of("無い番号") is None
