"""A system that is not standardised yet comes in by one file that maps its columns and codes."""

import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from residents import feed as feeds
from residents import register
from residents.checks import feed_files_are_right
from residents.legacy import iso_date
from residents.models import Holding, Rejection, Resident
from tests.residents.exports import AT, person, write
from tests.residents.operator import import_exports, refused

ALLOTMENT = """
code = "allotment"
name = "市民農園"
business_id = "990"
group = "市民農園利用者"
official = false
target = "holding"
category = "property"
key = ["宛名番号", "履歴番号"]
record = ["区画番号"]
every = "7 days"

item = [
  { name = "宛名番号", romaji = "atenabango", type = "X", length = 15, required = true, digits = true },
  { name = "履歴番号", romaji = "rirekibango", type = "9", length = 3, required = true },
  { name = "区画番号", romaji = "kukakubango", type = "X", length = 10, required = true },
  { name = "農園名", romaji = "noenmei", type = "N", length = 40 },
  { name = "利用開始年月日", romaji = "riyokaishinengappi", type = "DATE", length = 10 },
  { name = "利用終了年月日", romaji = "riyoshuryonengappi", type = "DATE", length = 10 },
  { name = "面積区分", romaji = "mensekikubun", type = "X", length = 1, codes = "allotment_size" },
  { name = "年間利用料", romaji = "nenkanriyoryo", type = "9", length = 6 },
  { name = "利用者名", romaji = "riyoshamei", type = "N", length = 60 },
]

[codes.allotment_size]
"1" = "小"
"2" = "大"

[active]
from = "利用開始年月日"
until = "利用終了年月日"

[[fact]]
key = "allotment.fee"
item = "年間利用料"
type = "number"
label = "市民農園の年間利用料"

[[fact]]
key = "allotment.size"
item = "面積区分"
type = "choice"
label = "市民農園の面積"

[[fact]]
key = "allotment.since"
item = "利用開始年月日"
type = "date"
label = "市民農園の利用開始日"

[[fact]]
key = "allotment.user"
item = "利用者名"
type = "name"
label = "市民農園の利用者"

[[legacy]]
name = "農園台帳（平成12年導入）"
file = "NOUEN_{年月日}.TXT"
format = { encoding = "cp932", delimiter = "\\t", quote = "none", header = true }
column = [
  { item = "宛名番号", from = "KOJIN_CD", trim = true, pad = 10 },
  { item = "履歴番号", value = "1" },
  { item = "区画番号", from = "KUKAKU", split = "-", part = 2 },
  { item = "農園名", value = "緑町市民農園" },
  { item = "利用開始年月日", from = "KAISHI", date = "gyymmdd", codes = { "0000000" = "" } },
  { item = "利用終了年月日", from = "SYURYO", date = "gyymmdd", codes = { "9999999" = "9999-12-31" } },
  { item = "面積区分", from = "HIROSA", codes = { "S" = "1", "L" = "2" } },
  { item = "年間利用料", from = "RYOKIN", codes = { "免除" = "0" }, pad = 6 },
  { item = "利用者名", from = ["SEI", "MEI"], join = "　", trim = true, wide = true },
]
"""
TITLES = ["KOJIN_CD", "KUKAKU", "KAISHI", "SYURYO", "HIROSA", "RYOKIN", "SEI", "MEI", "MEMO"]


@pytest.fixture
def own(settings, tmp_path):
    """The municipality's own folder of feed files."""
    settings.FEEDS = tmp_path / "feeds"
    settings.FEEDS.mkdir()
    yield settings.FEEDS
    feeds.forget()


def add(own, name, text):
    (own / name).write_text(text, encoding="utf-8")
    feeds.forget()


def old_file(folder, *rows, name="NOUEN_20261101.TXT"):
    folder.mkdir(exist_ok=True)
    path = folder / name
    lines = ["\t".join(TITLES), *("\t".join(row) for row in rows)]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode("cp932"))
    return path


ROW = ["     12345", "B-07", "S630201", "9999999", "L", "4800", "ﾀﾅｶ  ", "ﾊﾅｺ", "鍵あり"]


