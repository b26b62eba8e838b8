"""Rows that cannot be taken in become Rejections; the rest of the file goes on."""

import pytest
from django.db import connection

from residents import register
from residents.models import Holding, Rejection, Resident
from tests.residents.exports import (
    LATER,
    as_csv,
    file_name,
    nhi,
    person,
    protection,
    take_in,
    take_in_rows,
    vehicle,
)

pytestmark = pytest.mark.django_db
SECRET = "123456789018"
GOOD = person("0000000099")


def reject(tmp_path, row, at=None):
    """Import the row beside a good one; the only Rejection there is."""
    done = take_in_rows(tmp_path, **({"at": at} if at else {}), juki=[GOOD, row])
    assert done["juki"].state == "applied"
    assert Resident.objects.filter(number=GOOD["宛名番号"]).exists()
    return Rejection.objects.get()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"宛名番号": ""}, "number"),
        ({"宛名番号": "１２３"}, "number"),
        ({"宛名番号": "1" * 16}, "number"),
        ({"宛名番号": "12 3"}, "number"),
        ({"世帯番号": ""}, "required"),
        ({"個人履歴番号": ""}, "required"),
        ({"生年月日": ""}, "required"),
        ({"個人履歴番号": "一"}, "version"),
        ({"個人履歴番号": "1" * 10}, "version"),
        ({"個人履歴番号_枝番号": "-1"}, "version"),
        ({"生年月日": "昭和41年"}, "date"),
        ({"生年月日": "19660115"}, "date"),
        ({"氏名": "ヌル\0文字"}, "control"),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_line_and_reason(tmp_path, changes, reason):
    rejection = reject(tmp_path, person(**{"宛名番号": "0000000001", **changes}))

    assert (rejection.line, rejection.reason) == (3, reason)
    assert rejection.message.endswith("。")
    assert rejection.columns["続柄表記"] == "世帯主"


@pytest.mark.parametrize("born", ["1945-02-29", "1912-07-30", "1948-00-00", "1948-05-00"])
def test_dates_that_never_were_or_are_incomplete_are_no_reason_to_reject(tmp_path, born):
    """住民記録システム標準仕様書 1.1.8: impossible and unknown days are registered as they are."""
    take_in_rows(tmp_path, juki=[person(生年月日=born)])

    assert Resident.objects.get().record["生年月日"] == born


@pytest.mark.parametrize("cells", ["0000000001,1", "0000000001" + "," * 200])
def test_a_row_with_shifted_cells_keeps_only_its_line(tmp_path, cells):
    path = tmp_path / file_name("juki")
    path.write_text(as_csv("juki", [GOOD]) + f"{cells}\r\n", encoding="utf-8")

    take_in(path)

    rejection = Rejection.objects.get()
    assert (rejection.line, rejection.reason, rejection.columns) == (3, "cells", {})


def test_lines_are_counted_as_an_editor_counts_them(tmp_path):
    rows = [person(氏名="二\r\n行"), person("0000000002", 生年月日="")]
    text = as_csv("juki", rows).replace("\r\n0000000002", "\r\n\r\n0000000002")
    path = tmp_path / file_name("juki")
    path.write_bytes(text.encode())

    take_in(path)

    assert Rejection.objects.get().line == 5


def test_of_equal_rows_the_first_is_used(tmp_path):
    done = take_in_rows(tmp_path, juki=[person(), person()])

    assert Resident.objects.get().name == "見本　花子"
    rejection = Rejection.objects.get()
    assert (rejection.line, rejection.reason) == (3, "duplicate_key")
    assert "2行目" in rejection.message
    assert done["juki"].rejected == 1


def test_of_rows_that_differ_under_one_key_none_is_used(tmp_path):
    others = [person(f"{place:010}") for place in range(10, 30)]
    take_in_rows(tmp_path, juki=[person(氏名="今の　名"), *others])

    rows = [person(氏名="一人　目"), person(氏名="二人　目"), person(氏名="一人　目"), *others]
    done = take_in_rows(tmp_path, LATER, juki=rows)

    kept = Resident.objects.get(number="0000000001")
    assert (kept.name, kept.gone_at) == ("今の　名", None)
    assert [(each.line, each.reason) for each in Rejection.objects.order_by("line")] == [
        (line, "conflicting_key") for line in (2, 3, 4)
    ]
    assert (done["juki"].rejected, done["juki"].gone) == (3, 0)


