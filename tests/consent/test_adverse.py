"""相手方: who is served learns nothing of whoever flees from them, and cannot tell why."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent import door, engagements, measures
from consent.actors import actor_of
from consent.measures import Against
from consent.models import AccessSubject
from residents import register
from residents.facts import Known, Reason, Unknown
from tests import makers
from tests.aged import wish
from tests.consent.test_binding import asked_by
from tests.consent.test_resident_door import bind_to

SECRETS = ("秘町", "７番８号", "0909999", "守口　恵子", "モリグチ　ケイコ")


@pytest.fixture
def fled(ledgers):
    """恵子 with her child at a place nobody may learn; nothing protects them yet."""
    place = {"住所_町字": "秘町五丁目", "住所_番地号表記": "７番８号", "住所_郵便番号": "0909999"}
    return makers.make_household(
        makers.man("守口　恵子", "モリグチ　ケイコ", "1989-07-07"),
        makers.child("守口　空", "モリグチ　ソラ", "2018-04-02"),
        **place,
    )


@pytest.fixture
def protected(fled, yamada, takahashi):
    """恵子 and her child are covered; the other party is 太郎."""
    mother, child = fled
    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    return measures.set_up(wish(mother, child, against=against), by=takahashi)


def known(records):
    return {
        (ref, key)
        for ref, record in records.items()
        for key, value in record.facts.items()
        if isinstance(value, Known)
    }


def open_for(named, opened, by):
    ground = engagements.begin("trial", [*named], reference="", by=by).pk
    return ground, door.open([*opened], engagement=ground, by=by)


def test_the_other_partys_own_visit_learns_no_fact_of_her(protected, fled, yamada, sato):
    mother, child = fled
    refs = [yamada.father.pk, mother.pk, child.pk]

    ground, records = open_for(refs, refs, sato)

    assert {ref for ref, _ in known(records)} == {yamada.father.pk}
    assert all(secret not in repr(records) for secret in SECRETS)
    assert records[mother.pk].protected
    assert records[mother.pk].masked
    assert records[mother.pk].members == ()
    sights = door.look(dict.fromkeys(refs, ["basic"]), engagement=ground, by=sato)
    assert (sights[mother.pk].categories, sights[mother.pk].masked) == (frozenset(), True)
    shown = AccessSubject.objects.filter(ref=mother.pk, entry__engagement=ground)
    assert {tuple(row.categories) for row in shown} == {()}


def test_so_does_the_visit_of_someone_who_lives_with_the_other_party(protected, fled, yamada, sato):
    refs = [yamada.mother.pk, fled[0].pk]

    _, records = open_for(refs, refs, sato)

    assert {ref for ref, _ in known(records)} == {yamada.mother.pk}


def test_her_own_visit_shows_what_any_protected_persons_does(protected, fled, sato):
    _, records = open_for([each.pk for each in fled], [each.pk for each in fled], sato)

    assert records[fled[0].pk].facts["name"].value == "守口　恵子"
    assert not isinstance(records[fled[0].pk].facts["address"], Known)


def test_she_is_served_though_she_still_lives_with_the_other_party(yamada, takahashi, sato):
    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(yamada.mother, against=against), by=takahashi)

    ground = engagements.begin("trial", [yamada.mother.pk], reference="", by=sato).pk
    hers = door.open_household(yamada.mother.pk, engagement=ground, by=sato)
    again = engagements.reopen(ground, by=sato).pk
    reprinted = door.open([yamada.mother.pk], engagement=again, by=sato)
    assert reprinted[yamada.mother.pk] == hers[yamada.mother.pk]
    ground = engagements.begin("trial", [yamada.father.pk], reference="", by=sato).pk
    his = door.open_household(yamada.father.pk, engagement=ground, by=sato)

    assert isinstance(hers[yamada.mother.pk].facts["name"], Known)
    assert his[yamada.mother.pk].facts["contact.phone"] == Unknown(Reason.WITHHELD)


def test_who_comes_in_her_place_may_be_the_other_party_she_still_lives_with(
    yamada, takahashi, sato
):
    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(yamada.mother, against=against), by=takahashi)
    shut = {}
    for applicant in ("self", "household", "proxy"):
        bundle = makers.make_bundle(yamada.mother, sato, applicant=applicant, answers=None)
        records = door.open([yamada.mother.pk], engagement=bundle.engagement, by=sato)
        shut[applicant] = not known(records)

    assert shut == {"self": False, "household": True, "proxy": True}


def test_only_a_support_officer_shows_her_to_it_for_a_reason(
    protected, fled, yamada, takahashi, staff
):
    refs = [yamada.father.pk, fled[0].pk]
    staff["takahashi"].groups.set(staff["takahashi"].groups.filter(name="senior"))
    ground, _ = open_for(refs, refs, takahashi)
    with pytest.raises(engagements.MayNotReveal):
        engagements.reveal(ground, fled[0].pk, reason="届出の審査のため", by=takahashi)

    kato = actor_of(staff["kato"], terminal="3番窓口", channel="desk")
    ground, _ = open_for(refs, refs, kato)
    engagements.reveal(ground, fled[0].pk, reason="届出の審査のため", by=kato)

    records = door.open(refs, engagement=ground, by=kato)
    assert records[fled[0].pk].facts["name"].value == "守口　恵子"


def test_a_reprint_begun_anew_stays_shut(protected, fled, yamada, sato):
    refs = [yamada.father.pk, fled[0].pk]
    ground, _ = open_for(refs, refs, sato)
    again = engagements.reopen(ground, by=sato).pk

    records = door.open(refs, engagement=again, by=sato)

    assert {ref for ref, _ in known(records)} == {yamada.father.pk}


def test_on_the_other_partys_phone_nothing_changes_with_the_measure(fled, yamada, takahashi):
    """I3: household and refusals on 太郎's phone are the same with and without the measure."""
    by = bind_to(yamada.father)
    before = on_the_phone(by, yamada, fled)

    against = (Against(yamada.father.pk, {"name": "山田　太郎"}),)
    measures.set_up(wish(*fled, against=against), by=takahashi)

    assert on_the_phone(by, yamada, fled) == before


