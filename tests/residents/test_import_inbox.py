"""The inbox: complete sets are imported once, unfinished ones left alone."""

import hashlib
import os
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from residents.importing import inbox
from residents.importing.queue import work_off
from residents.importing.refusal import ImportBusy
from residents.models import Delivery, InboxLook, Resident
from residents.tasks import sync_inbox
from tests.residents.exports import LATER, as_csv, file_name, nhi, person, write

pytestmark = pytest.mark.django_db


def settle(folder):
    """Let everything in the folder look as if it was written a minute ago."""
    then = timezone.now().timestamp() - 60
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (then, then))


def sync(folder):
    return {each.file_name: each.state for each in inbox.sync(folder, timezone.now())}


def test_folders_zips_and_loose_files_are_taken_in(tmp_path):
    write(tmp_path / "night", "juki", [person()])
    with zipfile.ZipFile(tmp_path / "tax.zip", "w") as archive:
        archive.writestr(file_name("nhi"), as_csv("nhi", [nhi()]))
    write(tmp_path, "seal", [])
    settle(tmp_path)

    assert set(sync(tmp_path).values()) == {"applied"}
    assert Delivery.objects.count() == 3


def test_what_was_dealt_with_is_not_read_again(tmp_path):
    write(tmp_path / "night", "juki", [person()])
    write(tmp_path / "bad", "juki", [], at=LATER)
    settle(tmp_path)
    sync(tmp_path)

    assert sync(tmp_path) == {}
    assert Delivery.objects.count() == 2


def test_a_replaced_file_is_read_again(tmp_path):
    path = write(tmp_path / "night", "juki", [])
    settle(tmp_path)
    sync(tmp_path)

    path.write_text(as_csv("juki", [person()]), "utf-8")
    os.utime(path, (timezone.now().timestamp() - 40,) * 2)

    assert set(sync(tmp_path).values()) == {"applied"}


def test_a_copied_file_is_recognised_and_remembered(tmp_path):
    write(tmp_path / "night", "juki", [person()])
    settle(tmp_path)
    sync(tmp_path)
    os.utime(tmp_path / "night" / file_name("juki"), (timezone.now().timestamp() - 40,) * 2)

    assert list(sync(tmp_path).values()) == ["refused"]
    assert sync(tmp_path) == {}
    assert Delivery.objects.count() == 1


def test_a_set_still_being_written_is_left_alone(tmp_path):
    path = write(tmp_path / "night", "juki", [person()])
    settle(tmp_path)
    os.utime(path)

    assert sync(tmp_path) == {}
    assert inbox.sync(tmp_path, timezone.now() + timedelta(minutes=1))


def test_one_bad_set_does_not_stop_the_next(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"not a zip")
    write(tmp_path / "b", "juki", [person()])
    settle(tmp_path)

    assert sync(tmp_path) == {"a.zip": "refused", file_name("juki"): "applied"}
    assert sync(tmp_path) == {}


def test_an_interrupted_set_is_taken_up_again(tmp_path):
    path = write(tmp_path / "night", "juki", [person()])
    settle(tmp_path)
    Delivery.objects.create(
        feed="juki",
        file_name=path.name,
        as_of=timezone.now(),
        state="refused",
        reason="interrupted",
        file_size=path.stat().st_size,
        file_modified=inbox.parcel.modified_at(path),
    )

    assert set(sync(tmp_path).values()) == {"applied"}


def test_the_task_uses_the_inbox_of_the_settings(tmp_path, settings):
    settings.INBOX = tmp_path
    write(tmp_path / "night", "juki", [person()])
    settle(tmp_path)

    sync_inbox()
    sync_inbox()

    assert Resident.objects.count() == 1
    assert Delivery.objects.count() == 1


def test_the_task_says_that_there_is_no_inbox(tmp_path, settings):
    settings.INBOX = tmp_path / "none"

    sync_inbox()

    assert "FileNotFoundError" in InboxLook.objects.get().wrong
    settings.INBOX.mkdir()
    sync_inbox()
    assert InboxLook.objects.get().wrong == ""


def test_a_bad_loose_file_stops_none_that_comes_after_it(tmp_path):
    write(tmp_path, "juki", [], at=LATER).write_bytes(b"nonsense")
    settle(tmp_path)
    assert set(sync(tmp_path).values()) == {"refused"}

    path = write(tmp_path, "juki", [person()])
    os.utime(path, (timezone.now().timestamp() - 40,) * 2)

    assert sync(tmp_path) == {path.name: "applied"}


def test_a_manifest_beside_loose_files_speaks_of_them(tmp_path):
    path = write(tmp_path, "juki", [person()])
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "manifest.csv").write_text(f"ファイル名,件数,SHA256\n{path.name},1,{digest}\n")
    settle(tmp_path)

    assert sync(tmp_path) == {path.name: "applied"}
    assert sync(tmp_path) == {}


def test_what_lies_there_is_taken_in_at_one_look_the_oldest_first(tmp_path):
    """A 差分 of the second day that came first would make that of the first too old."""
    write(tmp_path / "9th", "juki", [person()])
    write(tmp_path / "10th", "juki", [person(氏名="見本　二")], at=LATER, extent="差分")
    third = LATER.replace(day=3)
    with zipfile.ZipFile(tmp_path / "0.zip", "w") as archive:
        name = file_name("juki", third, "差分")
        archive.writestr(name, as_csv("juki", [person(氏名="見本　三")]))
    settle(tmp_path)

    assert list(sync(tmp_path).values()) == ["applied"] * 3
    assert Resident.objects.get().name == "見本　三"


def test_a_set_that_another_import_kept_waiting_is_taken_in_at_the_same_look(tmp_path):
    """The other import ends while the rest of the folder is imported."""
    held = ["a"]
    done = []

    def take_in(name):
        if name in held:
            raise ImportBusy
        held.clear()
        done.append(name)
        return []

    work_off(["a", "b", "c"], take_in)
    assert done == ["b", "c", "a"]

    held.append("d")
    with pytest.raises(ImportBusy):
        work_off(["d"], take_in)
