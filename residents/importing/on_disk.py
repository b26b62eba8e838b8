"""A file on disk, read as it was when it was looked at or not at all.

An import reads a file several times; one that is replaced, cut or added to meanwhile would pass its
checks with one content and be applied with another.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, Any

from residents.importing.refusal import FileRefused

LOST = "source_lost"
"""The reason of a file that was there when it was looked for, and could not be read to its end."""
_BUFFER = 1 << 17


def opened(path: Path, name: str, seen: os.stat_result) -> IO[bytes]:
    """The bytes of the file that was `seen`; opening and reading raise FileRefused where it is another.

    Opening raises OSError where the file is there and may not be read.
    """
    try:
        raw = _Same(path, name, seen)
    except FileNotFoundError:
        raise _lost(name) from None
    return io.BufferedReader(raw, _BUFFER)


class _Same(io.RawIOBase):
    """Looks at the file again after each reading, so that no byte of another content is used."""

    def __init__(self, path: Path, name: str, seen: os.stat_result) -> None:
        self._raw = io.FileIO(path)
        self._name, self._seen = name, _content(seen)
        self._refuse_another()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._raw.seek(offset, whence)

    def tell(self) -> int:
        return self._raw.tell()

    def readinto(self, buffer: Any) -> int | None:
        try:
            count = self._raw.readinto(buffer)
        except OSError as error:
            raise FileRefused(
                LOST,
                f"{self._name}を最後まで読めませんでした（{type(error).__name__}）。何も変えていません。"
                "ディスクや接続を確かめて、もう一度置いてください。",
            ) from None
        self._refuse_another()
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _refuse_another(self) -> None:
        if _content(os.fstat(self._raw.fileno())) != self._seen:
            self.close()
            raise _lost(self._name)


def _content(stat: os.stat_result) -> tuple[int, ...]:
    return stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns


def _lost(name: str) -> FileRefused:
    return FileRefused(
        LOST,
        f"{name}は、読んでいるあいだになくなったか、置き換えられました。何も変えていません。"
        "書き終わってから、もう一度取り込んでください。",
    )
