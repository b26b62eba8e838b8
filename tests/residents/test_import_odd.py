"""Odd files, names and moments: each is refused or held with a sentence, and stops nothing else."""

import io
import os
import random
import time
import zipfile
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from consent import deliveries
from residents.importing import gates, inbox, parcel
from residents.importing.delivery_set import import_set
from residents.importing.progress import Silence
from residents.importing.queue import work_off
from residents.importing.refusal import ImportFailed
from residents.importing.streams import whole_lines
from residents.models import Delivery, Holding, InboxLook, Resident
from tests.residents.exports import (
    LATER,
    as_csv,
    file_name,
    let_go,
    person,
    take_in,
    take_in_rows,
    undo,
    vehicle,
    write,
)

pytestmark = pytest.mark.django_db
CONTENT = as_csv("juki", [person()]).encode()
RARE = "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FA0), k=9000)))


def look(folder):
    """What became of each file at a look a minute later, and what is said of the folder."""
    found = inbox.look(folder, timezone.now() + timedelta(minutes=1))
    wrong = InboxLook.objects.get(place=str(folder)).wrong
    return {each.file_name: each.reason or str(each.state) for each in found}, wrong


def zipped(path, *members):
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in members:
            archive.writestr(name, CONTENT)


@pytest.mark.parametrize("encoding", ["cp932", "euc-jp"])
def test_a_name_in_another_encoding_stops_nothing(tmp_path, encoding):
    """On disk names are bytes; those of Windows are read, others are shown as well as may be."""
    raw = os.path.join(os.fsencode(tmp_path), file_name("juki").encode(encoding))
    os.close(os.open(raw, os.O_CREAT))
    with open(raw, "wb") as file:
        file.write(CONTENT)
    write(tmp_path / "night", "seal", [])

    found, wrong = look(tmp_path)
    assert found.pop(file_name("seal")) == "applied"
    assert list(found.values()) == ["applied" if encoding == "cp932" else "file_name"]
    assert look(tmp_path) == ({}, "")
    assert wrong == ""


def test_what_is_no_file_stops_nothing(tmp_path):
    write(tmp_path / "night", "juki", [person()])
    os.symlink(tmp_path / "gone", tmp_path / file_name("nhi"))
    os.mkfifo(tmp_path / file_name("seal"))
    (tmp_path / file_name("school")).mkdir()

    assert look(tmp_path) == ({file_name("juki"): "applied"}, "")
    assert look(tmp_path) == ({}, "")


def test_what_cannot_be_read_to_its_end_stops_nothing(tmp_path):
    """Reading the memory of a process at its beginning fails as a broken disk does."""
    (tmp_path / "a").mkdir()
    os.symlink("/proc/self/mem", tmp_path / "a" / file_name("juki"))
    write(tmp_path / "b", "seal", [])

    found, _ = look(tmp_path)
    assert found == {file_name("juki"): "source_lost", file_name("seal"): "applied"}
    assert "最後まで読めませんでした（OSError）" in Delivery.objects.get(feed="juki").message


def test_a_set_that_cannot_be_opened_keeps_none_of_the_others_waiting():
    done = []

    def take_in_one(name):
        if name == "a":
            raise PermissionError
        done.append(name)
        return []

    with pytest.raises(PermissionError):
        work_off(["a", "b"], take_in_one)
    assert done == ["b"]


def test_the_command_says_what_cannot_be_read():
    with pytest.raises(CommandError, match=r"^ファイルを読めません（OSError）") as raised:
        call_command("import_exports", "x" * 300)
    assert raised.value.returncode == 4


@pytest.mark.parametrize("moment", ["00010101000000", "19691231235959", "99991231235959"])
def test_a_year_that_cannot_be_is_refused_and_the_boards_are_read(tmp_path, moment):
    path = tmp_path / f"001_住民基本台帳_全件_{moment}_001.csv"
    path.write_bytes(CONTENT)

    (done,) = import_set(parcel.arrivals(path))
    assert (done.state, done.reason) == ("refused", "file_name")
    assert [each.id for each in deliveries.board()] == [done.pk]


