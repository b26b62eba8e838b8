"""The door's gates: engagement, purpose, permission, agreement — and the log line of each call."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from guardian.shortcuts import remove_perm

from consent import door, engagements
from consent.models import AccessEntry, AccessSubject, Category, Engagement
from residents import feed
from residents.facts import Known, Reason, Source, Unknown
from residents.models import Delivery, Identity
from tests.makers import make_resident


def begin(by, *residents, purpose="birth"):
    refs = [resident.pk for resident in residents]
    return engagements.begin(purpose, refs, reference="20261122-0001", by=by).pk


def may_no_longer_see(category, role="clerk"):
    remove_perm("consent.see", Group.objects.get(name=role), Category.objects.get(code=category))


CALLS = {
    "open": lambda ref, ground, by: door.open([ref], engagement=ground, by=by),
    "open_household": lambda ref, ground, by: door.open_household(ref, engagement=ground, by=by),
    "look": lambda ref, ground, by: door.look({ref: ["basic"]}, engagement=ground, by=by),
}
EVERY_CALL = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def test_a_record_opens_with_every_fact_known_or_unknown_for_a_reason(sato, yamada):
    ground = begin(sato, yamada.mother)

    record = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk]

    assert set(record.facts) == set(feed.facts())
    assert all(isinstance(value, Known | Unknown) for value in record.facts.values())
    name = record.facts["name"]
    assert name.value == "山田　花子"
    assert (name.origin.source, name.origin.label) == (Source.REGISTER, "住民基本台帳")
    assert name.origin.as_of is not None


def test_no_known_value_is_ever_blank(sato, yamada, hidden):
    everyone = [yamada.father, yamada.mother, yamada.child, hidden.mother, hidden.child]
    ground = begin(sato, *everyone, purpose="trial")

    records = door.open([each.pk for each in everyone], engagement=ground, by=sato)

    for record in records.values():
        for value in record.facts.values():
            assert isinstance(value, Unknown) or value.value not in ("", None, [])


@EVERY_CALL
def test_a_closed_engagement_opens_nothing(sato, yamada, call):
    ground = begin(sato, yamada.mother)
    call(yamada.mother.pk, ground, sato)
    engagements.close(ground)

    with pytest.raises(engagements.EngagementClosed):
        call(yamada.mother.pk, ground, sato)


@EVERY_CALL
def test_an_engagement_past_its_time_opens_nothing(sato, yamada, call):
    ground = begin(sato, yamada.mother)
    Engagement.objects.update(until=timezone.now() - timedelta(seconds=1))

    with pytest.raises(engagements.EngagementClosed):
        call(yamada.mother.pk, ground, sato)


@EVERY_CALL
def test_another_office_opens_nothing_on_this_offices_engagement(sato, suzuki, yamada, call):
    ground = begin(sato, yamada.mother)

    with pytest.raises(engagements.EngagementClosed):
        call(yamada.mother.pk, ground, suzuki)


@EVERY_CALL
def test_a_colleague_of_the_same_office_opens_on_the_engagement(sato, takahashi, yamada, call):
    ground = begin(sato, yamada.mother)

    assert yamada.mother.pk in call(yamada.mother.pk, ground, takahashi)


@EVERY_CALL
def test_an_engagement_that_never_was_opens_nothing(sato, yamada, call):
    with pytest.raises(engagements.EngagementClosed):
        call(yamada.mother.pk, uuid4(), sato)


@EVERY_CALL
def test_nobody_outside_the_engagement_opens(sato, yamada, yoshida, call):
    ground = begin(sato, yamada.mother)

    with pytest.raises(door.NotInEngagement):
        call(yoshida.mother.pk, ground, sato)


@EVERY_CALL
def test_a_refused_call_leaves_no_log_line(sato, yamada, yoshida, call):
    ground = begin(sato, yamada.mother)

    with pytest.raises(door.NotInEngagement):
        call(yoshida.mother.pk, ground, sato)

    assert not AccessEntry.objects.exists()


def test_opening_a_household_lets_its_members_and_nobody_else_in(sato, yamada, yoshida):
    ground = begin(sato, yamada.mother)

    records = door.open_household(yamada.mother.pk, engagement=ground, by=sato)

    family = [yamada.father.pk, yamada.mother.pk, yamada.child.pk]
    assert list(records) == family
    assert set(door.open(family, engagement=ground, by=sato)) == set(family)
    with pytest.raises(door.NotInEngagement):
        door.open([yoshida.mother.pk], engagement=ground, by=sato)


def test_someone_who_moved_out_is_no_member_but_is_opened_when_asked_for(sato, ledgers):
    gone = make_resident("転出　太郎", 住民状態="2")
    ground = begin(sato, gone)

    records = door.open_household(gone.pk, engagement=ground, by=sato)

    assert records[gone.pk].state == "2"
    assert records[gone.pk].members == ()


def test_someone_without_a_row_in_the_register_has_no_record_and_no_household(sato, ledgers):
    stranger = Identity.objects.create(number="0000000009")
    ground = engagements.begin("birth", [stranger.pk], reference="", by=sato).pk

    assert door.open([stranger.pk], engagement=ground, by=sato) == {}
    with pytest.raises(door.NotInRegister):
        door.open_household(stranger.pk, engagement=ground, by=sato)


def test_a_snapshot_of_someone_the_register_lost_is_masked_to_be_on_the_safe_side(sato, ledgers):
    lost = Identity.objects.create(number="0000000009")
    ground = engagements.begin("birth", [lost.pk], reference="", by=sato).pk

    assert door.look({lost.pk: ["basic"]}, engagement=ground, by=sato)[lost.pk].masked


def test_a_category_outside_the_purpose_is_withheld(sato, yamada):
    ground = begin(sato, yamada.child)
    engagements.agree(ground, feed_categories(), by=sato)

    facts = door.open([yamada.child.pk], engagement=ground, by=sato)[yamada.child.pk].facts

    assert facts["holds.school"] == facts["school.name"] == Unknown(Reason.WITHHELD)


def test_a_category_the_person_did_not_agree_to_is_withheld(sato, yamada):
    ground = begin(sato, yamada.mother)
    engagements.agree(ground, ["insurance"], by=sato)

    facts = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk].facts

    assert facts["holds.nhi"].value is True
    assert facts["contact.phone"] == Unknown(Reason.WITHHELD)
    assert facts["residence_tax.income"] == Unknown(Reason.WITHHELD)
    assert facts["name"].value == "山田　花子"


def test_before_the_person_agrees_only_what_the_law_allows_is_seen(sato, yamada):
    ground = begin(sato, yamada.mother)

    record = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk]

    assert record.categories == {"basic", "household"}
    seen = {key for key, value in record.facts.items() if value != Unknown(Reason.WITHHELD)}
    assert {feed.facts()[key].category for key in seen} == {"basic", "household"}


def test_a_category_without_permission_is_withheld_even_by_law(sato, yamada):
    may_no_longer_see("household")
    ground = begin(sato, yamada.mother)

    record = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk]

    assert record.facts["relationship"] == Unknown(Reason.WITHHELD)
    assert record.members == ()


def test_permission_taken_away_closes_what_was_agreed_at_the_next_call(sato, yamada):
    ground = begin(sato, yamada.mother)
    engagements.agree(ground, ["insurance"], by=sato)
    assert door.look({yamada.mother.pk: ["insurance"]}, engagement=ground, by=sato)[
        yamada.mother.pk
    ].categories == {"insurance"}

    may_no_longer_see("insurance")

    sights = door.look({yamada.mother.pk: ["insurance"]}, engagement=ground, by=sato)
    assert sights[yamada.mother.pk].categories == set()
    facts = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk].facts
    assert facts["holds.nhi"] == Unknown(Reason.WITHHELD)


def test_an_account_without_see_opens_records_in_which_everything_is_withheld(hanako_admin, yamada):
    ground = begin(hanako_admin, yamada.mother)

    record = door.open([yamada.mother.pk], engagement=ground, by=hanako_admin)[yamada.mother.pk]

    assert set(record.facts.values()) == {Unknown(Reason.WITHHELD)}


def test_being_a_superuser_opens_no_category(staff, hanako_admin, yamada):
    staff["admin"].is_superuser = True
    staff["admin"].save()

    assert door.permitted(hanako_admin) == frozenset()


def test_a_core_system_that_never_delivered_is_told_from_one_that_holds_nothing(sato, yamada):
    Delivery.objects.filter(feed="welfare").update(state=Delivery.State.ROLLED_BACK)
    ground = begin(sato, yamada.mother, purpose="trial")

    facts = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk].facts

    assert facts["holds.welfare"] == Unknown(Reason.SOURCE_DOWN)
    assert facts["holds.child_support"].value is False
    assert facts["child_support.certificate_no"] == Unknown(Reason.NOT_HELD)


def test_opening_writes_one_entry_that_says_who_what_and_why(sato, yamada):
    ground = begin(sato, yamada.mother, yamada.child)
    refs = [yamada.mother.pk, yamada.child.pk]

    door.open(refs, engagement=ground, by=sato)

    entry = AccessEntry.objects.get()
    assert (entry.action, entry.account_id, entry.role) == ("open", sato.account_id, "clerk")
    assert (entry.office, entry.terminal, entry.channel) == ("市民課", "1番窓口", "desk")
    assert (entry.purpose, entry.purpose_version, entry.reference) == ("birth", 1, "20261122-0001")
    assert {row.ref: row.categories for row in entry.subjects.all()} == dict.fromkeys(
        refs, ["basic", "household"]
    )


def test_looking_at_a_snapshot_logs_only_the_categories_it_holds(sato, yamada):
    ground = begin(sato, yamada.mother)

    door.look({yamada.mother.pk: ["basic", "insurance"]}, engagement=ground, by=sato)

    assert AccessSubject.objects.get().categories == ["basic"]


@EVERY_CALL
@pytest.mark.parametrize("table", ["consent_accessentry", "consent_accesssubject"])
def test_where_the_log_cannot_be_written_nothing_is_shown(sato, yamada, call, table):
    ground = begin(sato, yamada.mother)
    refuse_inserts(table)

    with pytest.raises(DatabaseError):
        call(yamada.mother.pk, ground, sato)

    assert not AccessEntry.objects.exists()


def refuse_inserts(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''the disk is full''; END'"
        )
        cursor.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )


@pytest.mark.django_db(transaction=True)
def test_read_and_log_line_are_committed_together_before_a_value_is_returned(sato, yamada):
    ground = begin(sato, yamada.mother)

    with CaptureQueriesContext(connection) as captured:
        door.open([yamada.mother.pk], engagement=ground, by=sato)

    told = [query["sql"].split("(")[0] for query in captured.captured_queries]
    reads = [place for place, sql in enumerate(told) if "residents_resident" in sql]
    writes = [place for place, sql in enumerate(told) if sql.startswith("INSERT INTO")]
    assert told.count("BEGIN") == told.count("COMMIT") == 1
    assert (told[0], told[-1]) == ("BEGIN", "COMMIT")
    assert reads
    assert len(writes) == 2


@pytest.mark.django_db(transaction=True)
def test_a_door_call_inside_another_transaction_is_a_mistake(sato, yamada):
    ground, ref = begin(sato, yamada.mother), yamada.mother.pk
    calls = (
        *(partial(call, ref, ground, sato) for call in CALLS.values()),
        lambda: door.search("ヤマダ", by=sato, search_id=uuid4()),
        lambda: door.glance(ref, by=sato, search_id=uuid4()),
        lambda: door.find_number("1", by=sato),
    )

    for call in calls:
        with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
            call()


def test_three_records_cost_as_many_queries_as_one(sato, yamada):
    family = [yamada.father.pk, yamada.mother.pk, yamada.child.pk]
    ground = begin(sato, yamada.father, yamada.mother, yamada.child)
    with CaptureQueriesContext(connection) as one:
        door.open(family[:1], engagement=ground, by=sato)

    with CaptureQueriesContext(connection) as three:
        door.open(family, engagement=ground, by=sato)

    assert len(three) == len(one)


def test_the_words_for_a_record_hold_nothing_personal(sato, yamada):
    ground = begin(sato, yamada.mother)
    record = door.open([yamada.mother.pk], engagement=ground, by=sato)[yamada.mother.pk]

    assert "山田" not in repr(record)
    assert "1990" not in repr(record)


def feed_categories():
    return {fact.category for fact in feed.facts().values()}
