"""The next 全件: only the people it changes are read, and the register is what the whole would make."""

import zipfile

import pytest
from django.db import connection

from residents.models import LineChanges, LineHashes, Rejection, Resident
from tests.residents.exports import (
    LATER,
    as_csv,
    file_name,
    person,
    take_in,
    take_in_rows,
    vehicle,
    write,
)

pytestmark = pytest.mark.django_db
THIRD, FOURTH = LATER.replace(day=3), LATER.replace(day=4)


def people(count):
    return [person(f"{place:010}") for place in range(1, count + 1)]


@pytest.fixture
def staged(monkeypatch):
    """How many rows each import put into staging, its pseudo rows included."""
    from residents.importing import first  # noqa: PLC0415

    counts = []
    drop_all = first.drop_all

    def count():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM residents_stagedrow")
            counts.append(cursor.fetchone()[0])
        drop_all()

    monkeypatch.setattr(first, "drop_all", count)
    return lambda: counts[-1]


def test_a_night_reads_only_the_people_it_changes(tmp_path, staged):
    take_in_rows(tmp_path, juki=people(40))
    rows = [person(氏名="改名　花子"), *people(39)[1:], person("0000000041")]

    done = take_in_rows(tmp_path, LATER, juki=rows)["juki"]

    assert (done.state, done.whole, done.rows) == ("applied", False, 40)
    assert (done.new, done.changed, done.gone, done.unchanged) == (1, 1, 1, 38)
    assert staged() == 3


def test_an_unchanged_night_reads_nobody(tmp_path, staged):
    take_in_rows(tmp_path, juki=people(40))

    done = take_in_rows(tmp_path, LATER, juki=[*reversed(people(40))])["juki"]

    assert (done.state, done.unchanged, staged()) == ("applied", 40, 0)


def test_all_lines_of_a_changed_person_are_read(tmp_path, staged):
    plates = [vehicle(plate=plate) for plate in "あいう"]
    others = [vehicle(f"{place:010}", plate=f"え{place}") for place in range(2, 30)]
    take_in_rows(tmp_path, light_vehicle=[*plates, *others])

    done = take_in_rows(tmp_path, LATER, light_vehicle=[plates[0], plates[2], *others])

    assert (done["light_vehicle"].gone, done["light_vehicle"].unchanged) == (1, 30)
    assert staged() == 2


@pytest.mark.parametrize("extra", [{"個人番号": "123456789018"}, {"独自項目": "値"}])
def test_a_file_with_columns_that_leave_no_trace_is_compared_by_what_is_kept(
    tmp_path, staged, extra
):
    columns = [*person(), *extra]
    write(tmp_path / "1", "juki", [row | extra for row in people(30)], columns=columns)
    take_in(tmp_path / "1")
    rows = [row | dict.fromkeys(extra, "210987654321") for row in people(30)]
    rows[3] |= {"氏名": "改名　花子"}
    write(tmp_path / "2", "juki", rows, at=LATER, columns=columns)

    done = take_in(tmp_path / "2")["juki"]

    assert (done.changed, done.unchanged, staged()) == (1, 29, 1)


def test_a_night_with_line_breaks_in_its_cells_is_compared_by_rows(tmp_path, staged):
    odd = person("0000000050", 住所_方書="一行\r\n二行")
    take_in_rows(tmp_path, juki=[*people(30), odd])

    done = take_in_rows(tmp_path, LATER, juki=[odd, *people(30)[:29], person("30", 氏名="別")])

    assert (done["juki"].new, done["juki"].gone, staged()) == (1, 1, 2)
    assert Resident.objects.get(number="0000000050").record["住所_方書"] == "一行\r\n二行"


def test_another_header_is_compared_with_nothing(tmp_path):
    take_in_rows(tmp_path, juki=people(30))
    path = write(tmp_path, "juki", people(30), at=LATER, columns=[*reversed([*person()])])

    done = take_in(path)["juki"]

    assert (done.state, done.whole, done.new, done.gone) == ("applied", True, 0, 0)


def test_a_rejected_row_is_read_again_every_night(tmp_path):
    bad = person("0000000099", 生年月日="")
    for at in (LATER, THIRD, FOURTH):
        done = take_in_rows(tmp_path, at, juki=[*people(30), bad])["juki"]

    assert (done.rejected, done.whole) == (1, False)
    open_ones = Rejection.objects.filter(resolved_at=None)
    assert [(each.delivery_id, each.line) for each in open_ones] == [(done.pk, 32)]


def test_a_good_row_beside_a_rejected_one_is_not_forgotten(tmp_path):
    take_in_rows(tmp_path, juki=people(30))
    new, bad = person(氏名="改名　花子"), person(個人履歴番号="2", 生年月日="")
    take_in_rows(tmp_path, LATER, juki=[new, bad, *people(30)[1:]])
    assert Resident.objects.get(number="0000000001").name == "見本　花子"

    take_in_rows(tmp_path, THIRD, juki=[new, *people(30)[1:]])

    assert Resident.objects.get(number="0000000001").name == "改名　花子"


def test_who_was_missing_while_a_row_was_about_anybody_is_gone_the_night_after(tmp_path):
    take_in_rows(tmp_path, juki=people(30))
    take_in_rows(tmp_path, LATER, juki=[*people(29), person("？")])

    done = take_in_rows(tmp_path, THIRD, juki=people(29))["juki"]

    assert (done.whole, done.gone) == (False, 1)


def test_a_night_in_a_zip_is_read_the_same_way(tmp_path, staged):
    take_in_rows(tmp_path, juki=people(30))
    with zipfile.ZipFile(tmp_path / "night.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        rows = [*people(29), person("0000000030", 氏名="改名　花子")]
        archive.writestr(file_name("juki", LATER), as_csv("juki", rows))

    done = take_in(tmp_path / "night.zip")["juki"]

    assert (done.changed, done.unchanged, staged()) == (1, 29, 1)


def test_what_two_full_exports_are_compared_by_is_kept_and_no_more(tmp_path):
    first, *others = [
        take_in_rows(tmp_path, at, juki=[*people(59), person("0000000060", 氏名=f"改名　{at.day}")])
        for at in (LATER, THIRD, FOURTH)
    ]

    assert {each.delivery: each.base for each in LineChanges.objects.all()} == {
        each["juki"]: first["juki"] for each in others
    }
    lines = {each.delivery: len(each.numbers) // 16 for each in LineHashes.objects.all()}
    assert lines.pop(first["juki"]) == 60
    assert lines.keys() == {each["juki"] for each in others}
    assert all(1 <= few <= 12 for few in lines.values())


def test_all_is_written_down_again_once_much_of_it_has_changed(tmp_path):
    renamed = [(), ("0000000012",), ("0000000012", "0000000003")]
    nights = [
        [
            {**each, "氏名": "改名　花子"} if each["宛名番号"] in names else each
            for each in people(30)
        ]
        for names in renamed
    ]
    written = []
    for day, rows in enumerate(nights, start=2):
        done = take_in_rows(tmp_path, LATER.replace(day=day), juki=rows)["juki"]
        assert (done.changed, done.unchanged) in [(0, 0), (1, 29)]
        written.append(not LineChanges.objects.filter(delivery=done).exists())

    assert written == [True, False, True]
    last = take_in_rows(tmp_path, LATER.replace(day=9), juki=nights[1])["juki"]
    assert (last.changed, last.whole) == (1, False)