@pytest.mark.parametrize(("years", "applied"), [(40, False), (0, False), (0, True)])
def test_a_file_of_a_day_to_come_is_looked_at_by_two(tmp_path, years, applied):
    """Applied, it would make every file that follows too old."""
    ahead = timezone.now().replace(tzinfo=None) + timedelta(days=365 * years + 60 * applied)
    if applied:
        take_in_rows(tmp_path, juki=[person()])
    done = take_in_rows(tmp_path, ahead, juki=[person(氏名="未来　人")])["juki"]
    if not years and not applied:
        assert done.state == "applied"  # the clocks of two machines differ
        return
    assert (done.state, done.reason) == ("held", "future")
    assert "先の日付です" in done.message
    if applied:
        assert take_in_rows(tmp_path, LATER, juki=[person()])["juki"].state == "applied"
    else:
        assert let_go({"juki": done})["juki"].state == "applied"


def test_a_zip_with_odd_entries(tmp_path):
    zipped(tmp_path / "a.zip", f"a/{file_name('juki')}", f"b/{file_name('juki')}")
    zipped(tmp_path / "b.zip", "x" * 3000 + ".csv")
    zipped(tmp_path / "c.zip", "../../../etc/" + file_name("juki"))
    raw = (tmp_path / "c.zip").read_bytes()
    entry = zipfile.ZipFile(tmp_path / "c.zip").infolist()[0]
    day = (entry.date_time[0] - 1980) << 9 | entry.date_time[1] << 5 | entry.date_time[2]
    (tmp_path / "c.zip").write_bytes(raw.replace(day.to_bytes(2, "little"), b"\0\0"))

    found, wrong = look(tmp_path)
    assert list(found.values()) == ["applied", "same_name", "file_name"]
    assert wrong == ""
    assert look(tmp_path) == ({}, "")  # the names of b.zip are longer than what is kept of them


def damaged(content, chance):
    """The bytes with a few of them changed, mostly where a ZIP says what is in it, or cut."""
    raw = bytearray(content)
    for _ in range(chance.choice([1, 1, 3])):
        near = chance.choice([range(60), range(len(raw) - 200, len(raw)), range(len(raw))])
        raw[chance.choice(near)] = chance.randrange(256)
    return bytes(raw[: chance.choice([len(raw)] * 5 + [chance.randrange(len(raw))])])


def test_whatever_is_damaged_in_a_zip_is_refused(tmp_path):
    """The library raises a dozen kinds of errors; one let through would stop every later look."""
    zipped(tmp_path / "a.zip", file_name("juki"))
    whole, chance = (tmp_path / "a.zip").read_bytes(), random.Random(1)
    refused = 0
    for _ in range(500):
        (tmp_path / "b.zip").write_bytes(damaged(whole, chance))
        for file in parcel.arrivals(tmp_path / "b.zip"):
            try:
                gates.receive(file)
            except gates.FileRefused as refusal:
                refused += refusal.reason == "zip"
    assert refused > 200


@pytest.mark.parametrize(
    "content", [b"x" * (2 << 20), "ファイル名,件数,SHA256\na\0b.csv,1,\n".encode()]
)
def test_a_manifest_that_cannot_be_used(tmp_path, content):
    write(tmp_path, "juki", [person()])
    (tmp_path / "manifest.csv").write_bytes(content)
    assert {each.reason for each in import_set(parcel.arrivals(tmp_path))} <= {"manifest", "set"}
    assert not Resident.objects.exists()


def replaced(path):
    path.with_suffix(".new").write_bytes(CONTENT)
    os.replace(path.with_suffix(".new"), path)


def added_to(path):
    with path.open("ab") as file:
        file.write(as_csv("juki", [person("0000000002")]).split("\r\n", 1)[1].encode())


def cut(path):
    os.truncate(path, len(CONTENT) - 10)


