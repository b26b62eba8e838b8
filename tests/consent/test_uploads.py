"""Handing files over at the same moment, and a database that goes away in the middle."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import connection

from consent import uploads
from consent.actors import actor_of
from consent.models import Upload
from consent.uploads import Handed
from residents.importing.delivery_set import working

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


@pytest.fixture
def operator(staff):
    return actor_of(staff["operator"], terminal="1", channel="office")


def begun(pk: UUID, by, together):
    connection.ensure_connection()
    together.wait()
    try:
        return uploads.begin(pk, 1, by=by)
    except uploads.Busy:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize("same", [True, False])
def test_of_those_who_begin_at_the_same_moment_one_does(operator, same):
    numbers = [uuid4()] * AT_ONCE if same else [uuid4() for _ in range(AT_ONCE)]
    together = threading.Barrier(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda pk: begun(pk, operator, together), numbers))

    assert answers.count(True) == 1
    assert answers.count(False if same else None) == AT_ONCE - 1
    assert Upload.objects.count() == 1


def servers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return {pid for (pid,) in cursor.fetchall()}


def test_a_lost_connection_ends_a_hand_over_with_a_sentence(operator):
    pk = uuid4()
    uploads.begin(pk, 1, by=operator)
    with working():
        before = servers()
        thread = uploads.carry(pk, [Handed("a.csv", b"x")])
        while not Upload.objects.get(pk=pk).doing.startswith("ほかの取込"):
            time.sleep(0.05)
        with connection.cursor() as cursor:
            for pid in servers() - before:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        thread.join(20)

    stopped = uploads.standing(pk)
    assert (stopped.state, stopped.is_over) == ("failed", True)
    assert "途中で止まりました" in stopped.message
