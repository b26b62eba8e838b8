"""Searching through the door: few fields, never a protected person's place, each hit logged once a page."""

from dataclasses import astuple, fields
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection
from guardian.shortcuts import remove_perm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent import door
from consent.models import AccessEntry, AccessSubject, Category
from residents.models import Identity
from residents.query import TOO_SHORT
from tests import makers

SECRETS = ("秘町", "７番８号", "0909999", "08055550000", "hide@example.jp", "秘町小学校")


def search(query, by, search_id=None):
    return door.search(query, by=by, search_id=search_id or uuid4())


def told(found):
    return str([astuple(hit) for hit in found.hits]) + found.hint


def names(found):
    return [hit.name for hit in found.hits]


def test_a_clerk_finds_people_by_kana_number_and_birth_date(sato, yamada):
    for query in ("ヤマダ ハナコ", yamada.mother.number, "山田 1990-05-01", "2.5.1 やまだ"):
        assert "山田　花子" in names(search(query, sato))


def test_a_hit_carries_few_fields_and_no_address(sato, yamada):
    [hit] = search("ヤマダ ハナコ", sato).hits

    assert {field.name for field in fields(hit)} == {
        "ref", "number", "name", "name_kana", "birth", "sex", "household_number", "town",
        "state", "kind", "nationality", "protected", "other_names", "living_here",
        "protection_expired",
    }  # fmt: skip
    assert hit.town == "北進町三丁目"
    assert "１２番３号" not in str(astuple(hit))


def test_who_may_not_see_basic_facts_may_not_search(hanako_admin, yamada):
    calls = (
        lambda: search("ヤマダ", hanako_admin),
        lambda: door.glance(yamada.mother.pk, by=hanako_admin, search_id=uuid4()),
        lambda: door.find_number(yamada.mother.number, by=hanako_admin),
    )

    for call in calls:
        with pytest.raises(door.MayNotSearch):
            call()

    assert not AccessEntry.objects.exists()


def test_the_right_to_search_can_be_taken_away(sato, yamada):
    remove_perm("consent.see", Group.objects.get(name="clerk"), Category.objects.get(code="basic"))

    with pytest.raises(door.MayNotSearch):
        search("ヤマダ", sato)


def test_too_little_typed_finds_nobody_and_says_what_to_type(sato, yamada):
    found = search("ヤ", sato)

    assert found.hits == ()
    assert "2文字以上" in found.hint


def test_every_hit_is_logged_and_nothing_of_the_query(sato, yamada):
    search("ヤマダ", sato)

    entry = AccessEntry.objects.get()
    assert (entry.action, entry.purpose, entry.engagement) == ("search", "", None)
    family = {yamada.father.pk, yamada.mother.pk, yamada.child.pk}
    assert {row.ref for row in entry.subjects.all()} == family
    assert {tuple(row.categories) for row in entry.subjects.all()} == {("basic",)}
    assert "ヤマダ" not in repr(AccessEntry.objects.values().get())


def test_one_page_logs_each_hit_once_however_often_it_searches(sato, yamada, yoshida):
    page = uuid4()

    for query in ("ヤマ", "ヤマダ", "ヤマダ ハナコ"):
        search(query, sato, page)
    door.glance(yamada.mother.pk, by=sato, search_id=page)
    search("ヨシダ", sato, page)

    refs = list(AccessSubject.objects.values_list("ref", flat=True))
    assert len(refs) == len(set(refs)) == 6


def test_another_page_logs_them_again(sato, yamada):
    search("ヤマダ ハナコ", sato)
    search("ヤマダ ハナコ", sato)

    assert AccessSubject.objects.filter(ref=yamada.mother.pk).count() == 2


def test_a_glance_on_a_page_that_never_found_the_person_is_logged(sato, yamada):
    hit = door.glance(yamada.mother.pk, by=sato, search_id=uuid4())

    assert hit.name == "山田　花子"
    assert AccessSubject.objects.get().ref == yamada.mother.pk


