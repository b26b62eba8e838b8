"""On which line of a TOML file a key stands, so that a mistake in a feed file can be pointed at."""

from __future__ import annotations

import re
from collections.abc import Iterable

_TABLE = re.compile(r"(?P<open>\[\[?)(?P<name>[^\[\]]+)\]\]?\s*(#.*)?")
_KEY = re.compile(r'"?(?P<key>[^"=\s]+)"?\s*=\s*(?P<value>.*)')
Path = tuple[str | int, ...]


class Lines:
    """The lines of tables, keys and one-line elements of arrays in one TOML text."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}
        self._table: Path = ()
        self._array: Path | None = None
        for number, line in enumerate(text.splitlines(), 1):
            self._read(number, line.strip())

    def find(self, path: Iterable[str | int]) -> int:
        """The line of that path, or of what it is part of; 1 for the whole file."""
        wanted = tuple(path)
        while wanted and wanted not in self._lines:
            wanted = wanted[:-1]
        return self._lines.get(wanted, 1)

    def _read(self, number: int, line: str) -> None:
        if self._array is not None:
            self._element(number, line)
        elif table := _TABLE.fullmatch(line):
            self._table = self._named(table["name"], listed=table["open"] == "[[")
            self._lines[self._table] = number
        elif key := _KEY.match(line):
            path = (*self._table, key["key"])
            self._lines[path] = number
            if key["value"] == "[":
                self._array = path

    def _element(self, number: int, line: str) -> None:
        assert self._array is not None
        if line.startswith("]"):
            self._array = None
        elif line and not line.startswith("#"):
            self._lines[(*self._array, self._next(self._array))] = number

    def _named(self, name: str, *, listed: bool) -> Path:
        path: Path = ()
        parts = [part.strip().strip('"') for part in name.split(".")]
        for place, part in enumerate(parts):
            path = (*path, part)
            if listed and place == len(parts) - 1:
                path = (*path, self._next(path))
            elif path in self._counts:
                path = (*path, self._counts[path] - 1)
        return path

    def _next(self, path: Path) -> int:
        self._counts[path] = self._counts.get(path, 0) + 1
        return self._counts[path] - 1