@pytest.mark.django_db
def test_one_file_brings_a_new_system_from_its_old_columns_to_the_register(own, tmp_path):
    write(tmp_path, "juki", [person("0000012345")], at=AT)
    import_exports(tmp_path)
    add(own, "allotment.toml", ALLOTMENT)

    code, (delivery,) = import_exports(old_file(tmp_path / "old", ROW))

    assert (code, delivery["feed"], delivery["kind"], delivery["new"]) == (
        0,
        "allotment",
        "full",
        1,
    )
    assert "MEMO" in delivery["message"]
    ref = Resident.objects.get().pk
    facts = register.read([ref])[ref].facts
    assert facts["holds.allotment"].value is True
    assert facts["allotment.fee"].value == Decimal(4800)
    assert facts["allotment.size"].value == "2"
    assert facts["allotment.since"].value.raw == "1988-02-01"
    assert facts["allotment.user"].value == "タナカ　ハナコ"
    assert "市民農園" in facts["allotment.fee"].origin.label
    assert Holding.objects.get().record == {
        "宛名番号": "0000012345",
        "履歴番号": "1",
        "区画番号": "07",
        "農園名": "緑町市民農園",
        "利用開始年月日": "1988-02-01",
        "利用終了年月日": "9999-12-31",
        "面積区分": "2",
        "年間利用料": "004800",
        "利用者名": "タナカ　ハナコ",
    }


@pytest.mark.django_db
def test_what_a_mapping_cannot_read_is_rejected_by_row(own, tmp_path):
    add(own, "allotment.toml", ALLOTMENT)
    bad_date, short, unknown = [*ROW], ROW[:4], [*ROW]
    bad_date[2], unknown[4], unknown[0], unknown[5] = "X630201", "M", "7", "免除"

    code, (delivery,) = import_exports(old_file(tmp_path / "old", bad_date, short, unknown))

    assert (code, delivery["rejected"], delivery["new"]) == (0, 2, 1)
    assert [each.reason for each in Rejection.objects.order_by("line")] == ["date", "cells"]
    record = Holding.objects.get().record
    assert (record["面積区分"], record["年間利用料"]) == ("M", "0")  # a text found in codes is done
    assert "一覧にないコード" in delivery["message"]


@pytest.mark.django_db
def test_an_old_file_without_a_mapped_column_is_refused(own, tmp_path):
    add(own, "allotment.toml", ALLOTMENT.replace('from = "RYOKIN"', 'from = "NENGAKU"'))

    assert "NENGAKU" in refused(old_file(tmp_path / "old", ROW))["message"]


MAPPING = """
feed = "nhi"
name = "旧国保システム"
file = "KOKUHO_{連携区分}_{年月日時分秒}_{連番}.csv"
format = { encoding = "utf-8", delimiter = ",", quote = "double", header = false }
width = 5
column = [
  { item = "宛名番号", from = 1 },
  { item = "被保険者履歴番号", from = 2 },
  { item = "国保資格区分", from = 4, codes = { "01" = "1", "02" = "2", "03" = "3" } },
  { item = "国保資格取得年月日", from = 5, date = "g年月日" },
]
"""


@pytest.mark.django_db
def test_a_mapping_of_its_own_serves_a_feed_there_is_and_needs_no_header(own, tmp_path):
    add(own, "old_nhi.toml", MAPPING)
    path = tmp_path / "KOKUHO_全件_20261101030000_01.csv"
    path.write_text("0000000001,1,secret,03,平成元年4月1日\r\n", encoding="utf-8")

    assert import_exports(path)[0] == 0

    assert Holding.objects.get().record == {
        "宛名番号": "0000000001",
        "被保険者履歴番号": "1",
        "国保資格区分": "3",
        "国保資格取得年月日": "1989-04-01",
    }


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("20260401", "yyyymmdd", "2026-04-01"),
        ("2026/4/1", "yyyy/mm/dd", "2026-04-01"),
        ("S500101", "gyymmdd", "1975-01-01"),
        ("5080401", "gyymmdd", "2026-04-01"),
        ("4010108", "gyymmdd", "1989-01-08"),
        ("S640107", "gyymmdd", "1989-01-07"),
        ("H310501", "gyymmdd", "2019-05-01"),
        ("S.50.1.1", "gyy.mm.dd", "S.50.1.1"),
        ("T15.12.25", "gyy.mm.dd", "1926-12-25"),
        ("明治45年7月30日", "g年月日", "1912-07-30"),
        ("S500000", "gyymmdd", "1975-00-00"),
        ("S500231", "gyymmdd", "1975-02-31"),
        ("", "gyymmdd", ""),
    ],
)
def test_dates_of_old_systems_are_written_as_the_standard_does(text, form, day):
    assert iso_date(text, form) == day


