"""How an import shows that it moves: bars on a terminal, plain lines elsewhere, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import IO, Protocol, TextIO

from tqdm import tqdm


class Progress(Protocol):
    """Told what is being done; `reading` wraps one file while its rows are read."""

    def say(self, line: str) -> None:
        """Say one sentence."""

    def reading(
        self, name: str, size: int, raw: IO[bytes]
    ) -> AbstractContextManager[Callable[[], None]]:
        """Show one file being read; the function given tells that reading moved on."""
        ...


class Silence:
    """Shows nothing (tasks, --json)."""

    def say(self, line: str) -> None:
        """Keep it."""

    @contextmanager
    def reading(self, name: str, size: int, raw: IO[bytes]) -> Iterator[Callable[[], None]]:
        """Read on without a word."""
        yield lambda: None


class Lines:
    """One plain line per step."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def say(self, line: str) -> None:
        """Write the line."""
        self.stream.write(f"{line}\n")

    @contextmanager
    def reading(self, name: str, size: int, raw: IO[bytes]) -> Iterator[Callable[[], None]]:
        """Name the file once."""
        self.say(f"読込中　{name}")
        yield lambda: None


class Bars(Lines):
    """A bar per file, by bytes read."""

    @contextmanager
    def reading(self, name: str, size: int, raw: IO[bytes]) -> Iterator[Callable[[], None]]:
        """Show the file's bar until it is read."""
        with tqdm(total=size, desc=name, unit="B", unit_scale=True, file=self.stream) as bar:

            def advance() -> None:
                # The last row closes the file.
                bar.update((size if raw.closed else raw.tell()) - bar.n)

            yield advance
