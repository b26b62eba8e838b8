"""Binding by the card's four attributes: one living resident or nobody, and nothing told apart."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def asked_by(captured):
    """What the database was asked, in order, without the values and how many there were of them."""
    told = [each["sql"] for each in captured.captured_queries if "SAVEPOINT" not in each["sql"]]
    bare = [re.sub(r"'[^']*'(::\w+)?|\b\d+\b", "?", sql) for sql in told]
    return [re.sub(r"\?(, \?)+", "?", sql) for sql in bare]


def test_what_the_database_is_asked_tells_no_refusal_from_another(hanako):
    """R7: nobody, several, a protected person, one of their household, one bound elsewhere."""
    bind(card())
    for _ in "ab":
        makers.make_resident("二人　同", 性別="1", 生年月日="1970-01-01")
    makers.make_resident("外国　住", 性別="1", 住民種別="1", 住民状態="3")
    mother, child = makers.make_household(
        {**makers.wife("守口　恵子", "モリグチ　ケイコ", "1989-07-07", protected="1")},
        makers.child("守口　空", "モリグチ　ソラ", "2008-04-02"),
    )
    cards = {
        "nobody": card(subject="s1", name="無名　某"),
        "several": card(subject="s2", name="二人　同", birth_date=date(1970, 1, 1), sex="1"),
        "gone": card(subject="s3", name="外国　住", sex="1"),
        "protected": card(subject="s4", name=mother.name, birth_date=date(1989, 7, 7)),
        "household": card(
            subject="s5", name=child.name, birth_date=date(2008, 4, 2), sex=child.sex
        ),
        "bound": card(subject="s6"),
        "other": card(name="無名　某"),
    }
    bind(card(subject="s7", name="無名　某"))  # what is read once for all

    asked = {}
    for who, each in cards.items():
        with CaptureQueriesContext(connection) as captured:
            assert bind(each) is None
        asked[who] = asked_by(captured)

    assert asked == dict.fromkeys(cards, asked["nobody"])
    assert len(asked["nobody"]) >= 10
