"""Starts the embedded PostgreSQL for the first process that needs it, stops it after the last.

Three lock files beside the data say who uses the server; the kernel releases them with a process,
however it dies, so there is no state to repair:
pg.lock is held shared by every process that uses the server;
pg.turn is held while one process starts or stops it;
pg.alive is held by the server itself and all its children, who inherit it.
"""

import atexit
import fcntl
import os
import shlex
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from counter.embedded.place import NoServer, Place, settle

NAME = "kakanai"
PORT = 5432
START_SECONDS = 600
STOP_SECONDS = 120
MEGABYTE = 1024 * 1024

_held: dict[Path, IO[str]] = {}


def start(var: Path) -> dict[str, Any]:
    """Make sure the server of this installation runs; return its address for Django.

    It is stopped when the last process using it ends. Raises NoServer.
    """
    place = settle(var)
    if place.home not in _held:
        with _turn(place):
            users = _held[place.home] = _open(place, "pg.lock")
            fcntl.flock(users, fcntl.LOCK_SH)
            atexit.register(_leave, place, os.getpid())
            _ensure(place)
    return {"NAME": NAME, "USER": NAME, "HOST": str(_socket(place)), "PORT": PORT}


def revive(var: Path) -> None:
    """Start the server again if it died; its users find it at the same address."""
    place = settle(var)
    if not _runs(place):
        with _turn(place):
            _ensure(place)


def reset(var: Path) -> None:
    """Drop the database with all it holds, whoever is connected to it, and make it anew."""
    with _connect(settle(var)) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        _make_database(connection)


def _ensure(place: Place) -> None:
    with _open(place, "pg.alive") as alive:
        if _lock_now(alive):
            _start(place, alive)
    _wait_until_it_answers(place)


def _start(place: Place, alive: IO[str]) -> None:
    if not (place.data / "PG_VERSION").exists():
        _create(place)
    _make_private(place.socket, place)
    # Nobody holds pg.alive, so what a killed server left is stale, whoever has its pid now.
    for stale in (place.data / "postmaster.pid", *place.socket.glob(".s.PGSQL.*")):
        stale.unlink(missing_ok=True)
    log = place.data / "server.log"
    log.unlink(missing_ok=True)
    options = shlex.join(f"-c{name}={value}" for name, value in _settings(place).items())
    result = place.run(
        "pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", str(place.data), "-l", str(log),
        "-o", options, pass_fds=[alive.fileno()],
    )  # fmt: skip
    if result.returncode:
        said = log.read_text(errors="replace")[-2000:] if log.exists() else result.stderr
        raise NoServer(f"The embedded PostgreSQL in {place.data} did not start:\n{said}")


def _create(place: Place) -> None:
    # A draft is what an interrupted first start left: the rename is what makes it the data.
    draft = place.home / "pgdata-draft"
    if draft.exists():
        shutil.rmtree(draft)
    _make_private(draft, place)
    result = place.run(
        "initdb", "-D", str(draft), "-U", NAME, "--auth=trust", "--encoding=UTF8",
        "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    )  # fmt: skip
    if result.returncode:
        raise NoServer(f"The embedded PostgreSQL could not be set up:\n{result.stderr}")
    draft.rename(place.data)


def _settings(place: Place) -> dict[str, str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    return {
        "port": str(PORT),
        "unix_socket_directories": str(place.socket),
        "unix_socket_permissions": "0700",
        "listen_addresses": "",
        "max_connections": "100",
        "shared_buffers": f"{min(max(memory // 8, 128), 1024)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
        # Failing statements carry values: they stay out of the server's log.
        "log_min_messages": "log",
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }


def _wait_until_it_answers(place: Place) -> None:
    """Also covers a server whose starter was killed while it recovered."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with _connect(place) as connection:
                return _make_database(connection)
        except psycopg.OperationalError as error:
            if not _runs(place) or time.monotonic() > deadline:
                raise NoServer(f"The embedded PostgreSQL in {place.data} ended.") from error
        time.sleep(0.1)


def _connect(place: Place) -> psycopg.Connection:
    return psycopg.connect(
        host=str(_socket(place)), port=PORT, user=NAME, dbname="postgres", autocommit=True
    )


def _make_database(connection: psycopg.Connection) -> None:
    if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [NAME]).rowcount:
        connection.execute(f"CREATE DATABASE {NAME}")


def _leave(place: Place, pid: int) -> None:
    """Stop the server unless another process uses it."""
    # A forked child inherits this call; the lock is its parent's.
    if os.getpid() != pid:
        return
    with _turn(place), _held.pop(place.home) as users:
        fcntl.flock(users, fcntl.LOCK_UN)
        if _lock_now(users) and _runs(place):
            _stop(place)


def _stop(place: Place) -> None:
    socket = _socket(place)
    place.run("pg_ctl", "stop", "-w", "-m", "fast", "-t", str(STOP_SECONDS), "-D", str(place.data))
    with suppress(OSError):
        socket.rmdir()


def _runs(place: Place) -> bool:
    with _open(place, "pg.alive") as alive:
        return not _lock_now(alive)


def _socket(place: Place) -> Path:
    """Ask the running server: the temporary directory may be another for another process."""
    pid_file = place.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines() if pid_file.exists() else []
    return Path(lines[4]) if len(lines) > 4 and lines[4] else place.socket


def _make_private(directory: Path, place: Place) -> None:
    """Make a directory only the server's user enters; refuse one that somebody else made."""
    directory.mkdir(mode=0o700, exist_ok=True)
    if place.owner and directory.lstat().st_uid == 0:
        os.chown(directory, place.owner.uid, place.owner.gid, follow_symlinks=False)
    uid = place.owner.uid if place.owner else os.geteuid()
    found = directory.lstat()
    if directory.is_symlink() or found.st_uid != uid or found.st_mode & 0o077:
        raise NoServer(f"{directory} belongs to somebody else; remove it and start again.")


@contextmanager
def _turn(place: Place) -> Iterator[None]:
    with _open(place, "pg.turn") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _open(place: Place, name: str) -> IO[str]:
    return (place.home / name).open("a")


def _lock_now(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
