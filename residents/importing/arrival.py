"""One file as it arrived, wherever it lies: on a disk, in a ZIP, in a bucket, in an upload."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from residents.importing.refusal import FileRefused

MOST_BYTES = 8 << 30  # of one file, and of a ZIP unpacked


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file as it arrived; `expected_*` are what the manifest promised, `wrong` what it contradicts.

    The original is only ever read through `open`: nothing is unpacked or copied to disk. So many bytes
    as are `near` are sooner read than passed over.
    """

    name: str
    size: int
    modified: datetime
    open: Callable[[], IO[bytes]]
    expected_rows: int | None = None
    expected_sha256: str = ""
    wrong: FileRefused | None = None
    near: int = 0


def arrival(
    name: str,
    size: int,
    modified: datetime,
    opened: Callable[[], IO[bytes]],
    *,
    near: int = 0,
) -> Arrival:
    """A file as it lies somewhere, by its composed name; one that is too large is not read."""
    name = composed(name)
    wrong = too_large(name) if size > MOST_BYTES else None
    return Arrival(name, size, modified, opened, wrong=wrong, near=near)


def too_large(name: str) -> FileRefused:
    """The refusal of a file, or of a ZIP unpacked, of more than MOST_BYTES."""
    message = f"{name}が大きすぎます（{MOST_BYTES >> 30}GBまで）。読み込んでいません。"
    return FileRefused("too_large", message)


def composed(name: str) -> str:
    """macOS takes グ apart in file names; the names of feeds are written composed.

    On disk a name is bytes, which Windows wrote in CP932.
    """
    raw = os.fsencode(name) if _is_bytes(name) else b""
    with suppress(UnicodeDecodeError):
        name = raw.decode("cp932") if raw else name
    name = name.encode(errors="replace").decode()
    return unicodedata.normalize("NFC", name.replace("\0", ""))


def _is_bytes(name: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in name)
