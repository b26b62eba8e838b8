"""Binding by the card's four attributes: one living resident or nobody, and nothing told apart."""

from datetime import date

import pytest

from consent.binding import Card, bind
from consent.models import AccessEntry, Account
from tests import makers

ADDRESS = "北海道北見市北進町三丁目１２番３号"


def card(**changes):
    given = {
        "issuer": "https://provider.example",
        "subject": "pairwise-1",
        "name": "山田　花子",
        "address": ADDRESS,
        "birth_date": date(1990, 5, 1),
        "sex": "2",
    }
    return Card(**{**given, **changes})


@pytest.fixture
def hanako(ledgers):
    return makers.make_resident("山田　花子", 性別="2")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("山田　花子", ADDRESS),
        ("山田 花子", "北海道北見市 北進町三丁目12番3号"),
        ("山田花子", ADDRESS),
    ],
)
def test_one_living_resident_is_bound_whatever_the_width_and_the_spaces(hanako, name, address):
    account = bind(card(name=name, address=address))

    assert (account.kind, account.ref) == ("resident", hanako.pk)
    assert not account.has_usable_password()
    entry = AccessEntry.objects.get(action="bind")
    assert entry.account_id == account.pk
    assert [each.ref for each in entry.subjects.all()] == [hanako.pk]


def test_signing_in_again_finds_the_same_account(hanako):
    assert bind(card()) == bind(card())


@pytest.mark.parametrize(
    "other",
    [
        {"name": "山田　華子"},
        {"address": "北海道北見市北進町三丁目１２番４号"},
        {"birth_date": date(1990, 5, 2)},
        {"sex": "1"},
        {"name": ""},
        {"address": " "},
        {"sex": ""},
    ],
)
def test_one_attribute_that_differs_or_lacks_binds_nobody(hanako, other):
    assert bind(card(**other)) is None
    assert not Account.objects.filter(kind="resident").exists()
    assert AccessEntry.objects.get(action="bind").subjects.count() == 0


def test_two_people_of_the_same_four_attributes_are_bound_at_the_counter(hanako):
    makers.make_resident("山田　花子", 性別="2")

    assert bind(card()) is None


def test_a_protected_person_and_their_household_are_bound_at_the_counter(ledgers):
    mother, child = makers.make_household(
        {**makers.wife("守口　恵子", "モリグチ　ケイコ", "1989-07-07", protected="1")},
        makers.child("守口　空", "モリグチ　ソラ", "2008-04-02"),
    )
    for person, born in ((mother, date(1989, 7, 7)), (child, date(2008, 4, 2))):
        assert bind(card(name=person.name, birth_date=born, sex=person.sex)) is None


def test_someone_who_has_left_is_bound_to_nothing(ledgers):
    makers.make_resident("山田　花子", 性別="2", 住民状態="3")

    assert bind(card()) is None


def test_a_second_sign_in_for_a_bound_resident_is_settled_at_the_counter(hanako):
    bind(card())

    assert bind(card(subject="pairwise-2")) is None


def test_a_bound_sign_in_is_never_given_to_another_resident(hanako):
    bind(card())
    makers.make_resident("山田　月子", 性別="2")

    assert bind(card(name="山田　月子")) is None


def test_nothing_about_a_card_is_in_its_words():
    assert "山田" not in repr(card())
    assert "pairwise" not in card().username
