"""kill -9 in the middle of an import: the register is the old or the new one, and the night comes in.

bin/soak kills runs many more rounds on a server of its own, and there kills PostgreSQL too.
"""

import os
import random
import signal
import time

import psycopg
import pytest
from django.db import OperationalError, connection

from residents import canonical
from residents.importing.delivery_set import working
from residents.importing.refusal import ImportBusy
from residents.models import Delivery, HeldRow, Household, Identity, Resident
from tests.residents.exports import AT, nhi, person, protection, take_in, write
from tests.residents.processes import Dying, is_killed, start

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = int(os.environ.get("KAKANAI_KILLS", "5"))
SEED = int(os.environ.get("KAKANAI_KILLS_SEED", "1"))
OWN_SERVER = "KAKANAI_KILLS_OWN_SERVER" in os.environ
PEOPLE, FILES = 300, 3


def night(folder, number):
    """Twelve people get another name, one comes and one goes; a 差分 every third time."""
    numbers = range(number, PEOPLE + number)
    rows = [
        person(f"{each:010}", 氏名=f"第{(each + number) // 25}　号", 住所_番地号表記=f"{each}番")
        for each in numbers
    ]
    at = AT.replace(month=11, day=1 + number // 20, hour=number % 20)
    path = folder / f"{number}"
    write(path, "juki", rows, at=at)
    write(
        path,
        "nhi",
        [nhi(row["宛名番号"], 国保記号番号=f"{number // 2}") for row in rows[:20]],
        at=at,
    )
    write(path, "protection", [protection(f"{number:010}")], at=at)
    if number % 3 == 2:
        write(path, "juki", rows[:2], at=at, extent="差分")
    return path


def written(folder):
    canonical.write(folder / "out")
    return {path.name: path.read_bytes() for path in (folder / "out").iterdir()}


def kill_worker(child):
    child.kill()


def kill_postgres(child):
    """A server process that dies by SIGKILL takes all of PostgreSQL down into recovery."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    for pid in pids[:1]:
        os.kill(pid, signal.SIGKILL)


def free():
    """Nobody imports; the lock of a killed one goes with its server process."""
    with working():
        pass


def settled(act):
    """Do it once the killed process's server process has gone, or PostgreSQL has recovered."""
    for _ in range(400):
        try:
            return act()
        except (ImportBusy, OperationalError, psycopg.Error) as error:
            met = repr(error)
            connection.close()
            time.sleep(0.1)
    pytest.fail(f"The database did not come back: {met}")


def test_whatever_is_killed_leaves_the_old_register_or_the_new(tmp_path):
    chance = random.Random(SEED)
    take_in(night(tmp_path, 0))
    before, took = written(tmp_path), 0.5
    for number in range(1, ROUNDS + 1):
        path = night(tmp_path, number)
        started = time.monotonic()
        child = start(path)
        time.sleep(chance.random() * took)
        kill = kill_postgres if OWN_SERVER and number % 2 else kill_worker
        settled(lambda kill=kill, child=child: kill(child))
        child.join()

        left = settled(lambda: written(tmp_path))
        settled(lambda path=path: take_in(path))
        took = min(time.monotonic() - started, 3)

        after = written(tmp_path)
        assert left in (before, after)
        before = after
        here = Resident.objects.filter(gone_at=None).values_list("number", flat=True)
        assert {*here} == {f"{each:010}" for each in range(number, PEOPLE + number)}
    full = Delivery.objects.filter(feed="juki", kind="full", state="applied")
    assert full.count() == ROUNDS + 1
    assert not HeldRow.objects.exists()
    others = Delivery.objects.exclude(state="applied")
    assert set(others.values_list("reason", flat=True)) <= {"interrupted", "stale"}


def nobody_or_everybody():
    """How many the register knows; nobody unless the delivery they came in is applied."""
    count = Identity.objects.count()
    is_applied = Delivery.objects.filter(feed="juki", state="applied").exists()
    assert count == Resident.objects.count() == (PEOPLE if is_applied else 0)
    assert Household.objects.exists() == is_applied
    return count


def test_a_first_load_that_is_killed_at_any_step_leaves_nobody(tmp_path):
    """An empty register is filled in place: whatever had been written is gone with the process."""
    path = night(tmp_path, 0)
    steps = 0
    while is_killed(start(path, Dying(steps))):
        assert settled(nobody_or_everybody) == 0
        settled(free)
        steps += 1
    assert steps > 2 * FILES  # each is read, and each is applied
    assert nobody_or_everybody() == PEOPLE


@pytest.mark.skipif(not OWN_SERVER, reason="bin/soak kills")
def test_a_first_load_that_is_killed_at_any_moment_leaves_nobody_or_everybody(tmp_path):
    chance = random.Random(SEED)
    path, took = night(tmp_path, 0), 0.5
    for number in range(1, ROUNDS + 1):
        started = time.monotonic()
        child = start(path)
        time.sleep(chance.random() * took)
        kill = kill_postgres if number % 2 else kill_worker
        settled(lambda kill=kill, child=child: kill(child))
        child.join()

        if settled(nobody_or_everybody) == 0:
            settled(lambda: take_in(path))
            assert nobody_or_everybody() == PEOPLE
        took = min(time.monotonic() - started, 3)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE residents_identity, residents_delivery CASCADE")
