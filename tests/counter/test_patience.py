"""While an empty register is filled, boards are read as ever, and no other page hangs."""

import re
import threading
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import RequestFactory

from counter import patience
from counter.api import elsewhere
from residents.importing import parcel
from residents.importing.delivery_set import import_set
from residents.importing.progress import Silence
from residents.models import Resident
from tests.entering import signed_in
from tests.residents.exports import nhi, person, write

pytestmark = pytest.mark.django_db(transaction=True)


class Stopping(Silence):
    """Stops the import where all rows are written and nothing is committed."""

    def __init__(self):
        self.is_there, self.go_on = threading.Event(), threading.Event()

    def say(self, line):
        if line.startswith("反映中"):
            self.is_there.set()
            self.go_on.wait(30)


@contextmanager
def filling(folder):
    """A first load, in a thread, that has written everything and holds its transaction open."""
    stopping = Stopping()

    def run():
        try:
            import_set(parcel.arrivals(folder), stopping)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert stopping.is_there.wait(20)
        yield
    finally:
        stopping.go_on.set()
        thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def first(tmp_path, monkeypatch):
    """The first files of a town; pages wait shortly."""
    monkeypatch.setattr(patience, "SECONDS", 0.3)
    write(tmp_path / "first", "juki", [person()])
    write(tmp_path / "first", "nhi", [nhi()])
    return tmp_path / "first"


def test_a_first_load_keeps_no_board_waiting_and_says_so_elsewhere(first, staff):
    operator, clerk = signed_in(staff["operator"]), signed_in(staff["sato"])
    connection.close()  # the server's are opened for a request
    with filling(first):
        board = operator.get("/office/deliveries")
        assert board.status_code == operator.get("/office/feeds").status_code == 200
        (sheet, *_) = re.findall(r"/office/deliveries/[-0-9a-f]{36}", board.content.decode())
        assert operator.get(sheet).status_code == 200
        assert clerk.get("/").status_code == 200

        shown = clerk.post("/search", {"q": "見本　花子"})
        assert (shown.status_code, shown["Retry-After"]) == (503, "15")
        assert "最初の取込をしています" in shown.content.decode()
        part = clerk.post("/search", {"q": "見本　花子"}, headers={"HX-Request": "true"})
        assert part["Content-Type"].startswith("text/plain")
        assert part.content.decode().startswith("いま、連携データの最初の取込")

    assert Resident.objects.count() == 1
    assert "見本" in clerk.post("/search", {"q": "見本　花子"}).content.decode()


def test_what_is_locked_by_others_says_nothing_of_an_import(first, staff):
    clerk = signed_in(staff["sato"])
    locking = connection.copy()
    connection.close()
    with locking.cursor() as cursor:
        cursor.execute("BEGIN; LOCK residents_resident")
        shown = clerk.post("/search", {"q": "見本　花子"})
        cursor.execute("ROLLBACK")
    locking.close()
    assert shown.status_code == 503
    assert "ほかの処理が終わるのを待っています" in shown.content.decode()


def test_an_import_waits_on_a_connection_that_answered_a_page(first, client):
    connection.close()
    client.get("/healthz")
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("300ms",)
        import_set(parcel.arrivals(first))
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def test_the_api_answers_in_its_own_form():
    said = elsewhere.unavailable(RequestFactory().get("/api/v1/bundles"), pytest.fail)
    assert (said.status_code, said["Content-Type"]) == (503, "application/problem+json")
    assert b"urn:kakanai:problem:unavailable" in said.content
