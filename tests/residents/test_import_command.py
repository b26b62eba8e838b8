"""The operators' commands: import_exports, rejections, register_export."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from consent.models import AccessEntry
from residents.models import Resident
from tests.residents.exports import LATER, as_csv, file_name, nhi, person, protection, write

pytestmark = pytest.mark.django_db
KEYS = [
    "id", "feed", "kind", "file", "state", "rows", "new", "changed", "gone", "unchanged",
    "rejected", "reason", "message", "seconds",
]  # fmt: skip


def run(*paths, **options):
    """Exit code and what was printed."""
    out = StringIO()
    with pytest.raises(SystemExit) as exit_:
        call_command("import_exports", *map(str, paths), stdout=out, **options)
    return exit_.value.code, out.getvalue()


def report(*paths):
    code, printed = run(*paths, json=True)
    assert printed.count("\n") == 1
    return code, json.loads(printed)


def test_json_has_exactly_the_keys_promised(tmp_path):
    write(tmp_path / "set", "juki", [person()])

    code, printed = report(tmp_path / "set")

    assert code == 0
    assert list(printed) == ["deliveries", "dropped_columns"]
    (delivery,) = printed["deliveries"]
    assert list(delivery) == KEYS
    assert (delivery["feed"], delivery["kind"], delivery["state"]) == ("juki", "full", "applied")
    assert (delivery["rows"], delivery["new"]) == (1, 1)
    assert delivery["seconds"] > 0


def test_dropped_columns_are_named_in_the_report(tmp_path):
    path = tmp_path / file_name("juki")
    path.write_text(as_csv("juki", [person(個人番号="1")], [*person(), "個人番号"]), "utf-8")

    assert report(path)[1]["dropped_columns"] == ["個人番号"]


def test_the_exit_code_is_the_worst_of_all(tmp_path):
    good = write(tmp_path / "good", "juki", [person()])
    empty = write(tmp_path / "empty", "juki", [], at=LATER)

    assert run(good.parent)[0] == 0
    assert run(empty.parent)[0] == 3
    assert run(good.parent, empty.parent)[0] == 4
    assert run(tmp_path / "nowhere")[0] == 4


def test_a_replay_is_refused_and_changes_nothing(tmp_path):
    path = write(tmp_path, "juki", [person()])
    first = report(path)[1]["deliveries"][0]

    code, printed = report(path)

    again = printed["deliveries"][0]
    assert (code, again["state"], again["reason"], again["id"]) == (
        4, "refused", "replay", first["id"],
    )  # fmt: skip


def test_without_json_each_file_is_named_with_its_numbers(tmp_path, capsys):
    write(tmp_path / "set", "juki", [person()])
    write(tmp_path / "set", "protection", [protection()])

    _, printed = run(tmp_path / "set")

    assert f"反映済み　{file_name('juki')}" in printed
    assert "追加1" in printed
    assert f"読込中　{file_name('juki')}" in capsys.readouterr().err


def test_a_bar_is_shown_when_asked_for(tmp_path, capsys):
    path = write(tmp_path, "juki", [person(f"{place:010}") for place in range(2500)])

    run(path, progress=True)

    assert "100%" in capsys.readouterr().err


def test_rejections_are_listed_through_the_door_with_what_may_be_seen(tmp_path, staff):
    """The second person is protected: of them no place is told, not here either."""
    bad = [person(each, 生年月日="") for each in ("0000000001", "0000000002", "0000000003")]
    write(tmp_path / "a", "juki", [person(), person("0000000002", 世帯番号="2")])
    write(tmp_path / "a", "protection", [protection("0000000002")])
    report(tmp_path / "a")
    path = write(tmp_path / "b", "juki", [*bad, person("0000000009")], at=LATER)
    delivery = report(path)[1]["deliveries"][0]["id"]
    out = StringIO()

    call_command("rejections", delivery, account="operator", json=True, stdout=out)

    printed = json.loads(out.getvalue())
    assert printed["delivery"] == delivery
    seen, protected_one, unknown = printed["rejections"]
    assert (seen["line"], seen["reason"], seen["number"]) == (2, "required", "0000000001")
    assert seen["columns"]["住所_町字"] == "緑町三丁目"
    for each in (protected_one, unknown):
        assert "緑町" not in repr(each)
        assert "住所_町字" in each["hidden"]
    entry = AccessEntry.objects.get(purpose="import_check")
    assert (entry.channel, entry.subjects.count()) == ("command", 2)


def test_rejections_of_an_unknown_delivery_or_for_nobody_say_so(staff):
    with pytest.raises(CommandError, match="連携ファイルはありません"):
        call_command("rejections", str(uuid4()), account="operator", json=True)
    for other in ("sato", "nobody"):
        with pytest.raises(CommandError, match="運用担当"):
            call_command("rejections", str(uuid4()), account=other)


def test_the_register_is_written_out_as_it_came_in(tmp_path):
    rows = [person(氏名=' 空白と"引用符"'), person("0000000002")]
    write(tmp_path / "set", "juki", [person(個人履歴番号="0"), *reversed(rows)])
    write(tmp_path / "set", "nhi", [nhi()])
    run(tmp_path / "set")

    call_command("register_export", str(tmp_path / "out"), stdout=StringIO())

    assert (tmp_path / "out/juki.csv").read_bytes().decode() == as_csv("juki", rows)
    assert (tmp_path / "out/nhi.csv").read_bytes().decode() == as_csv("nhi", [nhi()])
    assert (tmp_path / "out/seal.csv").read_bytes().decode() == as_csv("seal", [])


def test_no_ref_is_written_out(tmp_path):
    run(write(tmp_path, "juki", [person()]))

    call_command("register_export", str(tmp_path / "out"), stdout=StringIO())

    written = (tmp_path / "out/juki.csv").read_text("utf-8")
    assert str(Resident.objects.get().pk) not in written
