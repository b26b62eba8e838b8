"""Finishing: everything or nothing, once, and the engagement is closed behind it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from consent import door, engagements
from consent.models import AccessEntry, Engagement
from lifeevents import bundles, finishing, replies, snapshots
from lifeevents.finishing import MissingValues, finish
from lifeevents.models import Application, Bundle, Snapshot
from lifeevents.opened import open_bundle
from tests.makers import make_bundle


@pytest.fixture
def bundle(yamada, sato):
    return make_bundle(yamada.mother, sato, agree=["insurance", "child", "contact", "welfare"])


def test_finishing_freezes_the_values_files_the_applications_and_closes(bundle, sato):
    finish(bundle, version=bundle.version, by=sato, leave_open=True)

    stored = Bundle.objects.get()
    assert (stored.state, stored.step, stored.version) == ("finished", "done", 4)
    assert (bundle.state, bundle.version) == ("finished", 4)
    assert stored.finished_at is not None
    assert Snapshot.objects.get().content["number"] == bundle.number
    assert Engagement.objects.filter(pk=bundle.engagement, closed_at__isnull=False).exists()


def test_after_finishing_the_records_are_closed(bundle, yamada, sato):
    finish(bundle, version=bundle.version, by=sato, leave_open=True)

    with pytest.raises(engagements.EngagementClosed):
        door.open([yamada.mother.pk], engagement=bundle.engagement, by=sato)


def test_one_application_stands_for_each_proposal_that_is_not_a_no(bundle, sato):
    proposed = [
        each for each in open_bundle(bundle, by=sato).proposed if each.verdict.value != "no"
    ]

    finish(bundle, version=bundle.version, by=sato, leave_open=True)

    filed = {(each.procedure, each.subject): each for each in Application.objects.all()}
    assert set(filed) == {(each.procedure.code, each.subject) for each in proposed}
    report = filed["birth.report", "n1"]
    assert (report.state, report.department) == ("submitted", "residents")
    assert report.deadline.isoformat() == "2026-11-30"
    assert filed["my.new", "n1"].state == "pending"


def test_finishing_without_a_required_value_names_it_and_changes_nothing(bundle, sato):
    with pytest.raises(MissingValues) as refusal:
        finish(bundle, version=bundle.version, by=sato)

    assert "生まれたところ" in refusal.value.labels
    assert len(refusal.value.labels) == len(set(refusal.value.labels))
    assert "山田" not in str(refusal.value)
    assert Bundle.objects.get().state == "open"
    assert not Snapshot.objects.exists()


def test_once_every_required_value_is_there_finishing_asks_for_no_more(bundle, sato):
    answer_everything(bundle, sato)

    finish(bundle, version=bundle.version, by=sato)

    assert bundle.state == "finished"


def answer_everything(bundle, by):
    """Answer what is missing until nothing is: わからない for every cell that waits for a value."""
    while True:
        opened = open_bundle(bundle, by=by)
        cells = [cell for filled in opened.filled for cell in filled.all_cells()]
        waiting = {(c.subject, c.fact): None for c in cells if c.state == "missing"}
        if not waiting:
            return
        replies.answer(bundle, waiting, version=bundle.version, by=by)


@pytest.mark.parametrize(
    "table", ["lifeevents_snapshot", "lifeevents_application", "consent_engagement"]
)
def test_what_fails_in_the_middle_leaves_the_bundle_open_and_nothing_behind(bundle, sato, table):
    version = bundle.version
    refuse_writes(table)

    with pytest.raises(DatabaseError, match="the disk is full"):
        finish(bundle, version=version, by=sato, leave_open=True)

    assert Bundle.objects.get().state == "open"
    assert Bundle.objects.get().version == version
    assert not Snapshot.objects.exists()
    assert not Application.objects.exists()
    assert engagements.standing(bundle.engagement, sato)

    allow_writes(table)
    finish(bundle, version=version, by=sato, leave_open=True)

    assert Snapshot.objects.count() == 1
    assert Bundle.objects.get().state == "finished"


def refuse_writes(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN RAISE EXCEPTION ''the disk is full''; END'"
        )
        cursor.execute(
            f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION pg_temp.refuse()"
        )


def allow_writes(table):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER full_disk ON {table}")


def test_finishing_twice_changes_nothing(bundle, sato):
    version = bundle.version
    finish(bundle, version=version, by=sato, leave_open=True)
    before = everything()

    finish(bundle, version=version, by=sato, leave_open=True)
    finish(bundle, version=bundle.version, by=sato)

    assert everything() == before


def test_a_second_click_on_a_page_that_still_shows_it_open_changes_nothing(bundle, sato):
    elsewhere = Bundle.objects.get()
    finish(bundle, version=bundle.version, by=sato, leave_open=True)
    before = everything()

    finish(elsewhere, version=elsewhere.version, by=sato, leave_open=True)

    assert everything() == before


def everything():
    return (
        list(Bundle.objects.values()),
        list(Snapshot.objects.values()),
        list(Application.objects.values()),
        list(Engagement.objects.values()),
    )


@pytest.mark.django_db(transaction=True)
def test_two_windows_that_finish_at_once_finish_it_once(bundle, sato):
    together = Barrier(2)

    def click(_window):
        own = Bundle.objects.get()
        together.wait()
        try:
            finish(own, version=own.version, by=sato, leave_open=True)
        except (bundles.Stale, engagements.EngagementClosed):
            return "too late"
        finally:
            connection.close()
        return "finished"

    with ThreadPoolExecutor(2) as windows:
        outcomes = set(windows.map(click, range(2)))

    assert "finished" in outcomes
    assert Snapshot.objects.count() == 1
    assert Bundle.objects.get().version == bundle.version + 1
    filed = list(Application.objects.values_list("procedure", "subject"))
    assert len(filed) == len(set(filed)) > 0


def test_nobody_of_another_office_finishes_it(bundle, suzuki):
    with pytest.raises(bundles.NotYours):
        finish(bundle, version=bundle.version, by=suzuki, leave_open=True)

    assert Bundle.objects.get().state == "open"


def test_nobody_of_another_office_sees_or_prints_what_was_signed(bundle, sato, takahashi, suzuki):
    finish(bundle, version=bundle.version, by=sato, leave_open=True)
    before = AccessEntry.objects.count()

    for verb in (snapshots.content, lambda b, by: finish(b, version=b.version, by=by)):
        with pytest.raises(bundles.NotYours):
            verb(bundle, by=suzuki)

    assert AccessEntry.objects.count() == before
    assert snapshots.content(bundle, by=takahashi)["papers"], "a colleague does"


def test_a_bundle_whose_time_is_over_is_not_finished_but_can_be_cancelled(bundle, sato):
    Engagement.objects.update(until="2020-01-01T00:00:00Z")

    with pytest.raises(engagements.EngagementClosed):
        finishing.finish(bundle, version=bundle.version, by=sato, leave_open=True)
    bundles.cancel(bundle, version=bundle.version, by=sato)

    assert Bundle.objects.get().state == "cancelled"


def test_a_finished_bundle_says_when_it_was_finished(bundle):
    with pytest.raises(IntegrityError, match="finished_has_time"), transaction.atomic():
        Bundle.objects.filter(pk=bundle.pk).update(state="finished")


def test_a_person_has_one_application_for_one_procedure(bundle):
    same = {"procedure": "birth.report", "subject": "n1", "department": "residents"}
    Application.objects.create(bundle=bundle, **same)

    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(bundle=bundle, **same)


def test_two_bundles_of_one_household_do_not_mix(bundle, yamada, sato):
    other = make_bundle(yamada.father, sato, answers={("n1", "name"): "山田　次郎"}, token=uuid4())
    finish(other, version=other.version, by=sato, leave_open=True)

    assert Bundle.objects.get(pk=bundle.pk).state == "open"
    assert not Application.objects.filter(bundle=bundle).exists()
