"""Keeps the processes of the demo running and ends them together."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LINUX_SET_PARENT_DEATH_SIGNAL = 1
# A worker finishes its task before it ends; after this it is killed and the task delivered again.
PATIENCE_SECONDS = 20
MOST_RESTARTS = 5
CALM_SECONDS = 60


class GaveUp(Exception):
    """A process kept ending; its log says why."""


@dataclass(slots=True)
class Child:
    """One process and the command that starts it again."""

    name: str
    command: list[str]
    directory: Path
    log: Path
    process: subprocess.Popen[bytes] | None = None
    restarts: list[float] = field(default_factory=list)

    def start(self) -> None:
        """Start it apart from the terminal, so that only the supervisor ends it.

        What it starts inherits the log and, with it, a lock, so that leftovers can be found.
        """
        with self.log.open("ab") as log:
            self._lock(log)
            self.process = subprocess.Popen(
                self.command,
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._group.write_text(str(self.process.pid))

    def clear(self) -> None:
        """End what an earlier, killed start left behind, and begin a new log."""
        with self.log.open("ab") as log:
            self._lock(log)
            log.truncate(0)

    def _lock(self, log: IO[bytes]) -> None:
        try:
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Its holder lives, so the number of its process group cannot be another's by now.
            os.killpg(int(self._group.read_text()), signal.SIGKILL)
            fcntl.flock(log, fcntl.LOCK_EX)

    @property
    def _group(self) -> Path:
        return self.log.with_suffix(".pid")

    def keep(self) -> None:
        """Start it again if it ended; raise GaveUp if that happens too often."""
        assert self.process is not None
        if self.process.poll() is None:
            return
        now = time.monotonic()
        self.restarts = [then for then in self.restarts if now - then < CALM_SECONDS] + [now]
        if len(self.restarts) > MOST_RESTARTS:
            raise GaveUp(f"The process {self.name} keeps ending; see {self.log}.")
        self.start()


@contextmanager
def running(children: list[Child]) -> Iterator[None]:
    """Run the children for the duration of the block; leave none behind, however it ends."""
    try:
        for child in children:
            child.start()
        yield
    finally:
        _end(child.process for child in children if child.process)


def keep(children: list[Child], *, each_round: Callable[[], None]) -> None:
    """Watch over the children until a signal ends it; call each_round before looking."""
    while True:
        each_round()
        for child in children:
            child.keep()
        time.sleep(1)


def _end(processes: Iterator[subprocess.Popen[bytes]]) -> None:
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for process in alive:
        try:
            process.wait(timeout=max(0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _end_with_parent() -> None:
    """Let the kernel end a child whose supervisor was killed."""
    ctypes.CDLL(None).prctl(LINUX_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)