def test_a_glance_at_nobody_finds_and_logs_nothing(sato, ledgers):
    assert door.glance(uuid4(), by=sato, search_id=uuid4()) is None
    assert not AccessEntry.objects.exists()


def test_a_number_leads_to_its_ref_and_is_logged(sato, yamada):
    assert door.find_number(yamada.mother.number, by=sato) == yamada.mother.pk
    assert AccessSubject.objects.get().ref == yamada.mother.pk


def test_a_number_of_nobody_or_of_someone_without_a_row_finds_nobody(sato, ledgers):
    Identity.objects.create(number="0000000009")

    assert door.find_number("0000000009", by=sato) is None
    assert door.find_number("nobody", by=sato) is None
    assert not AccessSubject.objects.exists()


def test_where_the_log_cannot_be_written_nothing_is_found(sato, yamada):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''the disk is full''; END';"
            "CREATE TRIGGER full_disk BEFORE INSERT ON consent_accesssubject"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )

    for call in (
        lambda: search("ヤマダ", sato),
        lambda: door.glance(yamada.mother.pk, by=sato, search_id=uuid4()),
        lambda: door.find_number(yamada.mother.number, by=sato),
    ):
        with pytest.raises(DatabaseError, match="the disk is full"):
            call()


def test_a_protected_person_is_found_by_name_with_a_flag_and_without_a_place(sato, hidden):
    found = search("モリグチ", sato)

    assert {hit.name for hit in found.hits} == {"守口　恵子", "守口　空"}
    assert all(hit.protected and hit.town is None for hit in found.hits)
    assert not [secret for secret in SECRETS if secret in told(found)]


@pytest.mark.parametrize(
    "query",
    ["秘町", "秘町五丁目", "秘町5-7-8", "守口 秘町五丁目", "モリグチ 秘町5丁目7番8号"],
)
def test_no_place_finds_a_protected_person_nor_confirms_a_guess(sato, hidden, query):
    assert search(query, sato).hits == ()


def test_neighbours_are_found_by_the_same_place(sato, hidden):
    makers.make_household(
        {"name": "隣　太郎", "氏名_フリガナ": "トナリ　タロウ"}, 住所_町字="秘町五丁目"
    )

    assert names(search("秘町五丁目", sato)) == ["隣　太郎"]


def test_a_glance_at_a_protected_person_tells_no_place(sato, hidden):
    for person in (hidden.mother, hidden.child):
        hit = door.glance(person.pk, by=sato, search_id=uuid4())
        assert hit.protected
        assert hit.town is None


def test_protection_masks_the_very_next_search(sato, yamada):
    assert search("ヤマダ ハナコ", sato).hits[0].town

    makers.make_protection(yamada.child, kind="2")

    assert search("ヤマダ ハナコ", sato).hits[0].town is None
    assert search("北進町", sato).hits == ()


def test_an_ended_measure_hides_nothing_any_more(sato, yamada):
    makers.make_protection(yamada.mother, kind="3")

    assert search("ヤマダ ハナコ", sato).hits[0].town == "北進町三丁目"


PAGE = uuid4()
WHERE = ["秘町", "秘町五丁目", "秘町5-7-8", "5丁目7番8号"]
PARTS = st.sampled_from(
    [
        *WHERE,
        "モリグチ",
        "守口",
        "恵子",
        "ソラ",
        "1.7.7",
        "1989-07-07",
        "30.4.2",
        "ヤマダ",
        "北進町",
    ]
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(parts=st.lists(PARTS, min_size=1, max_size=4), space=st.sampled_from([" ", "\u3000"]))
def test_no_query_whatever_tells_where_a_protected_person_is(parts, space, sato, yamada, hidden):
    """I3: words that speak of their place alone find nobody of them, and no hit names the place."""
    query = space.join(parts)

    found = search(query, sato, PAGE)

    assert found.hint in ("", TOO_SHORT)

    theirs = [hit for hit in found.hits if hit.ref in (hidden.mother.pk, hidden.child.pk)]
    assert not (theirs and any(part in WHERE for part in parts)), query
    assert not [secret for secret in SECRETS if secret in told(found)]