def test_a_rejected_newest_row_leaves_what_the_register_has(tmp_path):
    others = [person(f"{place:010}") for place in range(10, 30)]
    take_in_rows(tmp_path, juki=[person(個人履歴番号="2", 氏名="今の　名"), *others])

    old, bad = person(氏名="昔の　名"), person(個人履歴番号="3", 生年月日="")
    done = take_in_rows(tmp_path, LATER, juki=[old, bad, *others])

    kept = Resident.objects.get(number="0000000001")
    assert (kept.name, kept.gone_at) == ("今の　名", None)
    assert done["juki"].gone == 0


def test_a_rejected_older_row_does_not_stand_in_the_way(tmp_path):
    rows = [person(生年月日=""), person(個人履歴番号="2", 氏名="今の　名")]

    take_in_rows(tmp_path, juki=rows)

    assert Resident.objects.get().name == "今の　名"


def test_a_rejected_record_leaves_the_persons_other_records_alone(tmp_path):
    take_in_rows(tmp_path, light_vehicle=[vehicle(plate="あ1"), vehicle(plate="い2")])

    bad = vehicle(plate="い2", 履歴番号="x")
    take_in_rows(tmp_path, LATER, light_vehicle=[vehicle(plate="あ1", 車名="新車"), bad])

    cars = {each.record_key: each for each in Holding.objects.all()}
    assert cars["あ1"].record["車名"] == "新車"
    assert cars["い2"].gone_at is None


def test_nobody_is_gone_while_a_rejected_row_may_be_about_anybody(tmp_path):
    people = [person(f"{place:010}") for place in range(1, 30)]
    take_in_rows(tmp_path, juki=people)

    done = take_in_rows(tmp_path, LATER, juki=[*people[1:], person("？")])

    assert done["juki"].gone == 0
    assert "消えた人の判定はしていません" in done["juki"].message
    assert not Resident.objects.filter(gone_at__isnull=False).exists()


def test_a_code_nobody_knows_is_kept_raw_and_protects(tmp_path):
    take_in_rows(tmp_path, juki=[person()], protection=[protection(kind="7")])

    (ref,) = Resident.objects.values_list("pk", flat=True)
    assert register.read([ref])[ref].protection.kind == "7"


def everything_stored():
    """Every cell of every table of residents as text."""
    tables = [
        name for name in connection.introspection.table_names() if name.startswith("residents_")
    ]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT {table}::text FROM {table}")
            yield from (row[0] for row in cursor.fetchall())


@pytest.mark.parametrize(
    "title",
    [
        "個人番号",
        "住民票コード",
        "kojinbango",
        "世帯主_個人番号",
        "個人 番号",
        "ｋｏｊｉｎｂａｎｇｏ",
    ],
)
def test_a_personal_number_is_dropped_before_anything_is_stored(tmp_path, title):
    rows = [person(**{title: SECRET}), person("0000000002", 生年月日="", **{title: SECRET})]
    columns = [*rows[0]]
    columns.insert(1, columns.pop(columns.index(title)))
    path = tmp_path / file_name("juki")
    path.write_text(
        as_csv("juki", rows, columns) + f"0000000003,{SECRET}\r\n{SECRET}\r\n", encoding="utf-8"
    )

    done = take_in(path)["juki"]

    assert (done.state, done.dropped_columns, done.rejected) == ("applied", [title], 3)
    assert title in done.message
    stored = list(everything_stored())
    assert stored
    assert not [cell for cell in stored if SECRET in cell]


def test_the_digest_of_a_file_does_not_depend_on_dropped_columns(tmp_path):
    digests = []
    for place, secret in enumerate([SECRET, "987654321098"]):
        path = tmp_path / str(place)
        path.mkdir()
        file = path / file_name("nhi")
        file.write_text(
            as_csv("nhi", [nhi(個人番号=secret)], [*nhi(), "個人番号"]), encoding="utf-8"
        )
        digests.append(take_in(file)["nhi"])

    assert digests[1].reason == "replay"
