"""Characters on their way in: kept byte for byte, or refused with the reason (T-15, T-19, T-22, T-23)."""

import csv

import pytest

from residents import feed as feeds
from residents.models import Delivery, Rejection, Resident
from tests.residents.exports import LATER, as_csv, contact, file_name, let_go, nhi, person, write
from tests.residents.operator import import_exports, refused, register_bytes

pytestmark = pytest.mark.django_db
TEXTS = [
    "氏名",
    "氏名_フリガナ",
    "通称",
    "旧氏",
    "住所_町字",
    "住所_番地号表記",
    "住所_方書",
    "続柄表記",
]
FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝１＋１",
    "＋１",
    "－１",
    "＠ＳＵＭ",
    "  =1",
    "=cmd|'/c calc'!A1",
]
UNSEEN = [
    *("\u202e", "\u200b", "\u3164", "\u2066", "\u200f", "\ufeff", "\u00ad", "\x07", "\x1b", "\x7f"),
    *("\x85", "\u2028"),
]


def put(folder, data, name=None):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (name or file_name("juki"))
    path.write_bytes(data)
    return path


def exported(folder, code="juki"):
    register_bytes(folder)
    with (folder / f"{code}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_formulas_are_stored_and_written_out_as_they_came(tmp_path):
    """Defusing is for files people open in a spreadsheet; the register keeps what the ledger says."""
    rows = [
        person(f"{place:010}", **dict.fromkeys(TEXTS, text)) for place, text in enumerate(FORMULAS)
    ]

    assert import_exports(write(tmp_path / "set", "juki", rows))[0] == 0

    out = {row["宛名番号"]: row for row in exported(tmp_path / "out")}
    for row in rows:
        assert {name: out[row["宛名番号"]][name] for name in TEXTS} == {
            name: row[name] for name in TEXTS
        }


@pytest.mark.parametrize("character", UNSEEN, ids=lambda each: f"U+{ord(each):04X}")
def test_a_character_nobody_sees_is_kept_in_every_field_and_reported(tmp_path, character):
    rows = [
        person(f"{place:010}", **{name: f"見本{character}　花子"})
        for place, name in enumerate(TEXTS)
    ]

    code, (delivery,) = import_exports(write(tmp_path / "set", "juki", rows))

    assert (code, delivery["rejected"]) == (0, 0)
    assert (
        f"目に見えない文字や文字の向きを変える文字を含む行が{len(TEXTS)}件" in delivery["message"]
    )
    stored = {each.number: each.record for each in Resident.objects.all()}
    for place, name in enumerate(TEXTS):
        assert stored[f"{place:010}"][name] == f"見本{character}　花子"


@pytest.mark.parametrize("name", TEXTS)
def test_nul_is_rejected_in_every_field(tmp_path, name):
    rows = [person(**{name: "見本\0　花子"}), person("0000000002")]

    code, (delivery,) = import_exports(write(tmp_path / "set", "juki", rows))

    assert (code, delivery["rejected"], delivery["new"]) == (0, 1, 1)
    assert Rejection.objects.get().reason == "control"


def test_a_character_the_sender_lost_holds_the_file_and_keeps_its_row_out(tmp_path):
    before = [person(), person("0000000002")]
    assert import_exports(write(tmp_path / "a", "juki", before))[0] == 0
    after = [person(氏名="見本　\ufffd子"), person("0000000002", 氏名="見本　次郎")]

    code, (held,) = import_exports(write(tmp_path / "b", "juki", after, at=LATER))

    assert (code, held["reason"]) == (3, "lost_characters")
    assert Resident.objects.get(number="0000000002").name == "見本　花子"

    done = let_go({"juki": Delivery.objects.get(pk=held["id"])})["juki"]
    assert (done.state, done.rejected, done.changed, done.gone) == ("applied", 1, 1, 0)
    assert "文字化け" in Rejection.objects.get().message
    assert Resident.objects.get(number="0000000001").name == "見本　花子"


def test_gaiji_are_kept_and_reported(tmp_path):
    code, (delivery,) = import_exports(
        write(tmp_path / "set", "juki", [person(氏名="\ue123田　花子"), person("2")])
    )

    assert code == 0
    assert "外字（私用領域の文字）を含む行が1件" in delivery["message"]
    assert Resident.objects.get(number="0000000001").record["氏名"] == "\ue123田　花子"


HARD_NAMES = ["髙橋　𠮷男", "渡邉󠄀　はな", "ｻﾄｳ　ﾊﾅ", "波～線　〜", "神　か゛", "①　㈱"]


@pytest.fixture
def declared(settings, tmp_path):
    """Declare 国保 and 住民基本台帳 as a town would: own feed files instead of the shipped ones."""
    settings.FEEDS = tmp_path / "feeds"
    settings.FEEDS.mkdir()

    def declare(code, **changes):
        text = (feeds.feed_files.FOLDER / f"{code}.toml").read_text(encoding="utf-8")
        line = 'format = { encoding = "utf-8", delimiter = ",", quote = "double", header = true }'
        given = {"encoding": "utf-8", "delimiter": ",", "quote": "double", "header": True} | changes
        parts = [
            f"{name} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
            for name, value in given.items()
        ]
        assert line in text
        text = text.replace(line, f"format = {{ {', '.join(parts)} }}".replace("'\\t'", '"\\t"'))
        (settings.FEEDS / f"{code}.toml").write_text(text, encoding="utf-8")
        feeds.forget()

    yield declare
    feeds.forget()


@pytest.mark.parametrize(
    ("encoding", "bom"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b""),
        ("utf-16-be", b"\xfe\xff"),
    ],
)
def test_names_come_in_exactly_in_every_unicode_encoding(tmp_path, declared, encoding, bom):
    declared("juki", encoding=encoding)
    rows = [person(f"{place:010}", 氏名=name) for place, name in enumerate(HARD_NAMES)]
    data = bom + as_csv("juki", rows).encode(encoding)

    assert import_exports(put(tmp_path / "set", data))[0] == 0

    assert [each.record["氏名"] for each in Resident.objects.order_by("number")] == HARD_NAMES


