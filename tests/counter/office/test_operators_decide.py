"""Operators release, give up and take back in their screens, and hand files over."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import UnreadablePostError
from django.test import Client
from django.test.client import encode_multipart
from django.urls import reverse

from consent import deciding, uploads
from consent.models import AccessEntry, Decision, Upload
from consent.uploads import Handed
from residents.importing import parcel
from residents.models import Delivery, Resident
from tests.entering import signed_in
from tests.residents.exports import LATER, as_csv, file_name, person, take_in_rows

pytestmark = pytest.mark.django_db
NUMBER = "8f6b3f0e-4f43-4ad5-9f5e-5dd4a43a5a11"


@pytest.fixture
def first(staff):
    return signed_in(staff["operator"])


@pytest.fixture
def second(staff):
    return signed_in(staff["operator2"])


@pytest.fixture
def held(tmp_path, db):
    take_in_rows(tmp_path, juki=people(20))
    return take_in_rows(tmp_path, LATER, juki=people(1), nhi=[])["juki"]


def people(count):
    return [person(f"{place:010}") for place in range(1, count + 1)]


def press(client, page, name, delivery):
    """Send the form of the page whose address is `name`, as the browser would; the next page."""
    form = next(each for each in page.context["sheet"].choices if each.kind == name)
    address = reverse("office:delivery_ask", args=[delivery.pk])
    return client.post(address, {"kind": name, "together": form.together}, follow=True)


def shown(client, delivery):
    return client.get(reverse("office:delivery", args=[delivery.pk]))


def test_a_held_delivery_tells_what_would_change_and_is_released_by_two(first, second, held):
    page = shown(first, held)
    text = page.content.decode()
    assert "台帳はいままでのままです" in text
    assert page.context["sheet"].changes.gone == 19
    assert "国民健康保険" in text  # of the same set

    press(first, page, "release", held)
    asked = Decision.objects.get()
    mine = shown(first, held).content.decode()
    assert "依頼した人は確認できません" in mine
    assert "確認して反映する" not in mine
    assert "確認して反映する" in shown(second, held).content.decode()
    for client in (first, second, second):
        address = reverse("office:delivery_confirm", args=[held.pk])
        client.post(address, {"decision": asked.pk})
    assert "処理しています" in shown(second, held).content.decode()
    deciding.carry_out()

    done = shown(second, held).content.decode()
    assert "運用 太郎" in done
    assert "反映済み" in done
    assert Resident.objects.filter(gone_at=None).count() == 1


def test_an_old_page_is_told_so_and_changes_nothing(first, second, held):
    page = shown(first, held)
    press(second, page, "give_up", held)
    deciding.carry_out()

    told = press(first, page, "release", held).content.decode()

    assert "先に変わっています" in told
    assert deciding.carry_out() == 0
    assert Delivery.objects.get(pk=held.pk).state == "refused"


def test_taking_back_lists_the_later_ones_and_afterwards_who_saw(first, second, tmp_path, db):
    one = take_in_rows(tmp_path, juki=people(20))["juki"]
    take_in_rows(tmp_path, LATER, juki=people(21))
    page = shown(first, one)
    (choice,) = page.context["sheet"].choices
    assert (choice.kind, len(choice.also)) == ("take_back", 1)
    assert "支援措置は外しません" in page.content.decode()

    press(first, page, "take_back", one)
    asked = Decision.objects.get()
    second.post(reverse("office:delivery_confirm", args=[one.pk]), {"decision": asked.pk})
    deciding.carry_out()

    seen = second.get(reverse("office:delivery_people", args=[one.pk])).content.decode()
    assert "誤った内容を見た記録" in seen
    assert not Resident.objects.exists()
    assert AccessEntry.objects.filter(purpose="import_check").exists()


def send(client, *files, number=NUMBER):
    return client.post(reverse("office:upload", args=[number]), {"files": files, "whole": "yes"})


def test_nothing_is_read_of_what_is_too_much_empty_or_missing(first, db, monkeypatch):
    monkeypatch.setattr("counter.office.uploads.MOST_BYTES", 1000)
    for files, told in (
        ([SimpleUploadedFile("a.csv", b"x" * 2000)], "ファイルが大きすぎます"),
        (
            [SimpleUploadedFile("a.csv", b"x" * 600), SimpleUploadedFile("b.csv", b"x" * 600)],
            "大き",
        ),
        ([SimpleUploadedFile("a.csv", b"")], "a.csvは空です"),
        ([], "ファイルを選んでください"),
    ):
        Upload.objects.all().delete()
        answer = send(first, *files)
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert not Delivery.objects.exists()


def test_a_hand_over_needs_its_form_and_comes_once_and_alone(first, second, staff):
    bare = signed_in(staff["operator"], Client(enforce_csrf_checks=True))
    assert send(bare, SimpleUploadedFile("a.csv", b"x")).status_code == 403

    Upload.objects.update(state="done")
    assert send(first, SimpleUploadedFile("a.csv", b"x")).status_code == 302  # the same number
    Upload.objects.update(state="reading")
    other = NUMBER.replace("8f6b", "8f6c")
    assert send(second, SimpleUploadedFile("a.csv", b"x"), number=other).status_code == 409
    assert not Delivery.objects.exists()


class BrokenOff:
    """A body whose browser goes away after the first bytes."""

    def read(self, *args):
        raise OSError

    readline = read


def test_what_did_not_come_whole_keeps_nobody_waiting(first, second, staff):
    address, other = (
        reverse("office:upload", args=[NUMBER.replace("8f6b", each)]) for each in ("8f6b", "8f6c")
    )
    kind = {"content_type": "multipart/form-data; boundary=b", "CONTENT_LENGTH": "999"}
    with pytest.raises(UnreadablePostError):
        first.generic("POST", address, b"-", **kind, **{"wsgi.input": BrokenOff()})
    assert "最後まで届きませんでした" in first.get(address).content.decode()
    bare = signed_in(staff["operator"], Client(enforce_csrf_checks=True))
    assert bare.post(other, {"files": SimpleUploadedFile("a.csv", b"x")}).status_code == 403

    assert send(second, number=NUMBER.replace("8f6b", "8f6d")).status_code == 422  # not 409
    assert not Upload.objects.exclude(state="failed").exists()


def test_a_body_that_ends_early_is_no_shorter_file(first, db):
    """A browser that stops sending leaves just that, and the parser is content with it."""
    address = reverse("office:upload", args=[NUMBER])
    content = as_csv("juki", people(20)).encode()
    files = {"files": SimpleUploadedFile(file_name("juki"), content), "whole": "yes"}
    body = encode_multipart("b", files)
    kind = "multipart/form-data; boundary=b"

    first.generic("POST", address, body[: body.index(b"0000000015")], kind)

    assert "最後まで届きませんでした" in first.get(address).content.decode()
    assert not Delivery.objects.exists()


def test_a_script_that_sent_the_files_is_told_where_to_go_on(first, db):
    address = reverse("office:upload", args=[NUMBER])
    answer = first.post(address, {"files": [], "whole": "yes"}, headers={"HX-Request": "true"})
    assert (answer.status_code, "HX-Redirect" in answer.headers) == (422, False)

    answer = first.post(address, {"whole": "yes"}, headers={"HX-Request": "true"})  # a second click

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, address)


def test_a_hand_over_that_stopped_says_so(first, staff):
    stopped = Upload.objects.create(by=staff["operator"], state="reading")
    Upload.objects.update(moved_at=stopped.at - uploads.SILENT * 2)

    told = first.get(reverse("office:upload", args=[stopped.pk])).content.decode()

    assert "途中で止まりました" in told


def test_each_zip_is_a_set_and_wrong_files_say_what_is_wrong():
    good = Handed(file_name("juki"), as_csv("juki", people(2)).encode())
    sets = parcel.handed_over(
        [uploads._arrival(each) for each in (good, Handed("bad.zip", b"no zip"))]
    )

    assert [[each.name for each in members] for members in sets] == [[good.name], ["bad.zip"]]
    assert sets[1][0].wrong.reason == "zip"
    assert sets[0][0].open().read() == good.content
    assert isinstance(sets[0][0].open(), io.BytesIO)
