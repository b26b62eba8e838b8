"""Parcels: the files found at a path (a file, a folder or a ZIP), with what the manifest says."""

from __future__ import annotations

import csv
import io
import os
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, pairwise
from pathlib import Path
from typing import IO, Any

from django.utils import timezone

from residents.importing import on_disk
from residents.importing.file_name import is_delivery
from residents.importing.refusal import FileRefused

MANIFEST = "manifest.csv"
MOST_BYTES = 8 << 30  # of one file, and of a ZIP unpacked
MOST_FILES, MOST_RATIO, SMALL = 1_000, 100, 1 << 20
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
_MANIFEST_HEADER = ["ファイル名", "件数", "SHA256"]


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


def sets(paths: Iterable[Path]) -> list[list[Arrival]]:
    """The sets to import: each folder and each ZIP is one, loose files together are one.

    A folder that holds folders alone (day00, day01 …) stands for each of them, by name. A path that
    cannot be read gives an arrival that is `wrong`, so that its refusal is recorded.
    """
    alone: list[Arrival] = []
    found = []
    for path in chain.from_iterable(map(_opened, paths)):
        if path.is_dir():
            inside = [_on_disk(each) for each in sorted(path.iterdir()) if each.is_file()]
            found.append(folder(path.name, inside, modified_at(path)))
        elif not path.is_file():
            refusal = FileRefused("not_found", f"{_composed(path.name)}が見つかりません。")
            alone.append(_unreadable(path.name, timezone.now(), refusal))
        elif names_zip(path.name):
            found.append(unzipped(_on_disk(path)))
        else:
            alone.append(_on_disk(path))
    return [each for each in (loose(alone), *found) if each]


def handed_over(files: Iterable[Arrival]) -> list[list[Arrival]]:
    """The sets in files that are on no disk of ours: each ZIP is one, all others together are one.

    Of the loose ones none is passed over: whoever hands over one file by hand is told of its name.
    """
    whole = [replace(each, name=_composed(each.name)) for each in files]
    alone = [each for each in whole if not names_zip(each.name)]
    zipped = [unzipped(each) for each in whole if names_zip(each.name)]
    return [each for each in (loose(alone), *zipped) if each]


def loose(files: list[Arrival]) -> list[Arrival]:
    """Files that came together without a folder; a manifest among them speaks of them all."""
    try:
        return _promised(files)
    except FileRefused as refusal:
        return [replace(each, wrong=refusal) for each in files]


def folder(name: str, files: Iterable[Arrival], modified: datetime) -> list[Arrival]:
    """The files of one folder that are deliveries; others are left alone."""
    try:
        return _deliveries(files, _composed(name))
    except FileRefused as refusal:
        return [_unreadable(name, modified, refusal)]


def unzipped(whole: Arrival) -> list[Arrival]:
    """The deliveries in a ZIP, unpacked only as they are read."""
    try:
        return _deliveries(_in_zip(whole), whole.name)
    except FileRefused as refusal:
        return [replace(whole, wrong=refusal)]


def arrivals(path: Path) -> list[Arrival]:
    """The files to read at `path`, by name."""
    return list(chain.from_iterable(sets([path])))


def _deliveries(found: Iterable[Arrival], name: str) -> list[Arrival]:
    files = _promised([each for each in found if is_delivery(each.name)])
    if not files:
        raise FileRefused("nothing", f"{name}に取り込むCSVファイルがありません。")
    return files


def _promised(files: list[Arrival]) -> list[Arrival]:
    """The files without their manifest, each with what it promised."""
    manifest = next((each for each in files if each.name == MANIFEST), None)
    if manifest is None:
        return files
    return _compared([each for each in files if each is not manifest], manifest)


def _opened(path: Path) -> list[Path]:
    inside = sorted(path.iterdir()) if path.is_dir() else []
    folders = [each for each in inside if each.is_dir() and not each.name.startswith(".")]
    has_files = any(is_delivery(each.name) for each in inside)
    return folders if folders and not has_files else [path]


def modified_at(path: Path) -> datetime:
    """When a file or folder last changed, in local time."""
    return _local(path.stat().st_mtime)


def _local(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.get_current_timezone())