def test_cp932_comes_in_with_what_it_can_hold(tmp_path, declared):
    declared("juki", encoding="cp932")
    names = ["髙橋　花子", "ｻﾄｳ　ﾊﾅ", "波～線　花", "①　㈱", "\ue000野　花子"]
    rows = [person(f"{place:010}", 氏名=name) for place, name in enumerate(names)]

    assert import_exports(put(tmp_path / "set", as_csv("juki", rows).encode("cp932")))[0] == 0

    assert [each.record["氏名"] for each in Resident.objects.order_by("number")] == names


@pytest.mark.parametrize(
    ("declared_as", "written_as"),
    [
        (declared_as, written_as)
        for declared_as in ("utf-8", "cp932", "utf-16-le", "utf-16-be")
        for written_as in ("utf-8", "utf-8-sig", "cp932", "utf-16-le", "utf-16-be", "utf-16")
        if written_as.removesuffix("-sig") != declared_as
        and not (written_as == "utf-16" and declared_as == "utf-16-le")
    ],
)
def test_another_encoding_than_the_declared_one_is_refused(
    tmp_path, declared, declared_as, written_as
):
    """The encoding is declared and never guessed: 山田 must not become 螻ｱ逕ｰ."""
    declared("juki", encoding=declared_as)
    data = as_csv("juki", [person(), person("0000000002")]).encode(written_as)

    delivery = refused(put(tmp_path / "set", data))

    assert delivery["reason"] in ("encoding", "header", "truncated", "no_header")
    assert not Resident.objects.exists()


