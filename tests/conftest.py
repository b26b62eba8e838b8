"""What every test stands on: a database of its own, no worker, no slow hashing, no network."""

import fcntl
import socket
from itertools import count

import pytest
from django.conf import settings


def pytest_configure():
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Without a worker a queued task would wait in the database of the demo.
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.CELERY_TASK_EAGER_PROPAGATES = True


@pytest.fixture(scope="session")
def django_db_modify_db_settings():
    """Take the first free test database, so that runs at the same time do not meet."""
    for number in count():
        slot = (settings.VAR / f"test-{number}.lock").open("a")
        try:
            fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            slot.close()
            continue
        settings.DATABASES["default"]["TEST"]["NAME"] = f"test_kakanai_{number}"
        yield
        return slot.close()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Refuse to connect anywhere but to this machine."""
    connect = socket.socket.connect

    def refuse_strangers(self, address):
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"localhost", "127.0.0.1", "::1"}:
            pytest.fail(f"A test tried to connect to {host}.")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", refuse_strangers)