def arrival(
    name: str,
    size: int,
    modified: datetime,
    opened: Callable[[], IO[bytes]],
    *,
    near: int = 0,
) -> Arrival:
    """A file as it lies somewhere, by its composed name; one that is too large is not read."""
    name = _composed(name)
    wrong = _too_large(name) if size > MOST_BYTES else None
    return Arrival(name, size, modified, opened, wrong=wrong, near=near)


def _on_disk(path: Path) -> Arrival:
    seen, name = path.stat(), _composed(path.name)
    modified = _local(seen.st_mtime)
    return arrival(name, seen.st_size, modified, lambda: on_disk.opened(path, name, seen))


def _too_large(name: str) -> FileRefused:
    message = f"{name}が大きすぎます（{MOST_BYTES >> 30}GBまで）。読み込んでいません。"
    return FileRefused("too_large", message)


def _unreadable(name: str, modified: datetime, refusal: FileRefused) -> Arrival:
    return Arrival(_composed(name), 0, modified, io.BytesIO, wrong=refusal)


def names_zip(name: str) -> bool:
    """Whether a file is a ZIP, by its name."""
    return name.lower().endswith(".zip")


def _in_zip(whole: Arrival) -> list[Arrival]:
    with whole.open() as raw, _refusing(f"{whole.name}はZIPとして読めません。"):
        members = [each for each in zipfile.ZipFile(raw).infolist() if not each.is_dir()]
    _refuse_bomb(whole, members)
    files = sorted((_zipped(whole, each) for each in members), key=lambda each: each.name)
    if same := next((one for one, two in pairwise(files) if one.name == two.name), None):
        message = f"{whole.name}の中に{same.name}が2つあります。どちらが正しいか分かりません。"
        raise FileRefused("same_name", message)
    return files


def _refuse_bomb(whole: Arrival, members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that is not what core systems make, before a byte of it is unpacked."""
    if len(members) > MOST_FILES:
        raise FileRefused(
            "zip_bomb", f"{whole.name}の中のファイルが多すぎます（{MOST_FILES}まで）。"
        )
    if any(_zip_name(each).lower().endswith(".zip") for each in members):
        raise FileRefused(
            "nested_zip", f"{whole.name}の中にZIPがあります。ZIPは1段だけにしてください。"
        )
    if any(each.flag_bits & 0x1 for each in members):
        raise FileRefused("zip", f"{whole.name}は暗号化されているため読めません。")
    if sum(each.file_size for each in members) > MOST_BYTES:
        raise _too_large(whole.name)
    for each in members:
        if each.file_size > max(SMALL, MOST_RATIO * each.compress_size):
            message = f"{whole.name}は{MOST_RATIO}倍を超えて圧縮されています。読み込んでいません。"
            raise FileRefused("zip_bomb", message)


def _zipped(whole: Arrival, member: zipfile.ZipInfo) -> Arrival:
    try:
        modified = datetime(*member.date_time, tzinfo=timezone.get_current_timezone())
    except ValueError:  # some tools write none
        modified = whole.modified
    name = _composed(_zip_name(member).replace("\\", "/").rpartition("/")[2])
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


def _composed(name: str) -> str:
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


def _read_manifest(manifest: Arrival) -> dict[str, tuple[int, str]]:
    with manifest.open() as raw:
        content = raw.read(SMALL + 1)
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        header, *rows = csv.reader(text, strict=True)
        if header != _MANIFEST_HEADER or len(content) > SMALL:
            raise ValueError
        return {_composed(name): (int(count), sha) for name, count, sha in filter(None, rows)}
    except (ValueError, csv.Error) as error:
        titles = ",".join(_MANIFEST_HEADER)
        message = f"{MANIFEST}が読めません。UTF-8で見出しを「{titles}」にしてください。"
        raise FileRefused("manifest", message) from error


def _compared(files: Iterable[Arrival], manifest: Arrival) -> list[Arrival]:
    promised = _read_manifest(manifest)
    compared = []
    for each in files:
        if each.name in promised:
            count, sha = promised[each.name]
            compared.append(replace(each, expected_rows=count, expected_sha256=sha.lower()))
        else:
            unlisted = FileRefused("manifest", f"{MANIFEST}に{each.name}がありません。")
            compared.append(replace(each, wrong=unlisted))
    for name in promised.keys() - {each.name for each in compared}:
        missing = FileRefused("manifest", f"{MANIFEST}にある{name}が届いていません。")
        compared.append(Arrival(name, 0, manifest.modified, io.BytesIO, wrong=missing))
    return compared
