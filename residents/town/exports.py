"""The exports of the first day (全件) and of those after it (差分 and 全件), written side by side."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

from residents.feed import Extent, feeds
from residents.town.book import Book
from residents.town.delivery import DayFolder, Typist
from residents.town.ledger import Row


class Exports:
    """The folders of all days; a household is written into each before the next one is made.

    So the memory needed does not grow with the town, nor with the days.
    """

    def __init__(self, stack: ExitStack, folder: Path, at: datetime, days: int) -> None:
        self.at = at
        self.days = [
            stack.enter_context(
                DayFolder(
                    folder / f"day{day:02}",
                    at + timedelta(days=day),
                    *((Extent.FULL,) if day == 0 else (Extent.FULL, Extent.DELTA)),
                )
            )
            for day in range(days + 1)
        ]
        self._typists = {feed.code: Typist(feed) for feed in feeds().values()}
        self._typed: dict[int, tuple[Row, str]] = {}
        self._book: Book | None = None

    def day_before(self, day: int) -> date:
        """The day whose events the export of that day is the first to have."""
        return self.at.date() + timedelta(days=day - 1)

    def write(self, day: int, book: Book) -> None:
        """Write the household of that book as it stands on that day, and what the day touched."""
        if book is not self._book:
            self._book, self._typed = book, {}
        self._append(day, Extent.FULL, book.lines())
        if day:
            self._append(day, Extent.DELTA, book.touched)

    def _append(self, day: int, extent: Extent, rows: Iterable[tuple[str, Row]]) -> None:
        folder, typed = self.days[day], self._typed
        for code, row in rows:
            # The row is kept beside its line: were it gone, another could have its id.
            if (known := typed.get(id(row))) is None:
                typed[id(row)] = known = (row, self._typists[code].line(row))
            folder.append(code, extent, known[1])
