"""The days after the first export: a life going on, the same in 差分 as in 全件."""

import csv
import hashlib
import io
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command

from residents.feed import feed, feeds
from residents.importing.dates import DateChecks
from residents.town.making import DEFAULT_DAY, make
from tests.residents.operator import import_exports, register_bytes

DAYS = 4


def rows_of(folder, code, extent):
    """The rows of a feed's file by their whole key."""
    each = feed(code)
    (path,) = folder.glob(f"{each.business_id}_{each.group}_{extent}_*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = [tuple(row[name] for name in (*each.key, *each.record)) for row in rows]
    assert len(set(keys)) == len(keys), f"{path.name} has a key twice"
    return dict(zip(keys, rows, strict=True))


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("days")
    make(folder, 6_000, 5, days=DAYS)
    return folder


def digests(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_first_day_is_the_same_however_many_follow(tmp_path):
    make(tmp_path / "one", 300, 7)
    make(tmp_path / "two", 300, 7, days=2)
    make(tmp_path / "three", 300, 7, days=2)

    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")

    assert one.items() <= two.items()
    assert two == digests(tmp_path / "three")


@pytest.mark.parametrize("code", sorted(feeds()))
def test_the_day_before_with_the_changes_is_the_day(town, code):
    for day in range(1, DAYS + 1):
        before = rows_of(town / f"day{day - 1:02}", code, "全件")
        changes = rows_of(town / f"day{day:02}", code, "差分")

        assert before | changes == rows_of(town / f"day{day:02}", code, "全件")
        assert not [key for key, row in changes.items() if before.get(key) == row]


def test_a_day_touches_about_seven_people_in_a_thousand(town):
    for day in range(1, DAYS + 1):
        people = {
            key[0] for code in feeds() for key in rows_of(town / f"day{day:02}", code, "差分")
        }
        assert 0.004 < len(people) / 6_000 < 0.012


def test_people_are_born_come_move_leave_marry_and_die(town):
    reasons, started, ended = Counter(), 0, 0
    for day in range(1, DAYS + 1):
        folder, yesterday = town / f"day{day:02}", DEFAULT_DAY + timedelta(days=day - 1)
        for row in rows_of(folder, "juki", "差分").values():
            if row["異動年月日"] == yesterday.isoformat() and row["最新フラグ"] == "0":
                reasons[row["異動事由"]] += 1
        started += sum(
            row["登録年月日"] == yesterday.isoformat()
            for row in rows_of(folder, "seal", "差分").values()
        )
        ended += sum(
            row["廃止年月日"] == yesterday.isoformat()
            for row in rows_of(folder, "seal", "差分").values()
        )

    assert set(reasons) >= {"03", "01", "41", "21", "43", "23", "44"}
    assert started
    assert ended


def test_a_wife_who_took_his_name_is_the_same_person_with_a_version_more(town):
    last = rows_of(town / f"day{DAYS:02}", "juki", "全件")
    changed = [row for row in last.values() if row["異動事由"] == "43"]

    assert changed
    for row in changed:
        number, version = row["宛名番号"], int(row["個人履歴番号"])
        (before,) = [
            each
            for (who, no, _), each in last.items()
            if who == number and int(no) == version - 1 and each["最新フラグ"] == "1"
        ][-1:]
        assert row["氏名"].split("　")[0] != before["氏名"].split("　")[0]
        assert row["氏名"].split("　")[1] == before["氏名"].split("　")[1]


@pytest.mark.parametrize("code", sorted(feeds()))
def test_every_date_of_every_row_is_one_the_import_takes(town, code):
    check = DateChecks(feed(code), DEFAULT_DAY + timedelta(days=DAYS))
    for row in rows_of(town / f"day{DAYS:02}", code, "全件").values():
        record = {name: text for name, text in row.items() if text}
        assert check.mistake(record) is None, record


def test_each_folder_has_a_manifest_of_both_kinds(town):
    text = (town / "day01" / "manifest.csv").read_text(encoding="utf-8")
    listed = {row["ファイル名"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}

    assert len(listed) == 2 * len(feeds())
    for name, row in listed.items():
        data = (town / "day01" / name).read_bytes()
        assert row["SHA256"] == hashlib.sha256(data).hexdigest()
        assert int(row["件数"]) == len(list(csv.reader(io.StringIO(data.decode())))) - 1


def test_measures_begin_are_prolonged_and_end(tmp_path):
    make(tmp_path, 4_000, 3, days=14)
    kinds = Counter()
    for day in range(1, 15):
        for key, row in rows_of(tmp_path / f"day{day:02}", "protection", "差分").items():
            if row["最新フラグ"] == "0":
                kinds[row["支援措置区分"], key[1] == "1"] += 1

    assert kinds["1", True]
    assert kinds["1", False]
    assert kinds["3", False]


@pytest.fixture(scope="module")
def small_town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    make(folder, 500, 9, days=2)
    return folder


def newest(folder, code):
    """What the register must hold after that day's 全件: of each record the highest version."""
    each, found = feed(code), {}
    for key, row in rows_of(folder, code, "全件").items():
        record = (key[0], *key[len(each.key) :])
        version = tuple(map(int, key[1 : len(each.key)]))
        found[record] = max(found.get(record, ((), {})), (version, row), key=lambda pair: pair[0])
    return sorted(str(row) for _, row in found.values())


@pytest.mark.django_db
@pytest.mark.parametrize("extent", ["全件", "差分"])
def test_the_register_follows_day_by_day_whether_told_all_or_the_changes(
    small_town, tmp_path, extent
):
    assert import_exports(small_town / "day00")[0] == 0
    for day in (1, 2):
        folder = small_town / f"day{day:02}"
        assert import_exports(*sorted(folder.glob(f"*_{extent}_*.csv")))[0] == 0

        for name, data in register_bytes(tmp_path / f"day{day}").items():
            exported = csv.DictReader(io.StringIO(data.decode(), newline=""))
            assert sorted(map(str, exported)) == newest(folder, name.removesuffix(".csv"))


def test_the_command_makes_days(tmp_path):
    call_command("make_town", tmp_path, residents=40, days=1)

    assert (tmp_path / "day01").is_dir()
