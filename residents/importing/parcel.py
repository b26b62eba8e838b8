"""Parcels: the files found at a path (a file, a folder or a ZIP), with what the manifest says."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import IO

from django.utils import timezone

from residents.importing.refusal import FileRefused

MANIFEST = "manifest.csv"
_MANIFEST_HEADER = ["ファイル名", "件数", "SHA256"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file as it arrived; `expected_*` are what the manifest promised, `wrong` what it contradicts.

    The original is only ever read through `open`: nothing is unpacked or copied to disk.
    """

    name: str
    size: int
    modified: datetime
    open: Callable[[], IO[bytes]]
    expected_rows: int | None = None
    expected_sha256: str = ""
    wrong: FileRefused | None = None


def sets(paths: Iterable[Path]) -> list[list[Arrival]]:
    """The sets to import: each folder and each ZIP is one, loose files together are one.

    A folder that holds folders alone (day00, day01 …) stands for each of them, by name. A path that
    cannot be read gives an arrival that is `wrong`, so that its refusal is recorded.
    """
    loose: list[Arrival] = []
    found = [loose]
    for path in chain.from_iterable(map(_opened, paths)):
        try:
            files = arrivals(path)
        except FileRefused as refusal:
            files = [_unreadable(path, refusal)]
        if path.is_dir() or _is_zip(path):
            found.append(files)
        else:
            loose.extend(files)
    return [each for each in found if each]


def arrivals(path: Path) -> list[Arrival]:
    """The CSV files at `path`, by name. Files that are no .csv are left alone.

    Raises FileRefused when there is nothing to read, or the ZIP or manifest.csv is broken.
    """
    if path.is_dir():
        found = [_on_disk(each) for each in sorted(path.iterdir()) if each.is_file()]
    elif path.is_file() and _is_zip(path):
        found = _in_zip(path)
    elif path.is_file():
        found = [_on_disk(path)]
    else:
        raise FileRefused("not_found", f"{path.name}が見つかりません。")
    files = [each for each in found if each.name.lower().endswith(".csv")]
    manifest = next((each for each in files if each.name == MANIFEST), None)
    files = [each for each in files if each is not manifest]
    if manifest is not None:
        files = _compared(files, manifest)
    if not files:
        raise FileRefused("nothing", f"{path.name}に取り込むCSVファイルがありません。")
    return files


def _opened(path: Path) -> list[Path]:
    inside = sorted(path.iterdir()) if path.is_dir() else []
    folders = [each for each in inside if each.is_dir() and not each.name.startswith(".")]
    has_files = any(each.suffix.lower() == ".csv" for each in inside)
    return folders if folders and not has_files else [path]


def modified_at(path: Path) -> datetime:
    """When a file or folder last changed, in local time."""
    return datetime.fromtimestamp(path.stat().st_mtime, timezone.get_current_timezone())


def _on_disk(path: Path) -> Arrival:
    name, size = _composed(path.name), path.stat().st_size
    return Arrival(name, size, modified_at(path), lambda: path.open("rb"))


def _unreadable(path: Path, refusal: FileRefused) -> Arrival:
    at = modified_at(path) if path.exists() else timezone.now()
    return Arrival(path.name, 0, at, io.BytesIO, wrong=refusal)


def _is_zip(path: Path) -> bool:
    return path.suffix.lower() == ".zip"


def _in_zip(path: Path) -> list[Arrival]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
    except zipfile.BadZipFile as error:
        raise FileRefused("zip", f"{path.name}はZIPとして読めません。") from error
    return sorted((_zipped(path, each) for each in members), key=lambda each: each.name)


def _zipped(path: Path, member: zipfile.ZipInfo) -> Arrival:
    modified = datetime(*member.date_time, tzinfo=timezone.get_current_timezone())

    def open_member() -> IO[bytes]:
        with zipfile.ZipFile(path) as archive:
            return archive.open(member)

    name = _zip_name(member).replace("\\", "/").rpartition("/")[2]
    return Arrival(_composed(name), member.file_size, modified, open_member)


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
    """macOS takes グ apart in file names; the names of feeds are written composed."""
    return unicodedata.normalize("NFC", name)


def _read_manifest(manifest: Arrival) -> dict[str, tuple[int, str]]:
    with manifest.open() as raw:
        content = raw.read()
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        header, *rows = csv.reader(text, strict=True)
        if header != _MANIFEST_HEADER:
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
