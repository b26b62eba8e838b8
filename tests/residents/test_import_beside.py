"""Imports beside each other: of one feed never, of two feeds both end, and a kill of one is nobody else's."""

import os
import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from django.db import connection

from residents.importing import parcel, releasing, undoing
from residents.importing.delivery_set import import_set, working
from residents.importing.progress import Silence
from residents.importing.refusal import ImportBusy
from residents.models import Delivery, Holding, Identity, Resident
from tests.residents.exports import LATER, OPERATORS, nhi, person, take_in, take_in_rows, write
from tests.residents.operator import register_bytes

pytestmark = pytest.mark.django_db(transaction=True)
THIRD = LATER.replace(day=3)


@pytest.fixture
def nights(tmp_path):
    """What is applied, and two files of the next night."""
    take_in_rows(tmp_path, juki=people(30), nhi=[nhi(f"{n:010}") for n in range(20)])
    juki = write(tmp_path / "juki", "juki", people(31), at=LATER)
    rows = [nhi(f"{n:010}", 国保記号番号="新") for n in range(3)]
    rows += [nhi(f"{n:010}") for n in range(3, 21)]
    return juki, write(tmp_path / "nhi", "nhi", rows, at=LATER)


def people(count):
    return [person(f"{n:010}", 住所_番地号表記=f"{n}番") for n in range(count)]


def slowly(path, *, started, go_on):
    """The file, whose rows are not read before somebody says so."""
    (file,) = parcel.arrivals(path)
    opened = []

    def open_file():
        opened.append(path)
        if len(opened) > 2:  # header and digest are the gates'
            started()
            go_on()
        return path.open("rb")

    return [replace(file, open=open_file)]


@contextmanager
def importing(path):
    """An import that has passed the gates, in a thread, and waits to read on until the block ends."""
    started, go_on, done = threading.Event(), threading.Event(), []

    def run():
        try:
            done.extend(import_set(slowly(path, started=started.set, go_on=go_on.wait)))
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert started.wait(20)
        yield done
    finally:
        go_on.set()
        thread.join(20)
    assert not thread.is_alive()


def test_two_feeds_are_imported_beside_each_other_and_give_the_same_register(nights, tmp_path):
    juki, of_nhi = nights
    with importing(of_nhi) as beside:
        (done,) = import_set(parcel.arrivals(juki))
        assert (done.state, done.new) == ("applied", 1)
        assert not beside
        assert Delivery.objects.get(feed="nhi", as_of__day=LATER.day).state == "received"

    assert [(each.state, each.new, each.changed) for each in beside] == [("applied", 1, 3)]
    both = register_bytes(tmp_path / "a")
    with working():
        for each in (done, *beside):
            undoing.roll_back(each.pk, OPERATORS)
    take_in(juki, of_nhi)
    assert register_bytes(tmp_path / "b") == both


def test_of_one_feed_there_is_one_import_and_nobody_decides_meanwhile(nights, tmp_path):
    _, of_nhi = nights
    later = write(tmp_path, "nhi", [nhi()], at=THIRD)
    with importing(of_nhi):
        with pytest.raises(ImportBusy):
            import_set(parcel.arrivals(later))
        with pytest.raises(ImportBusy), working():
            releasing.give_up(Delivery.objects.first().pk, OPERATORS)

    assert take_in(later)["nhi"].state == "applied"


def test_a_feed_that_fills_its_table_is_imported_alone(nights, tmp_path):
    _, of_nhi = nights
    first = write(tmp_path, "seal", [], at=LATER)
    with importing(of_nhi), pytest.raises(ImportBusy):
        import_set(parcel.arrivals(first))

    assert take_in(first)["seal"].state == "applied"


def test_a_kill_of_one_import_leaves_the_other_whole(nights):
    juki, of_nhi = nights
    child = killed_later(of_nhi)
    (done,) = import_set(parcel.arrivals(juki))
    assert done.state == "applied"
    assert Delivery.objects.get(feed="nhi", as_of__day=LATER.day).state == "received"

    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert Resident.objects.filter(gone_at=None).count() == 31
    assert not Holding.objects.filter(record__国保記号番号="新").exists()
    assert settled(of_nhi)["nhi"].state == "applied"
    assert Holding.objects.filter(record__国保記号番号="新").count() == 3
    ended = Delivery.objects.get(state="refused")
    assert (ended.feed, ended.reason) == ("nhi", "interrupted")


class MadeKnown(Silence):
    """Another import gives somebody a ref while an empty register is about to be filled."""

    ref = None

    @contextmanager
    def reading(self, name, size, raw):
        def give():
            self.ref = Identity.objects.create(number="0000000001").pk
            connection.close()

        if self.ref is None:  # the file is read again in another way
            other = threading.Thread(target=give)
            other.start()
            other.join()
        yield lambda: None


def test_who_is_made_known_before_an_empty_register_is_filled_keeps_their_ref(tmp_path):
    progress = MadeKnown()

    (done,) = import_set(parcel.arrivals(write(tmp_path, "juki", people(3), at=LATER)), progress)

    assert done.state == "applied"
    assert Identity.objects.get(number="0000000001").pk == progress.ref
    assert Resident.objects.filter(pk=progress.ref).exists()


def killed_later(path):
    """A process that imports, and waits for ever before it reads the rows."""
    reading, started = os.pipe()
    connection.close()
    child = os.fork()
    if child == 0:
        shared, connection.connection = connection.connection, None  # noqa: F841
        try:
            import_set(
                slowly(path, started=lambda: os.write(started, b"x"), go_on=lambda: time.sleep(60))
            )
        finally:
            os._exit(1)
    os.close(started)
    assert os.read(reading, 1) == b"x"
    os.close(reading)
    return child


def settled(path):
    """Import it once the killed process's server process has gone."""
    for _ in range(100):
        try:
            return take_in(path)
        except ImportBusy:
            time.sleep(0.1)
    return pytest.fail("The lock of a killed import stays.")
