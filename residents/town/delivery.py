"""Writing the exports of one day: one CSV a feed, and a manifest with counts and digests."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from residents.feed import Extent, Feed, feeds

MANIFEST = "manifest.csv"
FLUSH_AT = 1 << 16


@dataclass(frozen=True, slots=True)
class Written:
    """One finished file."""

    feed: str
    name: str
    rows: int
    sha256: str


class FeedFile:
    """One CSV being written; its digest is counted on the way, so it is read only once."""

    def __init__(self, feed: Feed, file: BinaryIO, name: str) -> None:
        self.feed = feed
        self.name = name
        self.rows = 0
        self._columns = feed.columns
        self._known = frozenset(feed.columns)
        self._file = file
        self._digest = hashlib.sha256()
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, **feed.format.dialect)
        if feed.format.header:
            self._writer.writerow(self._columns)

    def write(self, row: Mapping[str, str]) -> None:
        """Write one row. Raises KeyError for an item the feed does not have."""
        if not row.keys() <= self._known:
            raise KeyError(*sorted(row.keys() - self._known))
        self._writer.writerow([row.get(name, "") for name in self._columns])
        self.rows += 1
        if self._buffer.tell() > FLUSH_AT:
            self._flush()

    def finish(self) -> Written:
        """Write what is left and say what was written."""
        self._flush()
        return Written(self.feed.code, self.name, self.rows, self._digest.hexdigest())

    def _flush(self) -> None:
        data = self._buffer.getvalue().encode(self.feed.format.encoding)
        self._buffer.seek(0)
        self._buffer.truncate()
        self._digest.update(data)
        self._file.write(data)


class DayFolder:
    """A folder of full exports (全件), one file for each feed, closed with a manifest."""

    def __init__(self, folder: Path, at: datetime) -> None:
        self.folder = folder
        self.at = at
        self.written: list[Written] = []
        self._stack = ExitStack()
        self._files: dict[str, FeedFile] = {}

    def __enter__(self) -> DayFolder:
        self.folder.mkdir(parents=True, exist_ok=True)
        for feed in feeds().values():
            name = feed.file_name(Extent.FULL, self.at)
            file = self._stack.enter_context((self.folder / name).open("wb"))
            self._files[feed.code] = FeedFile(feed, file, name)
        return self

    def write(self, code: str, row: Mapping[str, str]) -> None:
        """Write one row of that feed."""
        self._files[code].write(row)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if kind is None:
                self.written = [file.finish() for file in self._files.values()]
                self._write_manifest()

    def _write_manifest(self) -> None:
        with (self.folder / MANIFEST).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["ファイル名", "件数", "SHA256"])
            writer.writerows([each.name, each.rows, each.sha256] for each in self.written)