def check(path):
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("feeds", "check", *([str(path)] if path else []), json=True, stdout=out)
    return ended.value.code, json.loads(out.getvalue())["mistakes"]


def test_the_command_finds_nothing_wrong_with_what_is_right(own, tmp_path):
    assert check(None) == (0, [])
    path = tmp_path / "allotment.toml"
    path.write_text(ALLOTMENT, encoding="utf-8")
    assert check(path) == (0, [])
    add(own, "allotment.toml", ALLOTMENT)
    assert check(own / "allotment.toml") == (0, [])
    assert check(None) == (0, [])


def line_of(text, words):
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ('type = "N", length = 40', 'type = "Z", length = 40', '"農園名"', "「Z」は使えません"),
        ('codes = "allotment_size"', 'codes = "sizes"', '"面積区分", romaji', "コード一覧sizes"),
        ('item = "年間利用料"\n', 'item = "年額"\n', '"年額"', "「年額」という項目がありません"),
        ('type = "number"', 'type = "date"', 'type = "date"', "DATEではありません"),
        ('{ item = "農園名", value', '{ item = "園名", value', '"園名"', "「園名」という項目"),
        ('from = "KOJIN_CD"', 'from = "個人番号"', "個人番号", "読み込めません"),
        ('from = "RYOKIN"', "from = 6", "from = 6", "見出しのある形式"),
        (
            'date = "gyymmdd", codes = { "0',
            'date = "yymmdd", codes = { "0',
            '"yymmdd"',
            "使えません",
        ),
        ("NOUEN_{年月日}.TXT", "NOUEN.TXT", "NOUEN.TXT", "{年月日}"),
        ('  { item = "履歴番号", value = "1" },\n', "", "[[legacy]]", "履歴番号"),
        ('every = "7 days"', 'every = "weekly"', 'every = "weekly"', "形式に合いません"),
        ('label = "市民農園の面積"\n', "", "allotment.size", "labelがありません"),
        ("[active]\nfrom", "[active]\nform", "form", "formという項目は使えません"),
        ('code = "allotment"', "code = allotment", "code = allotment", "TOMLとして読めません"),
        ("official = false", 'official = "no"', "official", "trueかfalseが必要です"),
    ],
)
def test_a_mistake_is_named_with_its_line(own, tmp_path, old, new, at, words):
    assert old in ALLOTMENT
    text = ALLOTMENT.replace(old, new, 1)
    path = tmp_path / "allotment.toml"
    path.write_text(text, encoding="utf-8")

    code, mistakes = check(path)

    assert code == 1
    found = [each for each in mistakes if words in each]
    assert found, mistakes
    line = line_of(text, at)
    assert abs(int(found[0].split("行目")[0]) - line) <= (2 if "label" in words else 0)


def test_a_mapping_of_a_feed_nobody_declared_is_a_mistake(own, tmp_path):
    path = tmp_path / "old.toml"
    path.write_text(MAPPING.replace('"nhi"', '"kokuho"'), encoding="utf-8")

    assert check(path) == (1, ["2行目　「kokuho」という連携データは定義されていません。"])
    assert check(tmp_path / "nowhere.toml")[0] == 1


def test_a_wrong_file_of_the_municipality_is_found_before_anything_starts(own):
    assert feed_files_are_right() == []
    (own / "allotment.toml").write_text(ALLOTMENT.replace("7 days", "often"), "utf-8")

    (error,) = feed_files_are_right()

    assert error.id == "residents.E001"
    assert error.msg.startswith(f"allotment.toml {line_of(ALLOTMENT, 'every')}行目")
