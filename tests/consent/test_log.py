"""The access log: append-only in the database, and what it says of searches."""

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from consent import log
from consent.models import AccessEntry, AccessSubject

TABLES = ("consent_accessentry", "consent_accesssubject")


@pytest.fixture
def entry(sato):
    return log.record(AccessEntry.Action.SEARCH, {uuid4(): ["basic"]}, by=sato)


def run(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", TABLES)
def test_the_database_refuses_to_change_or_delete_a_log_line(entry, table, sql):
    with pytest.raises(DatabaseError, match="append-only"):
        run(sql.format(table))

    assert AccessEntry.objects.count() == AccessSubject.objects.count() == 1


def test_the_orm_can_neither_change_nor_delete_a_log_line(entry):
    entry.reason = "あとから"

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AccessSubject.objects.all().delete()


@pytest.mark.parametrize("table", TABLES)
def test_the_triggers_fire_even_for_a_replication_role(entry, table):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        run(f"SET LOCAL session_replication_role = replica; DELETE FROM {table}")


@pytest.mark.parametrize("table", TABLES)
def test_truncating_is_refused_in_every_database_that_is_not_for_tests(db, table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled, pg_get_triggerdef(oid), pg_get_functiondef(tgfoid)"
            " FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal ORDER BY tgname",
            [table],
        )
        rows, whole = cursor.fetchall()

    assert (rows[0], whole[0]) == ("append_only_rows", "append_only_table")
    assert rows[1] == whole[1] == "A"
    assert "BEFORE DELETE OR UPDATE" in rows[2]
    assert "BEFORE TRUNCATE" in whole[2]
    assert "IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN" in whole[3]
    assert "RAISE EXCEPTION 'the access log is append-only'" in whole[3]


def test_an_entry_knows_each_person_once(entry):
    subject = entry.subjects.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        AccessSubject.objects.create(entry=entry, ref=subject.ref)


def test_what_one_search_page_has_shown_is_not_mixed_with_anothers(sato):
    here, elsewhere, shown = uuid4(), uuid4(), uuid4()

    log.record(AccessEntry.Action.SEARCH, {shown: ["basic"]}, by=sato, search_id=here)

    assert log.shown_under(here) == {shown}
    assert log.shown_under(elsewhere) == set()
