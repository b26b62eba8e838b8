"""支援措置: what tells where a protected person is, is masked for everyone but a senior with a reason."""

import re
from datetime import date

import pytest
from django.contrib.auth.models import Group
from guardian.shortcuts import remove_perm

from consent import door, engagements
from consent.models import AccessEntry, Category
from consent.protection import is_masked
from residents import feed
from residents.facts import Known, Reason, Unknown
from tests.makers import make_protection, make_resident

TELLS_WHERE = re.compile("住所|所在|方書|郵便番号|電話|メール|学校|転入|転居|支店")
SECRETS = ("秘町", "７番８号", "0909999", "08055550000", "hide@example.jp", "秘町小学校")
MASKED = Unknown(Reason.PROTECTED)


def begin(by, *residents):
    refs = [resident.pk for resident in residents]
    return engagements.begin("trial", refs, reference="20261122-0001", by=by).pk


def everything(records):
    return repr([dict(record.facts) for record in records.values()])


def test_every_fact_whose_label_speaks_of_a_place_is_masked():
    places = {fact.key for fact in feed.facts().values() if TELLS_WHERE.search(fact.label)}

    assert {key for key in places if not is_masked(key)} == set()
    assert {"destination_address", "child_allow.bank_branch", "contact.email"} <= places


@pytest.mark.parametrize("key", ["name", "birth_date", "sex", "relationship", "nhi.symbol"])
def test_what_tells_no_place_is_not_masked(key):
    assert not is_masked(key)


def test_nothing_of_a_protected_household_tells_where_it_is(sato, hidden):
    ground = begin(sato, hidden.mother)

    records = door.open_household(hidden.mother.pk, engagement=ground, by=sato)

    assert all(secret not in everything(records) for secret in SECRETS)
    mother = records[hidden.mother.pk]
    assert mother.facts["address"] == mother.facts["contact.phone"] == MASKED
    assert mother.facts["name"].value == "守口　恵子"
    assert mother.protected
    assert mother.masked


def test_a_child_who_lives_with_a_protected_mother_is_masked_too(sato, hidden):
    ground = begin(sato, hidden.child)

    records = door.open([hidden.child.pk], engagement=ground, by=sato)

    child = records[hidden.child.pk]
    assert child.facts["address"] == child.facts["postal_code"] == MASKED
    assert child.facts["previous_address"] == MASKED
    assert child.masked


def test_every_place_a_protected_person_has_is_masked_wherever_it_is_held(sato, ledgers):
    holds = {code: each for code, each in everywhere().items() if code != "juki"}
    person = make_resident("守口　恵子", holds=holds, protected="1", **everywhere()["juki"])
    ground = begin(sato, person)

    facts = door.open([person.pk], engagement=ground, by=sato)[person.pk].facts

    seen = {key for key, value in facts.items() if isinstance(value, Known)}
    assert not {key for key in seen if TELLS_WHERE.search(feed.facts()[key].label)}
    assert facts["destination_address"] in (MASKED, Unknown(Reason.WITHHELD))


def everywhere():
    """A text in every place-telling item of every feed."""
    return {
        each.code: {
            name: "秘"
            for declared in each.facts
            if TELLS_WHERE.search(declared.fact.label) and declared.fact.type == "text"
            for name in declared.items
        }
        for each in feed.feeds().values()
    }


@pytest.mark.parametrize(
    ("changes", "expired"),
    [
        ({"kind": "1"}, False),
        ({"kind": "2"}, False),
        ({"kind": "9"}, False),
        ({"kind": "1", "ends_on": date(2020, 1, 1)}, True),
    ],
    ids=["granted", "provisional", "a kind nobody knows", "past its end date"],
)
def test_a_measure_stands_until_it_is_ended_by_name(sato, ledgers, changes, expired):
    person = make_resident(protected=changes)
    ground = begin(sato, person)

    record = door.open([person.pk], engagement=ground, by=sato)[person.pk]

    assert record.facts["address"] == MASKED
    assert record.protection_expired is expired


def test_an_ended_measure_masks_nothing(sato, ledgers):
    person = make_resident(protected="3")
    ground = begin(sato, person)

    record = door.open([person.pk], engagement=ground, by=sato)[person.pk]

    assert record.facts["address"].value.startswith("北海道北見市")
    assert not record.protected


