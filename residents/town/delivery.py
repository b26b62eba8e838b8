"""Writing the exports of one day: one CSV a feed and extent, and a manifest with counts and digests."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

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


class Typist:
    """Rows of one feed as lines of its CSV."""

    def __init__(self, feed: Feed) -> None:
        self._columns = feed.columns
        self._known = frozenset(feed.columns)
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, **feed.format.dialect)

    def line(self, row: Mapping[str, str]) -> str:
        """One row with its line end. Raises KeyError for an item the feed does not have."""
        if not row.keys() <= self._known:
            raise KeyError(*sorted(row.keys() - self._known))
        return self._typed([row.get(name, "") for name in self._columns])

    def header(self) -> str:
        """The header row."""
        return self._typed(self._columns)

    def _typed(self, cells: list[str] | tuple[str, ...]) -> str:
        self._buffer.seek(0)
        self._buffer.truncate()
        self._writer.writerow(cells)
        return self._buffer.getvalue()


class FeedFile:
    """One CSV being written; its digest is counted on the way, so it is read only once.

    It is opened only to write a stretch: a month of exports has more files than may be open at once.
    """

    def __init__(self, feed: Feed, path: Path, header: str) -> None:
        self.rows = 0
        self._feed = feed
        self._path = path
        self._digest = hashlib.sha256()
        self._lines = [header] if feed.format.header else []
        self._size = 0
        path.write_bytes(b"")

    def append(self, line: str) -> None:
        """Add one row's line."""
        self.rows += 1
        self._lines.append(line)
        self._size += len(line)
        if self._size > FLUSH_AT:
            self._flush()

    def finish(self) -> Written:
        """Write what is left and say what was written."""
        self._flush()
        return Written(self._feed.code, self._path.name, self.rows, self._digest.hexdigest())

    def _flush(self) -> None:
        data = "".join(self._lines).encode(self._feed.format.encoding)
        self._lines, self._size = [], 0
        self._digest.update(data)
        with self._path.open("ab") as file:
            file.write(data)


class DayFolder:
    """A folder of one day's exports, one file for each feed and extent, closed with a manifest."""

    def __init__(self, folder: Path, at: datetime, *extents: Extent) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.written: list[Written] = []
        self._files = {
            (feed.code, extent): FeedFile(
                feed, folder / feed.file_name(extent, at), Typist(feed).header()
            )
            for extent in extents
            for feed in feeds().values()
        }

    def __enter__(self) -> DayFolder:
        return self

    def append(self, code: str, extent: Extent, line: str) -> None:
        """Add one row's line to that feed's file."""
        self._files[code, extent].append(line)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.written = [file.finish() for file in self._files.values()]
            self._write_manifest()

    def _write_manifest(self) -> None:
        with (self.folder / MANIFEST).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["ファイル名", "件数", "SHA256"])
            writer.writerows([each.name, each.rows, each.sha256] for each in self.written)