@pytest.mark.parametrize("change", [replaced, added_to, cut, os.unlink])
@pytest.mark.parametrize("opening", [2, 3])
def test_a_file_that_changes_while_it_is_read_is_not_used(tmp_path, change, opening):
    """Its checks saw one content; what is applied must be the same."""
    take_in_rows(tmp_path, juki=[person(氏名="以前　人")])
    path = write(tmp_path / "night", "juki", [person()], at=LATER)
    (file,) = parcel.arrivals(path)
    opened = []

    def open_file():
        opened.append(path)
        if len(opened) == opening:
            change(path)
        return file.open()

    (done,) = import_set([parcel.replace(file, open=open_file)])
    assert (done.state, done.reason) == ("refused", "source_lost")
    assert "置き換えられました" in done.message
    assert Resident.objects.get().name == "以前　人"
    if path.exists():
        path.write_bytes(CONTENT)
        assert take_in(path)["juki"].state == "applied"


def test_a_file_added_to_in_the_middle_of_reading_is_not_used(tmp_path):
    rows = [person(f"{number:010}") for number in range(3000)]
    path = write(tmp_path, "juki", rows)
    (file,) = parcel.arrivals(path)
    with file.open() as raw:
        assert raw.read(10)
        added_to(path)
        with pytest.raises(parcel.FileRefused, match="置き換えられました"):
            raw.read()


def test_an_endless_line_is_refused_and_never_held_whole(tmp_path):
    blocks = list(whole_lines(io.BytesIO(b"a\n" + b"x" * (20 << 20))))
    assert max(map(len, blocks)) <= 5 << 20
    assert b"".join(blocks) == b"a\n" + b"x" * (20 << 20)

    path = write(tmp_path, "juki", [])
    with path.open("ab") as file:
        file.write(b"x" * (5 << 20))
    (done,) = import_set(parcel.arrivals(path))
    assert (done.state, done.reason) == ("refused", "too_long")


def test_a_key_no_index_takes_costs_the_row_and_not_the_night(tmp_path):
    folks = [person(), person("0000000002", 世帯番号=RARE)]
    done = take_in_rows(tmp_path, juki=folks, light_vehicle=[vehicle(), vehicle(plate=RARE)])
    assert (done["juki"].state, done["light_vehicle"].state) == ("applied", "applied")
    for each in done.values():
        (row,) = each.rejections.all()
        assert (row.reason, "200文字を超えています" in row.message) == ("key", True)
    assert (Resident.objects.count(), Holding.objects.count()) == (1, 1)


def test_what_was_taken_back_may_come_again_and_so_may_what_lies_between(tmp_path):
    take_in_rows(tmp_path, juki=[person()])
    third = take_in_rows(tmp_path, LATER.replace(day=3), juki=[person(氏名="三日　目")])["juki"]
    late = write(tmp_path / "late", "juki", [person(氏名="二日　目")], at=LATER)
    assert take_in(late)["juki"].reason == "stale"

    undo(third)
    assert take_in(late)["juki"].state == "applied"
    assert take_in(tmp_path / f"{LATER.replace(day=3):%Y%m%d%H%M%S}")["juki"].state == "applied"
    assert Resident.objects.get().name == "三日　目"


class Cut(Silence):
    """Ends the import's connection, as a restart of PostgreSQL does."""

    @contextmanager
    def reading(self, name, size, raw):
        self.say(name)
        yield lambda: None

    def say(self, line):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.close()
        time.sleep(0.1)


@pytest.mark.django_db(transaction=True)
def test_a_restart_of_the_database_is_told_and_the_next_import_finds_all_as_it_was(tmp_path):
    path = write(tmp_path, "juki", [person()])
    with pytest.raises(ImportFailed, match=r"^データベースが止められました。SQLSTATE 57P01$"):
        import_set(parcel.arrivals(path), Cut())
    assert not Resident.objects.exists()
    assert take_in(path)["juki"].state == "applied"
