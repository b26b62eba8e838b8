"""An inbox in object storage: the same sets, the same safety, read from a server that speaks S3."""

import hashlib
import logging
import os
import sys
import tempfile
import zipfile
from contextlib import redirect_stderr
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from residents import feed
from residents.importing import bucket, gates, inbox
from residents.models import Delivery, InboxLook, InboxObject, Resident
from residents.tasks import sync_inbox
from tests.residents import storage
from tests.residents.exports import AT, LATER, as_csv, file_name, nhi, person, take_in, write
from tests.residents.operator import register_bytes
from tests.residents.storage import KEY, PLACE, SECRET, Line, Sender

pytestmark = pytest.mark.django_db
WAIT = timedelta(minutes=1)


@pytest.fixture(scope="module")
def address():
    with storage.storage() as address:
        yield address


@pytest.fixture
def sender(address, monkeypatch):
    storage.point_to(monkeypatch, address)
    return Sender(address)


class Looks:
    """The beats: each look a minute after the one before."""

    def __init__(self):
        self.now = timezone.now()

    def __call__(self, place=PLACE):
        self.now += WAIT
        return {each.file_name: each.state for each in inbox.look(place, self.now)}


@pytest.fixture
def look():
    return Looks()


def said(place=PLACE):
    return InboxLook.objects.get(place=place).wrong


def as_columns(code):
    return feed.feed(code).columns


def csv(code, *records):
    return as_csv(code, records).encode()


def crowd(count=800):
    """People enough for several parts of an answer."""
    return [person(f"{n:010}", 住所_番地号表記=f"{n}番") for n in range(1, count)]


def put_night(sender, *records, name="night", at=AT):
    sender.put(f"{name}/{file_name('juki', at)}", csv("juki", *records))


