import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

USER = """
import json, sys
from pathlib import Path
from counter.embedded import place, postgres
place.SHELTER = Path(sys.argv[2])
print(json.dumps(postgres.start(Path(sys.argv[1]))), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def ground():
    """A directory everyone may enter, unlike pytest's own."""
    ground = Path(tempfile.mkdtemp(prefix="ground-"))
    ground.chmod(0o755)
    yield ground
    shutil.rmtree(ground)


@pytest.fixture(scope="module")
def var(ground):
    return ground / "var"


@contextmanager
def using(var):
    """A process that uses the server until the block ends; yields it and the server's address."""
    ground = next(parent for parent in var.parents if parent.name.startswith("ground-"))
    command = [sys.executable, "-c", USER, str(var), str(ground / "shelter")]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process, json.loads(process.stdout.readline())
        process.stdin.close()


def ask(address, query):
    names = {"HOST": "host", "PORT": "port", "USER": "user", "NAME": "dbname"}
    given = {names[key]: value for key, value in address.items()}
    with psycopg.connect(**given, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None


def server_pid(home):
    return int((home / "pgdata" / "postmaster.pid").read_text().split()[0])


def test_the_server_lives_as_long_as_its_last_user(var):
    with using(var) as (_, address):
        with using(var) as (_, same):
            assert same == address
        assert ask(address, "SELECT 1") == 1

    with pytest.raises(psycopg.OperationalError):
        ask(address, "SELECT 1")


def test_nothing_listens_on_the_network(var):
    with using(var) as (_, address):
        assert ask(address, "SHOW listen_addresses") == ""
        assert ask(address, "SHOW fsync") == "on"


def test_data_outlives_a_killed_user_and_a_killed_server(var):
    with using(var) as (process, address):
        ask(address, "CREATE TABLE kept (number int)")
        ask(address, "INSERT INTO kept VALUES (7)")
        process.kill()
        os.kill(server_pid(var), signal.SIGKILL)

    with using(var) as (_, address):
        assert ask(address, "SELECT number FROM kept") == 7


def test_a_server_left_by_a_killed_user_is_used_again_and_then_stopped(var):
    with using(var) as (process, address):
        process.kill()
    assert ask(address, "SELECT 1") == 1

    with using(var) as (_, same):
        assert same == address
    with pytest.raises(psycopg.OperationalError):
        ask(address, "SELECT 1")


def test_a_stale_process_number_that_is_somebody_elses_now_does_not_hinder(var):
    with using(var):
        pass
    (var / "pgdata" / "postmaster.pid").write_text(f"{os.getpid()}\n{var}/pgdata\n0\n5432\n\n")

    with using(var) as (_, address):
        assert ask(address, "SELECT 1") == 1


def test_an_interrupted_first_start_is_begun_again(ground):
    var = ground / "interrupted"
    (var / "pgdata-draft" / "base").mkdir(parents=True)

    with using(var) as (_, address):
        assert ask(address, "SELECT 1") == 1


def test_a_deep_path_with_spaces_and_japanese_serves(ground):
    var = ground / ("深い 場所" + "x" * 100) / ("y" * 60)
    var.parent.mkdir()

    with using(var) as (_, address):
        assert len(address["HOST"]) < 80
        assert ask(address, "SELECT 1") == 1


def test_a_closed_directory_stays_closed(ground):
    closed = ground / "closed"
    closed.mkdir(mode=0o700)

    with using(closed / "var") as (_, address):
        assert ask(address, "SELECT 1") == 1

    assert closed.stat().st_mode & 0o777 == 0o700
    home = Path((closed / "var" / "pg").read_text().strip())
    assert (home / "pgdata" / "PG_VERSION").exists()
    assert home.is_relative_to(ground / "shelter" if os.geteuid() == 0 else closed / "var")