def test_an_encoding_that_changes_within_the_file_is_refused(tmp_path):
    text = as_csv("juki", [person(), person("0000000002")])
    head, _, last = text.rpartition("0000000002")
    data = head.encode() + ("0000000002" + last).encode("cp932")

    delivery = refused(put(tmp_path / "set", data))

    assert delivery["reason"] == "encoding"
    assert "UTF-8" in delivery["message"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("quote", ["double", "single", "none"])
def test_separators_and_quotes_are_as_declared(tmp_path, declared, delimiter, quote):
    declared("nhi", delimiter=delimiter, quote=quote)
    symbols = ["北見・１", 'a"b', "c'd"] if quote == "none" else ['a"b', f"c{delimiter}'d", "e\nf"]
    path = tmp_path / file_name("nhi")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, **feeds.feed("nhi").format.dialect)
        writer.writerow(feeds.feed("nhi").columns)
        for place, symbol in enumerate(symbols):
            row = nhi(f"{place:010}", 国保記号番号=symbol)
            writer.writerow([row.get(name, "") for name in feeds.feed("nhi").columns])

    assert import_exports(path)[0] == 0

    assert [row["国保記号番号"] for row in exported(tmp_path / "out", "nhi")] == symbols


def test_without_a_header_the_columns_are_the_list_and_dropped_ones_are_left_out(
    tmp_path, declared, settings
):
    declared("nhi", header=False)
    path = settings.FEEDS / "nhi.toml"
    item = '  { name = "個人番号", romaji = "kojinbango", type = "X", length = 12, drop = true },\n'
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("item = [\n", f"item = [\n{item}", 1), encoding="utf-8")
    feeds.forget()
    row = nhi(枝番="07")
    cells = ["123456789018", *(row.get(name, "") for name in feeds.feed("nhi").columns)]
    data = ",".join(cells) + "\r\n"

    code, (delivery,) = import_exports(put(tmp_path / "set", data.encode(), file_name("nhi")))

    assert code == 0
    assert "個人番号は読み込まずに捨てました" in delivery["message"]
    (out,) = exported(tmp_path / "out", "nhi")
    assert out == dict.fromkeys(feeds.feed("nhi").columns, "") | row
    assert not feeds.feed("nhi").item("枝番").drop


def test_a_header_may_name_items_by_their_id(tmp_path, declared, settings):
    declared("nhi")
    path = settings.FEEDS / "nhi.toml"
    text = path.read_text(encoding="utf-8").replace(
        'name = "枝番",', 'name = "枝番", id = "02400007",'
    )
    path.write_text(text, encoding="utf-8")
    feeds.forget()
    row = nhi()
    data = as_csv("nhi", [row | {"02400007": "03"}], [*row, "02400007"])

    assert import_exports(put(tmp_path / "set", data.encode(), file_name("nhi")))[0] == 0

    assert exported(tmp_path / "out", "nhi")[0]["枝番"] == "03"


def test_a_key_that_comes_twice_is_reported_with_its_lines(tmp_path):
    rows = [person(), person("0000000002"), person(氏名="別　人"), person("0000000002")]

    code, (delivery,) = import_exports(write(tmp_path / "set", "juki", rows))

    assert (code, delivery["rejected"], delivery["new"]) == (0, 3, 1)
    assert {each.line: each.reason for each in Rejection.objects.all()} == {
        2: "conflicting_key",
        4: "conflicting_key",
        5: "duplicate_key",
    }


def test_a_swap_of_two_columns_is_caught_by_the_rows(tmp_path):
    """宛名番号 and 氏名 changed places: not one row can be used, so nothing is applied."""
    assert import_exports(write(tmp_path / "a", "juki", [person(), person("0000000002")]))[0] == 0
    before = register_bytes(tmp_path / "before")
    text = as_csv("juki", [person(), person("0000000002")])
    header, rest = text.split("\r\n", 1)
    swapped = (
        header.replace("宛名番号", "？").replace("氏名,", "宛名番号,", 1).replace("？", "氏名", 1)
    )

    code, (delivery,) = import_exports(
        put(tmp_path / "b", f"{swapped}\r\n{rest}".encode(), file_name("juki", LATER))
    )

    assert code in (3, 4)
    assert delivery["message"].endswith("。")
    assert register_bytes(tmp_path / "after") == before


def test_a_remark_may_be_as_long_as_it_likes_and_is_said_to_be(tmp_path):
    long = "あ" * 3_000

    code, (delivery,) = import_exports(
        write(tmp_path / "set", "contact", [contact(電話番号_自宅=long)])
    )

    assert code == 0
    assert "桁数より長い行が1件" in delivery["message"]
    assert exported(tmp_path / "out", "contact")[0]["電話番号_自宅"] == long
