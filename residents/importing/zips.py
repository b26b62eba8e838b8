"""The files in a ZIP, unpacked only as they are read; what is no ordinary ZIP is refused before."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.utils import timezone

from residents.importing.arrival import MOST_BYTES, Arrival, composed, too_large
from residents.importing.refusal import FileRefused

_MOST_FILES, _MOST_RATIO, _SMALL = 1_000, 100, 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


def files(whole: Arrival) -> list[Arrival]:
    """What is in a ZIP, by name. Raises FileRefused for one that no core system makes."""
    with whole.open() as raw, _refusing(f"{whole.name}はZIPとして読めません。"):
        members = [each for each in zipfile.ZipFile(raw).infolist() if not each.is_dir()]
    _refuse_bomb(whole, members)
    found = sorted((_zipped(whole, each) for each in members), key=lambda each: each.name)
    if same := next((one for one, two in pairwise(found) if one.name == two.name), None):
        message = f"{whole.name}の中に{same.name}が2つあります。どちらが正しいか分かりません。"
        raise FileRefused("same_name", message)
    return found


def _refuse_bomb(whole: Arrival, members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that is not what core systems make, before a byte of it is unpacked."""
    if len(members) > _MOST_FILES:
        raise FileRefused(
            "zip_bomb", f"{whole.name}の中のファイルが多すぎます（{_MOST_FILES}まで）。"
        )
    if any(_zip_name(each).lower().endswith(".zip") for each in members):
        raise FileRefused(
            "nested_zip", f"{whole.name}の中にZIPがあります。ZIPは1段だけにしてください。"
        )
    if any(each.flag_bits & 0x1 for each in members):
        raise FileRefused("zip", f"{whole.name}は暗号化されているため読めません。")
    if sum(each.file_size for each in members) > MOST_BYTES:
        raise too_large(whole.name)
    for each in members:
        if each.file_size > max(_SMALL, _MOST_RATIO * each.compress_size):
            message = f"{whole.name}は{_MOST_RATIO}倍を超えて圧縮されています。読み込んでいません。"
            raise FileRefused("zip_bomb", message)


def _zipped(whole: Arrival, member: zipfile.ZipInfo) -> Arrival:
    try:
        modified = datetime(*member.date_time, tzinfo=timezone.get_current_timezone())
    except ValueError:  # some tools write none
        modified = whole.modified
    name = composed(_zip_name(member).replace("\\", "/").rpartition("/")[2])
    return Arrival(
        name, member.file_size, modified, lambda: io.BufferedReader(_Unpacked(whole, member))
    )


class _Unpacked(io.RawIOBase):
    """A file of a ZIP, unpacked as it is read; what is broken in it refuses the file.

    zipfile stops at the size the directory states, so that an entry that lies about it ends as broken.
    """

    def __init__(self, whole: Arrival, member: zipfile.ZipInfo) -> None:
        self._broken = f"{whole.name}の中のファイルが壊れています。受け取り直してください。"
        with ExitStack() as opened:
            raw = opened.enter_context(whole.open())
            with _refusing(self._broken):
                archive = opened.enter_context(zipfile.ZipFile(raw))
                self._file = opened.enter_context(archive.open(member))
            self._opened = opened.pop_all()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with _refusing(self._broken):
            data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._opened.close()
        super().close()


@contextmanager
def _refusing(message: str) -> Iterator[None]:
    """Refuse a ZIP that is damaged; the library raises whatever the nonsense it met leads to."""
    try:
        yield
    except _DAMAGED as error:
        raise FileRefused("zip", message) from error


def _zip_name(member: zipfile.ZipInfo) -> str:
    """Windows writes names in CP932 without saying so, others in UTF-8 (zipfile reads both as CP437)."""
    if member.flag_bits & 0x800:
        return member.filename
    raw = member.filename.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp932", errors="replace")
