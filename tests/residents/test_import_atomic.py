"""All or nothing: crashes, locks and readers while an import runs."""

import traceback

import psycopg
import pytest
from django.db import connection

from residents.importing.delivery_set import import_set, working
from residents.importing.lock import _KEY
from residents.importing.refusal import ImportBusy, ImportFailed
from residents.models import (
    Delivery,
    Holding,
    Household,
    Identity,
    Protection,
    Rejection,
    Resident,
    SearchKey,
    StagedRow,
)
from tests.residents.exports import LATER, nhi, person, protection, take_in_rows

pytestmark = pytest.mark.django_db(transaction=True)
REGISTER = (Resident, Holding, Protection, SearchKey, Household, Rejection)


@pytest.fixture
def elsewhere():
    """A second connection, as another process would have."""
    connection.ensure_connection()
    with psycopg.connect(connection.connection.info.dsn, autocommit=True) as second:
        yield second


@pytest.fixture
def _failing_holdings():
    """A database that breaks once holdings are written: after residents, before the end."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE residents_holding ADD CONSTRAINT broken CHECK (feed <> 'nhi')")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE residents_holding DROP CONSTRAINT broken")


def register():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in REGISTER}


@pytest.mark.usefixtures("_failing_holdings")
def test_a_crash_in_the_middle_leaves_the_register_as_it_was(tmp_path):
    take_in_rows(tmp_path, juki=[person()], protection=[protection()])
    before = register()

    changed = person(氏名="変わった　名", 生年月日="1990-05-02")
    with pytest.raises(ImportFailed):
        take_in_rows(tmp_path, LATER, juki=[changed, person("2")], nhi=[nhi()])

    assert register() == before
    assert not StagedRow.objects.exists()


@pytest.mark.usefixtures("_failing_holdings")
def test_the_next_import_closes_what_a_crash_left_open(tmp_path):
    with pytest.raises(ImportFailed):
        take_in_rows(tmp_path, juki=[person()], nhi=[nhi()])

    done = take_in_rows(tmp_path, LATER, juki=[person()])

    assert done["juki"].state == "applied"
    interrupted = Delivery.objects.filter(reason="interrupted")
    assert set(interrupted.values_list("feed", "state")) == {
        ("juki", "refused"),
        ("nhi", "refused"),
    }


@pytest.mark.usefixtures("_failing_holdings")
def test_a_database_error_repeats_nothing_of_the_rows(tmp_path):
    """PostgreSQL itself says "Failing row contains (…)"."""
    row = nhi(国保記号番号="-".join("秘密"))
    with pytest.raises(ImportFailed) as failure:
        take_in_rows(tmp_path, nhi=[row])

    assert str(failure.value) == "SQLSTATE 23514"
    assert "秘-密" not in "".join(traceback.format_exception(failure.value))


@pytest.mark.usefixtures("_failing_holdings")
def test_identities_survive_a_crash_with_the_same_refs(tmp_path):
    known = person("0000000009")
    take_in_rows(tmp_path, juki=[known])
    with pytest.raises(ImportFailed):
        take_in_rows(tmp_path / "crash", LATER, juki=[known, person()], nhi=[nhi()])
    ref = Identity.objects.get(number=person()["宛名番号"]).pk

    take_in_rows(tmp_path / "again", LATER, juki=[known, person()])

    assert Resident.objects.filter(pk=ref).exists()


@pytest.mark.usefixtures("_failing_holdings")
def test_an_empty_register_is_as_empty_after_a_crash(tmp_path):
    with pytest.raises(ImportFailed):
        take_in_rows(tmp_path, juki=[person()], nhi=[nhi()])

    assert not Identity.objects.exists()
    assert not Resident.objects.exists()


def test_two_imports_never_run_at_once(elsewhere):
    elsewhere.execute("SELECT pg_advisory_lock(%s)", [_KEY])

    with pytest.raises(ImportBusy):
        import_set([])


def test_the_lock_is_free_again_after_an_import(tmp_path, elsewhere):
    take_in_rows(tmp_path, juki=[person()])

    assert elsewhere.execute("SELECT pg_try_advisory_lock(%s)", [_KEY]).fetchone() == (True,)


def test_nothing_of_the_staging_is_ever_written_to_the_log_nor_left(tmp_path):
    """The rows stand in a table of the session: the one it is made after stays empty."""
    with working(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relpersistence, relnamespace = pg_my_temp_schema() FROM pg_class"
            " WHERE oid = 'residents_stagedrow'::regclass"
        )
        assert cursor.fetchone() == ("t", True)
    take_in_rows(tmp_path, juki=[person()])
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relnamespace = pg_my_temp_schema()")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT pg_relation_size('residents_stagedrow')")
        assert cursor.fetchone() == (0,)