def on_the_phone(by, yamada, fled):
    own = yamada.father.pk
    ground = engagements.begin("move_within", [own], reference="", by=by).pk
    seen = [door.open_household(own, engagement=ground, by=by)]
    for stranger in (fled[0].pk, uuid4()):
        ground = engagements.begin("move_within", [own, stranger], reference="", by=by).pk
        try:
            door.open([own, stranger], engagement=ground, by=by)
        except door.NotInEngagement as refusal:
            seen.append(repr(refusal))
    return seen


def test_on_his_phone_the_database_is_asked_the_same_of_her_as_of_a_stranger(
    protected, fled, yamada, katsuragi
):
    """R7, D25: one who fled, a neighbour, another protected person, nobody at all."""
    by, own = bind_to(yamada.father), yamada.father.pk
    makers.make_protection(katsuragi.father)
    asked = {}
    for other in (uuid4(), fled[0].pk, fled[1].pk, katsuragi.mother.pk, katsuragi.father.pk):
        ground = engagements.begin("move_within", [own, other], reference="", by=by).pk
        with CaptureQueriesContext(connection) as captured, pytest.raises(door.NotInEngagement):
            door.open([own, other], engagement=ground, by=by)
        asked[other] = asked_by(captured)

    first, *others = asked.values()
    assert others == [first] * 4
    assert len(first) >= 8


def test_a_place_finds_nobody_a_measure_covers_and_tells_nothing_of_it(
    fled, yamada, takahashi, sato
):
    """I3: with her covered, a search by her place answers as if she were not in the register."""
    found = door.search("秘町五丁目", by=sato, search_id=uuid4())
    assert {hit.ref for hit in found.hits} == {each.pk for each in fled}
    nobody = door.search("秘町六丁目", by=sato, search_id=uuid4())

    measures.set_up(wish(fled[0]), by=takahashi)

    assert door.search("秘町五丁目", by=sato, search_id=uuid4()) == nobody
    hit = door.search("モリグチ ケイコ", by=sato, search_id=uuid4()).hits[0]
    assert (hit.protected, hit.town) == (True, None)


def test_the_register_says_when_the_last_of_several_measures_ends(yamada, takahashi):
    makers.make_protection(yamada.mother, ends_on=date(2020, 1, 1))
    measures.set_up(wish(yamada.mother), by=takahashi)

    state = register.read([yamada.mother.pk])[yamada.mother.pk].protection

    assert (state.ends_on, state.expired) == (date(2027, 11, 21), False)
