"""The gates a file passes before its rows are read: name, manifest, structure, checksum."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from residents import feed
from residents.importing import file_name, rows
from residents.importing.arrival import Arrival
from residents.importing.columns import Columns
from residents.importing.file_name import FileName
from residents.importing.refusal import FileRefused

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Received:
    """A file that passed the gates: what it is, its columns and its digest."""

    arrival: Arrival
    name: FileName
    columns: Columns
    sha256: str

    @property
    def feed(self) -> feed.Feed:
        """The feed it is a delivery of."""
        return self.name.feed


def receive(arrival: Arrival) -> Received:
    """Pass a file through the gates. Raises FileRefused.

    The digest kept is that of the bytes, or of the kept columns where others are not read.
    """
    if arrival.wrong:
        raise arrival.wrong
    name = file_name.read(arrival.name)
    if name.feed.needs_manifest and arrival.expected_rows is None:
        raise FileRefused(
            "no_manifest",
            f"{name.feed.name}は、manifest.csv（ファイル名、件数、SHA256）と一緒に受け取ることに"
            "なっています。途中で切れていないか確かめられないため、使いません。",
        )
    with arrival.open() as raw, rows.open_table(raw, name.feed) as (columns, _):
        pass
    digest = _digest(arrival)
    if arrival.expected_sha256 not in ("", digest):
        raise FileRefused(
            "checksum", "manifest.csvのSHA256と一致しません。受け取り直してください。"
        )
    if columns.dropped or columns.unknown:
        with arrival.open() as raw:
            digest = rows.cleaned_digest(raw, name.feed)
    return Received(arrival, name, columns, digest)


def _digest(arrival: Arrival) -> str:
    digest = hashlib.sha256()
    with arrival.open() as raw:
        while chunk := raw.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