def test_folders_zips_and_loose_objects_are_taken_in_at_the_second_look(sender, look, tmp_path):
    put_night(sender, person())
    with zipfile.ZipFile(tmp_path / "tax.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(file_name("nhi"), csv("nhi", nhi()))
    sender.put("tax.zip", tmp_path / "tax.zip")
    sender.put(file_name("seal"), csv("seal"))
    sender.put("night/deeper/other.csv", b"x")
    sender.put(".hidden/a.csv", b"x")
    sender.put("notes.txt", b"x")

    assert look() == {}
    assert look() == dict.fromkeys(
        [file_name("juki"), file_name("nhi"), file_name("seal")], "applied"
    )
    assert look() == {}
    assert Delivery.objects.count() == 3
    assert said() == ""


def test_the_same_deliveries_through_folder_and_bucket_give_the_same_register(
    sender, look, tmp_path
):
    people = [person(f"{n:010}", 氏名=f"見本　花子{n}") for n in range(1, 40)]
    nights = {"first": (AT, people), "second": (LATER, [*people[:38], person("0000000040")])}
    for name, (at, there) in nights.items():
        write(tmp_path / name, "juki", there, at=at, columns=[*as_columns("juki"), "個人番号"])
        write(tmp_path / name, "nhi", [nhi(each["宛名番号"]) for each in there], at=at)
    before = transaction.savepoint()
    for name in nights:
        done = take_in(tmp_path / name)
        assert {each.state for each in done.values()} == {"applied"}
    through_folder = register_bytes(tmp_path / "a")
    transaction.savepoint_rollback(before)
    assert not Resident.objects.exists()

    for name in nights:
        for path in (tmp_path / name).iterdir():
            sender.put(f"{name}/{path.name}", path)
        look()
        assert set(look().values()) == {"applied"}

    assert register_bytes(tmp_path / "b") == through_folder


def test_a_set_that_still_grows_or_changes_is_left_alone(sender, look):
    put_night(sender, person())
    look()
    sender.put(f"night/{file_name('nhi')}", csv("nhi", nhi()))
    assert look() == {}
    put_night(sender, person(氏名="見本　太郎"))
    assert look() == {}

    assert set(look().values()) == {"applied"}
    assert Resident.objects.get().record["氏名"] == "見本　太郎"


def test_what_comes_later_is_taken_in_alone_and_a_bad_one_stops_nobody(sender, look):
    sender.put(file_name("juki"), b"nonsense")
    look()
    assert look() == {file_name("juki"): "refused"}

    sender.put(file_name("juki", LATER), csv("juki", person()))
    look()
    assert look() == {file_name("juki", LATER): "applied"}

    sender.put("again.csv", b"x")
    sender.remove(file_name("juki"))
    look()
    assert look() == {"again.csv": "refused"}
    assert not InboxObject.objects.filter(place__endswith=file_name("juki")).exists()


def test_a_manifest_speaks_of_all_loose_objects(sender, look):
    content = csv("juki", person())
    digest = hashlib.sha256(content).hexdigest()
    listed = f"ファイル名,件数,SHA256\r\n{file_name('juki')},1,{digest}\r\n"
    sender.put("manifest.csv", listed.encode())
    look()
    assert look() == {file_name("juki"): "refused"}  # it has not come

    sender.put(file_name("juki"), content[:-1])
    look()
    assert look() == {file_name("juki"): "refused"}  # not whole

    sender.put(file_name("juki"), content)
    look()
    assert look() == {file_name("juki"): "applied"}


def test_a_copy_is_recognised_and_nothing_is_imported_twice(sender, look):
    put_night(sender, person())
    look(), look()
    put_night(sender, person(), name="copy")
    look()

    assert look() == {file_name("juki"): "refused"}
    assert look() == {}
    assert Delivery.objects.count() == 1
    InboxObject.objects.update(taken_at=None)  # killed before it was written down
    assert set(look().values()) == {"refused"}
    assert Delivery.objects.get().state == "applied"


def test_a_large_zip_is_unpacked_where_it_lies(sender, look, tmp_path):
    people = crowd()
    with zipfile.ZipFile(tmp_path / "night.zip", "w") as archive:  # stored: longer than one buffer
        archive.writestr("other.txt", b"0" * 200_000)
        archive.writestr(file_name("juki"), csv("juki", *people))
    assert (tmp_path / "night.zip").stat().st_size > bucket._BUFFER
    sender.put("night.zip", tmp_path / "night.zip")
    sender.put("bad.zip", b"no zip")
    look()

    assert look() == {"bad.zip": "refused", file_name("juki"): "applied"}
    assert Resident.objects.count() == len(people)
    assert look() == {}


def test_a_bucket_that_is_away_is_said_and_looked_at_again(sender, look, monkeypatch, address):
    put_night(sender, person())
    look()
    sender.lock()
    assert look() == {}
    assert "許されていません" in said()
    since = InboxLook.objects.get().wrong_since
    look()
    assert InboxLook.objects.get().wrong_since == since
    sender.unlock()
    storage.point_to(monkeypatch, "http://127.0.0.1:9")
    assert look() == {}
    assert "届きません" in said()

    storage.point_to(monkeypatch, address)
    assert set(look().values()) == {"applied"}
    assert (said(), InboxLook.objects.get().wrong_since) == ("", None)


@pytest.mark.parametrize(("place", "told"), [("s3://", "INBOX"), ("s3://none/town", "ありません")])
def test_a_wrong_address_is_said(sender, look, place, told):
    assert look(place) == {}
    assert told in said(place)


def test_missing_keys_are_said(sender, look, monkeypatch, tmp_path):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    bucket._client.cache_clear()

    look()

    assert "鍵がありません" in said()


def test_a_line_that_breaks_off_is_gone_on_with(sender, look, monkeypatch, address):
    monkeypatch.setattr(bucket, "_PAUSES", (0, 0, 0))
    people = crowd(1500)
    put_night(sender, *people)
    with Line(address) as line:
        storage.point_to(monkeypatch, line.address)
        look()
        line.break_off(100, after=100_000)  # less than all of it, and every time

        assert set(look().values()) == {"applied"}
        assert line.breaks < 97
    assert Resident.objects.count() == len(people)


def test_a_line_that_stays_broken_refuses_the_set_and_is_tried_again(
    sender, look, monkeypatch, address
):
    monkeypatch.setattr(bucket, "_PAUSES", (0, 0, 0))
    put_night(sender, *crowd())
    with Line(address) as line:
        storage.point_to(monkeypatch, line.address)
        look()
        line.break_off(10**6, after=0)
        assert set(look().values()) == {"refused"}
        assert Delivery.objects.get().reason == "source_lost"
        assert "もう一度読みます" in Delivery.objects.get().message
        assert not Resident.objects.exists()
        line.break_off(0, after=0)

        assert look() == {}  # not at once: every attempt leaves a line on the board
        assert set(look().values()) == {"applied"}


def test_what_is_replaced_while_it_is_read_changes_nothing(sender, look, monkeypatch):
    put_night(sender, *crowd())
    look()
    read = gates._digest

    def replaced(arrival):
        put_night(sender, person())
        return read(arrival)

    monkeypatch.setattr(gates, "_digest", replaced)
    assert set(look().values()) == {"refused"}
    assert "置き換えられました" in Delivery.objects.get().message
    monkeypatch.undo()

    storage.point_to(monkeypatch, sender.address)
    look()
    assert set(look().values()) == {"applied"}
    assert Resident.objects.count() == 1


def test_an_import_leaves_no_file_and_no_key_behind(sender, look, monkeypatch, tmp_path, caplog):
    """Not even a temporary one: what comes may hold what must never be stored."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    opened = []
    sys.addaudithook(lambda event, args: event == "open" and opened.append(args))
    sender.put(
        f"night/{file_name('juki')}",
        as_csv(
            "juki", [person(個人番号="123456789018")], [*as_columns("juki"), "個人番号"]
        ).encode(),
    )
    with caplog.at_level(logging.DEBUG):
        look()
        opened.clear()
        assert set(look().values()) == {"applied"}

    assert not [args for args in opened if args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)]
    assert list(tmp_path.iterdir()) == []
    assert SECRET not in caplog.text
    assert KEY not in caplog.text


def test_the_task_looks_into_the_bucket_of_the_settings(sender, settings, monkeypatch):
    settings.INBOX = PLACE
    put_night(sender, person())
    with time_machine.travel(timezone.now()) as clock:
        for _ in range(3):
            sync_inbox()
            clock.shift(WAIT)

    assert Delivery.objects.get().state == "applied"


def run(*paths):
    """Exit code, and what the command showed: outcome and progress."""
    out, shown = StringIO(), StringIO()
    with pytest.raises(SystemExit) as exit_, redirect_stderr(shown):
        call_command("import_exports", *paths, stdout=out)
    return exit_.value.code, out.getvalue(), shown.getvalue()


def test_the_command_takes_in_a_folder_of_a_bucket_as_one_on_disk(sender, tmp_path):
    put_night(sender, person(氏名="見本　二"), name="9th", at=LATER)
    put_night(sender, person(), person("0000000002"), name="10th")
    path = write(tmp_path, "nhi", [nhi()])

    code, told, shown = run(PLACE, str(path))

    assert code == 0
    assert shown.count("読込中") == 3
    assert told.count("反映済み") == 3
    assert Resident.objects.get(number="0000000001").name == "見本　二"
    assert run(PLACE)[0] == 4  # the same files again
    assert Delivery.objects.count() == 3


def test_the_command_takes_in_one_object(sender, tmp_path):
    with zipfile.ZipFile(tmp_path / "night.zip", "w") as archive:
        archive.writestr(file_name("juki"), csv("juki", person()))
    sender.put("night.zip", tmp_path / "night.zip")
    sender.put(file_name("nhi"), csv("nhi", nhi()))
    sender.put(f"{file_name('nhi')}.old", b"x")

    assert run(f"{PLACE}/night.zip")[0] == run(f"{PLACE}/{file_name('nhi')}")[0] == 0
    assert set(Delivery.objects.values_list("feed", flat=True)) == {"juki", "nhi"}
    code, told, _ = run(f"{PLACE}/nothing")
    assert code == 4
    assert f"{PLACE}/nothing/に取り込むCSVファイルがありません。" in told


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("s3://", "の形ではありません"),
        ("s3://another/town", "「another」がありません"),
    ],
)
def test_the_command_says_why_a_bucket_cannot_be_read_before_anything_is_imported(
    sender, tmp_path, place, sentence
):
    path = write(tmp_path, "juki", [person()])
    with pytest.raises(CommandError, match=sentence) as raised:
        call_command("import_exports", str(path), place)
    assert raised.value.returncode == 4
    assert not Delivery.objects.exists()
