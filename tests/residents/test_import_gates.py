"""What stops a file before anything changes: each gate, and what the refusal says."""

import hashlib
import unicodedata
import zipfile

import pytest

from residents.models import Delivery, Identity, Rejection, Resident, StagedRow
from tests.residents.exports import (
    AT,
    LATER,
    as_csv,
    file_name,
    nhi,
    person,
    protection,
    take_in,
    take_in_rows,
    write,
)

pytestmark = pytest.mark.django_db
BASIC = ["宛名番号", *person()]


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "set"
    path.mkdir()
    return path


def put(folder, content, name=None):
    path = folder / (name or file_name("juki"))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refused(*paths):
    """The reason, after making sure that nothing changed."""
    residents = Resident.objects.count()
    done = [*take_in(*paths).values()]
    assert {each.state for each in done} == {"refused"}
    assert Resident.objects.count() == residents
    assert not StagedRow.objects.exists()
    return {each.file_name: each.reason for each in done}


def reason(*paths):
    return next(iter(refused(*paths).values()))


@pytest.mark.parametrize(
    "name",
    [
        "juki.csv",
        "001_住民基本台帳_全件_20261101030000.csv",
        "001_住民基本台帳_全件_20261399000000_001.csv",
        "1_住民基本台帳_全件_20261101030000_001.csv",
    ],
)
def test_a_file_name_that_says_nothing_is_refused(folder, name):
    assert reason(put(folder, as_csv("juki", [person()]), name)) == "file_name"


def test_a_file_of_no_declared_feed_is_refused(folder):
    name = "099_住民基本台帳_全件_20261101030000_001.csv"

    assert reason(put(folder, as_csv("juki", [person()]), name)) == "unknown_feed"


def test_a_name_taken_apart_by_macos_is_read(folder):
    name = unicodedata.normalize("NFD", file_name("child_medical"))

    assert take_in(put(folder, as_csv("child_medical", []), name))["child_medical"].feed


def test_changes_before_any_full_export_are_refused_with_what_to_do(folder):
    path = put(folder, as_csv("juki", [person()]), file_name("juki", extent="差分"))

    done = take_in(path)["juki"]

    assert (done.state, done.reason, done.kind) == ("refused", "no_full", "changes")
    assert "先に全件を取り込んでください" in done.message


def test_changes_beside_their_full_export_are_applied_before_it(folder):
    take_in(write(folder / "first", "juki", [person(氏名="前の　日")]))
    write(folder, "juki", [person(個人履歴番号="2")], at=LATER, extent="差分")
    write(folder, "juki", [person(個人履歴番号="2")], at=LATER)

    take_in(folder)

    states = Delivery.objects.values_list("kind", "state")
    assert sorted(states) == [("changes", "applied"), ("full", "applied"), ("full", "applied")]


def test_changes_that_cannot_be_read_do_not_stop_their_full_export(folder):
    put(folder, "", file_name("juki", extent="差分"))
    write(folder, "juki", [person()])

    take_in(folder)

    states = Delivery.objects.values_list("kind", "state")
    assert sorted(states) == [("changes", "refused"), ("full", "applied")]


def test_another_encoding_than_declared_is_refused(folder):
    content = as_csv("juki", [person()]).encode("cp932")

    assert reason(put(folder, content)) == "encoding"


def test_a_wrong_byte_far_down_refuses_the_whole_file(folder):
    rows = [person(f"{place:010}") for place in range(3000)]
    content = as_csv("juki", rows).encode() + b"\xff\xfe\r\n"

    assert reason(put(folder, content)) == "encoding"


def test_a_byte_order_mark_is_accepted(folder):
    content = as_csv("juki", [person()]).encode("utf-8-sig")

    assert take_in(put(folder, content))["juki"].state == "applied"


def test_headers_in_romaji_are_items_too(folder):
    content = as_csv("juki", [person()])
    content = content.replace("世帯番号", "setaibango", 1).replace("宛名番号", "atenabango", 1)

    take_in(put(folder, content))

    assert Resident.objects.get().household_number == "0000000901"


def test_columns_may_stand_in_any_order_and_some_be_left_out(folder):
    content = as_csv("juki", [person()], columns=[*reversed(BASIC[1:])])

    take_in(put(folder, content))

    assert Resident.objects.get().name == "見本　花子"


@pytest.mark.parametrize("missing", ["宛名番号", "個人履歴番号", "生年月日"])
def test_a_missing_required_column_is_refused(folder, missing):
    columns = [name for name in dict.fromkeys(BASIC) if name != missing]

    done = take_in(put(folder, as_csv("juki", [person()], columns)))["juki"]

    assert (done.state, done.reason) == ("refused", "missing_column")
    assert missing in done.message


def test_a_repeated_column_is_refused(folder):
    columns = [*dict.fromkeys(BASIC), "氏名"]

    assert reason(put(folder, as_csv("juki", [person()], columns))) == "repeated_column"


def test_an_unknown_column_is_left_out_and_named(folder):
    columns = [*dict.fromkeys(BASIC), "独自項目"]

    done = take_in(put(folder, as_csv("juki", [person(独自項目="値")], columns)))["juki"]

    assert done.state == "applied"
    assert "独自項目" in done.message
    assert "独自項目" not in Resident.objects.get().record


