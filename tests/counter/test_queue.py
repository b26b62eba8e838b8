import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection

from counter import broker

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def environment():
    return {**os.environ, "QUEUE_DATABASE": broker.conninfo(connection.settings_dict)}


@contextmanager
def worker(environment, log):
    command = [sys.executable, "-m", "celery", "--app", "tests.counter.queue_worker", "worker"]
    lonely = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with (
        log.open("ab") as output,
        subprocess.Popen(
            [*command, *lonely],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def send(environment, *arguments):
    """Queue the task from a process of its own: an application is bound to one database."""
    code = f"from tests.counter.queue_worker import note; note.delay(*{arguments!r})"
    subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, check=True)


def wait_for(notes, expected):
    deadline = time.monotonic() + 60
    while not notes.exists() or notes.read_text().split() != expected:
        assert time.monotonic() < deadline, notes.read_text() if notes.exists() else "nothing"
        time.sleep(0.1)


def test_a_task_of_a_killed_worker_is_done_by_the_next(environment, tmp_path):
    notes, log = tmp_path / "notes", tmp_path / "log"
    send(environment, str(notes), 1.0)

    with worker(environment, log):
        wait_for(notes, ["begun"])
    with worker(environment, log):
        wait_for(notes, ["begun", "begun", "done"])
