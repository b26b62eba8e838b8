"""Parcels: the files found at a path (a file, a folder or a ZIP), with what the manifest says."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from django.utils import timezone

from residents.importing import on_disk, zips
from residents.importing.arrival import Arrival, arrival, composed
from residents.importing.file_name import is_delivery
from residents.importing.refusal import FileRefused

MANIFEST = "manifest.csv"
_LONGEST_MANIFEST = 1 << 20  # bytes
_MANIFEST_HEADER = ["ファイル名", "件数", "SHA256"]


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
            refusal = FileRefused("not_found", f"{composed(path.name)}が見つかりません。")
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
    whole = [replace(each, name=composed(each.name)) for each in files]
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
        return _deliveries(files, composed(name))
    except FileRefused as refusal:
        return [_unreadable(name, modified, refusal)]


def unzipped(whole: Arrival) -> list[Arrival]:
    """The deliveries in a ZIP, unpacked only as they are read."""
    try:
        return _deliveries(zips.files(whole), whole.name)
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


def _on_disk(path: Path) -> Arrival:
    seen, name = path.stat(), composed(path.name)
    modified = _local(seen.st_mtime)
    return arrival(name, seen.st_size, modified, lambda: on_disk.opened(path, name, seen))


def _unreadable(name: str, modified: datetime, refusal: FileRefused) -> Arrival:
    return Arrival(composed(name), 0, modified, io.BytesIO, wrong=refusal)


def names_zip(name: str) -> bool:
    """Whether a file is a ZIP, by its name."""
    return name.lower().endswith(".zip")


def _read_manifest(manifest: Arrival) -> dict[str, tuple[int, str]]:
    with manifest.open() as raw:
        content = raw.read(_LONGEST_MANIFEST + 1)
    try:
        text = io.StringIO(content.decode("utf-8-sig"), newline="")
        header, *rows = csv.reader(text, strict=True)
        if header != _MANIFEST_HEADER or len(content) > _LONGEST_MANIFEST:
            raise ValueError
        return {composed(name): (int(count), sha) for name, count, sha in filter(None, rows)}
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