def test_protection_works_at_the_next_call(sato, yamada):
    ground = begin(sato, yamada.mother)
    before = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk]

    make_protection(yamada.child)

    after = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk]
    assert (before.masked, after.masked) == (False, True)
    assert door.look({yamada.mother.pk: ["basic"]}, engagement=ground, by=sato)[
        yamada.mother.pk
    ].masked


def test_withheld_comes_before_protected_so_that_no_measure_shows_through(sato, hidden):
    ground = engagements.begin("birth", [hidden.mother.pk], reference="", by=sato).pk

    facts = door.open([hidden.mother.pk], engagement=ground, by=sato)[hidden.mother.pk].facts

    assert facts["contact.phone"] == Unknown(Reason.WITHHELD)


def test_a_clerk_may_not_reveal(sato, hidden):
    ground = begin(sato, hidden.mother)

    with pytest.raises(engagements.MayNotReveal):
        engagements.reveal(ground, hidden.mother.pk, reason="届出のため", by=sato)

    assert not AccessEntry.objects.exists()
    assert door.open([hidden.mother.pk], engagement=ground, by=sato)[hidden.mother.pk].masked


def test_a_senior_reveals_one_person_for_a_reason_and_it_is_logged(takahashi, hidden):
    ground = begin(takahashi, hidden.mother, hidden.child)

    engagements.reveal(ground, hidden.mother.pk, reason="届出の審査のため", by=takahashi)

    entry = AccessEntry.objects.get(action="reveal")
    assert (entry.reason, entry.account_id) == ("届出の審査のため", takahashi.account_id)
    assert [row.ref for row in entry.subjects.all()] == [hidden.mother.pk]
    records = door.open([hidden.mother.pk, hidden.child.pk], engagement=ground, by=takahashi)
    assert "秘町" in records[hidden.mother.pk].facts["address"].value
    assert records[hidden.mother.pk].protected
    assert records[hidden.child.pk].facts["address"] == MASKED


def test_what_was_revealed_stays_in_its_engagement(takahashi, hidden):
    ground = begin(takahashi, hidden.mother)
    engagements.reveal(ground, hidden.mother.pk, reason="届出の審査のため", by=takahashi)
    engagements.close(ground)

    again = engagements.reopen(ground, by=takahashi).pk
    another = begin(takahashi, hidden.mother)

    for fresh in (again, another):
        records = door.open([hidden.mother.pk], engagement=fresh, by=takahashi)
        assert records[hidden.mother.pk].masked


def test_nobody_is_revealed_without_a_reason(takahashi, hidden):
    ground = begin(takahashi, hidden.mother)

    with pytest.raises(AssertionError):
        engagements.reveal(ground, hidden.mother.pk, reason="　", by=takahashi)


def test_nobody_outside_the_engagement_is_revealed(takahashi, yamada, hidden):
    ground = begin(takahashi, yamada.mother)

    with pytest.raises(engagements.NotInEngagement):
        engagements.reveal(ground, hidden.mother.pk, reason="届出のため", by=takahashi)


def test_nobody_is_revealed_on_a_closed_or_another_offices_engagement(
    takahashi, sato, suzuki, hidden
):
    closed, others = begin(takahashi, hidden.mother), begin(suzuki, hidden.mother)
    engagements.close(closed)

    for ground in (closed, others):
        with pytest.raises(engagements.EngagementClosed):
            engagements.reveal(ground, hidden.mother.pk, reason="届出のため", by=takahashi)


def test_the_right_to_reveal_can_be_taken_away(takahashi, hidden):
    remove_perm(
        "consent.reveal", Group.objects.get(name="senior"), Category.objects.get(code="basic")
    )
    ground = begin(takahashi, hidden.mother)

    with pytest.raises(engagements.MayNotReveal):
        engagements.reveal(ground, hidden.mother.pk, reason="届出のため", by=takahashi)


def test_a_record_looks_the_same_whether_or_not_a_protected_person_lives_elsewhere(
    sato, yamada, request
):
    """I3: nothing of another household's record changes when someone is protected."""
    ground = begin(sato, yamada.mother)
    before = door.open_household(yamada.mother.pk, engagement=ground, by=sato)

    request.getfixturevalue("hidden")

    assert door.open_household(yamada.mother.pk, engagement=ground, by=sato) == before
