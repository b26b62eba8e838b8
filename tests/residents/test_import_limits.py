"""Files that are cut, broken or made to hurt: refused whole, the register as it was (T-16 to T-18)."""

import hashlib
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.db import connection

from residents.models import Delivery, StagedRow
from tests.residents.exports import AT, LATER, as_csv, file_name, person, write
from tests.residents.operator import import_exports, refused, register_bytes

pytestmark = pytest.mark.django_db
MEGABYTE = 1 << 20
NAME = file_name("juki", LATER)


@pytest.fixture
def register(tmp_path):
    """A register of one day; gives a check that it is still the same, byte for byte."""
    people = [person(f"{place:010}", 氏名=f"見本　{place}郎") for place in range(1, 21)]
    write(tmp_path / "day00", "juki", people, at=AT)
    assert import_exports(tmp_path / "day00")[0] == 0
    before = register_bytes(tmp_path / "before")

    def unchanged():
        assert register_bytes(tmp_path / "after") == before
        assert not StagedRow.objects.exists()
        return True

    return unchanged


def put(folder, data, name=NAME):
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_bytes(data)
    return path


def a_day(people=30):
    return as_csv("juki", [person(f"{place:010}") for place in range(1, people + 1)]).encode()


def test_a_file_cut_at_any_of_fifty_places_is_refused_with_its_manifest(tmp_path, register):
    whole = a_day()
    digest = hashlib.sha256(whole).hexdigest()
    cuts = random.Random(17).sample(range(len(whole) - 1), 50)
    for cut in cuts:
        folder = tmp_path / f"cut{cut}"
        put(folder, whole[:cut])
        manifest = f"ファイル名,件数,SHA256\r\n{NAME},30,{digest}\r\n"
        put(folder, manifest.encode(), "manifest.csv")

        refused(folder)

    assert register()


def test_a_file_cut_inside_a_row_is_refused_without_a_manifest_too(tmp_path, register):
    whole = a_day()
    header = whole.index(b"\r\n") + 2
    cuts = [
        cut
        for cut in random.Random(18).sample(range(header + 1, len(whole)), 60)
        if not whole[:cut].endswith((b"\n", b"\r"))
    ]
    assert len(cuts) > 50
    for cut in cuts[:50]:
        assert refused(put(tmp_path / "cut", whole[:cut]))["reason"] in ("truncated", "broken_csv")

    assert register()


def test_an_open_quote_does_not_swallow_the_rows_after_it(tmp_path, register):
    """csv without strict=True made one row of three, and no error (T-18)."""
    rows = [person(f"{place:010}", 氏名=f"見本　{place}郎") for place in (1, 2, 3)]
    text = as_csv("juki", rows).replace("見本　1郎", '"見本　1郎')

    delivery = refused(put(tmp_path / "set", text.encode()))

    assert delivery["reason"] == "broken_csv"
    assert "2行目" in delivery["message"]
    assert register()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"9" * 200_000 + b"\r\n", "too_long"),
        (b'"' + b"9" * 70_000 + b'"\r\n', "broken_csv"),
        (b'"' + b"9\r\n" * 100_000 + b'"\r\n', "broken_csv"),
    ],
)
def test_a_line_or_a_cell_without_measure_is_refused(tmp_path, register, row, reason):
    assert refused(put(tmp_path / "set", a_day() + row))["reason"] == reason
    assert register()


def test_a_header_of_a_million_columns_is_refused(tmp_path, register):
    assert refused(put(tmp_path / "a", b"a," * 1_000_000 + b"\r\n"))["reason"] == "too_long"
    assert refused(put(tmp_path / "b", b"a," * 1_001 + b"\r\n"))["reason"] == "too_wide"
    assert register()


def test_a_row_of_many_columns_is_one_rejection(tmp_path):
    code, (delivery,) = import_exports(put(tmp_path / "set", a_day() + b"," * 100_000 + b"\r\n"))

    assert (code, delivery["rejected"]) == (0, 1)


def test_a_file_of_ten_gigabytes_is_not_read(tmp_path, register):
    path = put(tmp_path / "set", b"")
    os.truncate(path, 10 << 30)  # sparse: takes no room

    assert refused(path)["reason"] == "too_large"
    assert register()


def zipped(folder, *entries, level=zipfile.ZIP_DEFLATED):
    folder.mkdir(exist_ok=True)
    path = folder / "set.zip"
    with zipfile.ZipFile(path, "w", level) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return path


def test_a_zip_that_unpacks_beyond_measure_is_refused_unread(tmp_path, register):
    bomb = zipped(tmp_path / "a", (NAME, b"0" * (64 * MEGABYTE)))
    many = zipped(tmp_path / "b", *((f"{place}.csv", b"") for place in range(1_001)))

    assert refused(bomb)["reason"] == "zip_bomb"
    assert refused(many)["reason"] == "zip_bomb"
    assert register()


def test_a_zip_in_a_zip_is_refused(tmp_path, register):
    inner = zipped(tmp_path / "inner", (NAME, a_day()))
    outer = zipped(tmp_path / "outer", (NAME, a_day()), ("more.ZIP", inner.read_bytes()))

    assert refused(outer)["reason"] == "nested_zip"
    assert register()


def test_a_zip_whose_directory_lies_about_a_size_is_refused(tmp_path, register):
    data = a_day(300)
    path = zipped(tmp_path / "set", (NAME, data), level=zipfile.ZIP_STORED)
    size = len(data).to_bytes(4, "little")
    path.write_bytes(path.read_bytes().replace(size, (len(data) // 2).to_bytes(4, "little")))

    assert refused(path)["reason"] in ("zip", "truncated")
    assert register()


def test_a_damaged_zip_is_refused(tmp_path, register):
    path = zipped(tmp_path / "set", (NAME, a_day(300)))
    raw = bytearray(path.read_bytes())
    raw[200:260] = bytes(60)
    path.write_bytes(bytes(raw))

    assert refused(path)["reason"] == "zip"
    assert register()


MEASURE = """
import resource, sys
from datetime import date
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[2]
import django; django.setup()
from residents.feed import feed
from residents.importing import blocks, frames
from residents.importing.refusal import FileRefused
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as raw:
    try:
        with frames.opened(raw, feed("juki")) as (columns, table):
            for row in blocks.checked(table, columns, feed("juki"), date(2026, 11, 1)):
                pass
    except FileRefused as refusal:
        print(refusal.reason)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.parametrize("kind", ["one line", "open quote", "many rows"])
def test_reading_takes_the_same_memory_however_large_the_file(tmp_path, kind):
    """200 MB in one line, behind an open quote, or in honest rows: some 20 MB at most."""
    header, row = a_day(1).splitlines(keepends=True)
    path = tmp_path / NAME
    with path.open("wb") as file:
        file.write(header)
        file.write({"one line": b"", "open quote": b'"', "many rows": b""}[kind])
        block = {"one line": b"9" * MEGABYTE, "open quote": b"9\r\n" * (MEGABYTE // 3)}
        for _ in range(200 if kind != "many rows" else 12):
            file.write(block.get(kind) or row * (MEGABYTE // len(row)))

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path), connection.settings_dict["NAME"]],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "counter.settings"},
    )

    *reason, grown = done.stdout.split()
    assert reason == {"one line": ["too_long"], "open quote": ["broken_csv"]}.get(kind, [])
    assert int(grown) < 20_000


def test_every_refusal_is_kept_as_a_delivery_an_operator_can_read(tmp_path, register):
    refused(put(tmp_path / "set", b""))

    delivery = Delivery.objects.get(state="refused")
    assert (delivery.reason, delivery.feed) == ("no_header", "juki")