def test_an_empty_file_has_no_header(folder):
    assert reason(put(folder, "")) == "no_header"


@pytest.mark.parametrize("broken", ['"0000000002","開いたまま\r\n0000000003\r\n', '"a"b,c\r\n'])
def test_a_broken_quote_refuses_the_whole_file(folder, broken):
    assert reason(put(folder, as_csv("juki", [person()]) + broken)) == "broken_csv"


def manifest(folder, *, count=1, sha=None, name=None, header="ファイル名,件数,SHA256"):
    file = folder / file_name("juki")
    digest = sha or hashlib.sha256(file.read_bytes()).hexdigest()
    text = f"{header}\r\n{name or file.name},{count},{digest.upper()}\r\n"
    (folder / "manifest.csv").write_text(text, encoding="utf-8-sig")


def test_a_manifest_that_agrees_lets_the_set_pass(folder):
    write(folder, "juki", [person()])
    manifest(folder)

    assert take_in(folder)["juki"].state == "applied"


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"count": 2}, "count"),
        ({"sha": "0" * 64}, "checksum"),
        ({"name": "001_住民基本台帳_全件_20261101030000_002.csv"}, "manifest"),
        ({"header": "name,rows,hash"}, "manifest"),
        ({"count": "many"}, "manifest"),
    ],
)
def test_a_manifest_that_disagrees_refuses_the_set(folder, wrong, expected):
    write(folder, "juki", [person()])
    manifest(folder, **wrong)

    assert expected in refused(folder).values()


def test_a_file_older_than_what_is_applied_is_stale(tmp_path):
    take_in_rows(tmp_path, LATER, juki=[person(氏名="新しい　人")])

    assert reason(write(tmp_path, "juki", [person()], at=AT)) == "stale"
    assert Resident.objects.get().name == "新しい　人"


def test_the_same_moment_with_other_content_is_a_correction(tmp_path):
    take_in(write(tmp_path / "first", "juki", [person(氏名="誤　り")]))

    take_in(write(tmp_path / "second", "juki", [person(氏名="正　解")]))

    assert Resident.objects.get().name == "正　解"


def test_the_same_file_twice_in_one_set_is_applied_once(tmp_path):
    first = write(tmp_path / "first", "juki", [person()])
    second = write(tmp_path / "second", "juki", [person()])

    take_in(first, second)

    assert sorted(Delivery.objects.values_list("state", "reason")) == [("applied", "")]


def test_a_zip_is_read_without_unpacking(tmp_path):
    path = write(tmp_path / "set", "juki", [person()])
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(path, f"{path.parent.name}/{path.name}")

    assert take_in(tmp_path / "set.zip")["juki"].state == "applied"


def test_names_in_a_zip_made_on_windows_are_read(tmp_path):
    """Windows writes CP932 and does not set the UTF-8 flag."""
    name, stand_in = file_name("juki").encode("cp932"), "x" * len(file_name("juki").encode("cp932"))
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(stand_in, as_csv("juki", [person()]))
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), name))

    assert take_in(path)["juki"].state == "applied"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken"])
def test_a_zip_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "set.zip"
    path.write_bytes(content)

    assert reason(path) == "zip"


def test_a_path_with_nothing_to_read_is_refused(tmp_path):
    (tmp_path / "empty").mkdir()

    assert reason(tmp_path / "empty") == "nothing"
    assert reason(tmp_path / "missing.csv") == "not_found"


def test_a_folder_of_folders_is_taken_in_one_by_one(tmp_path):
    write(tmp_path / "town/day00", "juki", [person()])
    write(tmp_path / "town/day01", "juki", [person(氏名="次の　日")], at=LATER)

    take_in(tmp_path / "town")

    assert Resident.objects.get().name == "次の　日"
    assert Delivery.objects.values("set_id").distinct().count() == 2


def test_one_refused_file_refuses_the_whole_set(folder):
    write(folder, "protection", [protection()])
    write(folder, "juki", [person()])
    put(folder, as_csv("nhi", [nhi()], columns=["宛名番号"]), file_name("nhi"))

    assert refused(folder) == {
        file_name("protection"): "set",
        file_name("juki"): "set",
        file_name("nhi"): "missing_column",
    }
    assert not Identity.objects.exists()


def test_a_file_refused_while_it_is_read_refuses_the_whole_set(folder):
    write(folder, "juki", [person()])
    put(folder, as_csv("nhi", [nhi()]) + '"', file_name("nhi"))

    assert refused(folder) == {file_name("juki"): "set", file_name("nhi"): "broken_csv"}


def test_a_replay_in_a_set_does_not_stop_the_others(folder):
    take_in(write(folder, "juki", [person()]))
    write(folder, "nhi", [nhi()])

    done = take_in(folder)

    assert {code: each.state for code, each in done.items()} == {
        "juki": "refused",
        "nhi": "applied",
    }


def test_refused_files_leave_no_rejections_behind(folder):
    content = as_csv("juki", [person(生年月日="")]) + '"'

    assert reason(put(folder, content)) == "broken_csv"
    assert not Rejection.objects.exists()
