"""Every collected difficult name, address, 続柄, date and age: stored exactly, found, shown and printed.

What we do not do is listed with its reason in torture_exceptions.toml; what is listed there and works
after all fails here too, so the list stays true.
"""

import json
import re
import subprocess
import tomllib
from datetime import date, timedelta
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from django.conf import settings

from counter.desk import hits
from lifeevents.printing import bundle, filling, fonts
from lifeevents.rules import dates
from residents import query, register, search, wareki
from residents.folding import without_prefecture
from residents.models import Resident
from tests.residents.exports import person, take_in_rows

CASES = Path(settings.BASE_DIR).parent / "shared" / "torture_names.json"
EXCEPTIONS = Path(__file__).with_name("torture_exceptions.toml")
TODAY = date(2026, 11, 22)
NAMES = {
    "ivs", "non_bmp", "kanji_variant", "hentaigana", "gaiji", "halfwidth_kana", "koseki_furigana",
    "foreign_name", "foreign_tsusho", "foreign_name_shape", "maiden_name",
}  # fmt: skip
ADDRESSES = {"address", "address_kyoto_street", "address_dash"}
FOREIGN = {"foreign_name", "foreign_tsusho", "foreign_name_shape"}
BORN, READING = "1990-05-01", "テスト　タロウ"
ATTAINS = re.compile("attains_([0-9]+)_on")

pytestmark = pytest.mark.skipif(
    not CASES.exists(), reason="the collected difficult cases are not on this machine"
)


def cases(*kinds):
    return [each for each in json.loads(CASES.read_text("utf-8"))["cases"] if each["kind"] in kinds]


def excepted():
    """{(case, what of it)}: what is known not to hold."""
    found = tomllib.loads(EXCEPTIONS.read_text("utf-8"))["exception"]
    assert all(len(each["reason"]) > 20 for each in found)
    return {(case, each["what"]) for each in found for case in each["ids"]}


def compare(failing, *, of):
    """The failures are those that are listed, no more and no fewer."""
    listed = {(case, what) for case, what in excepted() if what in of}
    assert sorted(failing) == sorted(listed)


def row_of(case):
    """The case as a row of 住民基本台帳: the item it belongs in, and what clerks would type for it."""
    text, expected = case["input"], case.get("expected") or {}
    match case["kind"]:
        case "koseki_furigana":
            name, reading = text.split("/")
            return {"氏名": f"戸籍　{name}", "氏名_フリガナ": f"コセキ　{reading}"}, [reading, name]
        case "halfwidth_kana":
            return {"氏名": "半角", "氏名_フリガナ": text}, [text, expected["fullwidth"]]
        case "kanji_variant":
            return {"氏名": text}, [*text.split("/"), expected["search_key_base"]]
        case "maiden_name":
            family, former, given = (expected[key] for key in ("uji", "kyuuji", "mei"))
            row = {"氏名": f"{family}　{given}", "旧氏": former}
            return row, [f"{family}{given}", f"{former}{given}", f"{former} {given}"]
        case kind if kind in FOREIGN:
            row = {
                "住民種別": "2",
                "氏名": text,
                "氏名_外国人ローマ字": text,
                "通称": expected.get("tsusho", ""),
            }
            also = (expected.get(key, "") for key in ("tsusho", "latin", "kanji"))
            return row, [text, text.lower(), *filter(None, also)]
        case _:
            return {"氏名": text}, [
                text,
                *filter(None, (expected.get("search_key"), case.get("nfc"))),
            ]


def place_of(case):
    """町字 and 方書 as a register splits them, and what clerks would type for the place."""
    text = query._MUNICIPALITY.sub("", without_prefecture(case["input"]), count=1)
    town, _, building = text.partition(" ") if " " in text else text.partition("　")
    typed = [case["input"], (case.get("expected") or {}).get("normalised") or case["input"]]
    return {"住所_町字": town, "住所_番地号表記": "", "住所_方書": building.strip()}, typed


@pytest.fixture
def stored(tmp_path, db):
    """Import rows, one a case, and give each case its ref."""

    def take(rows):
        numbers = {f"{place:010}": case for place, case in enumerate(rows, start=1)}
        made = [
            person(
                number,
                世帯番号=number,
                生年月日=BORN,
                **{"氏名_フリガナ": "テスト　タロウ", **rows[case]},
            )
            for number, case in numbers.items()
        ]
        done = take_in_rows(tmp_path, juki=made)
        assert (done["juki"].state, done["juki"].rejected) == ("applied", 0)
        return {numbers[each.number]: each for each in Resident.objects.all()}

    return take


def finds(text, resident):
    found = search.find(text, 200, today=TODAY)
    return resident.pk in {hit.ref for hit in found.hits}


@pytest.mark.django_db
def test_names_are_stored_exactly_found_and_shown(stored):
    collected = {each["id"]: row_of(each) for each in cases(*NAMES)}
    held = stored({case: row for case, (row, _) in collected.items()})
    failing = set()
    for case, (row, typed) in collected.items():
        resident = held[case]
        if any(resident.record.get(item, "") != text for item, text in row.items()):
            failing.add((case, "stored"))
        # A name of one character alone is too short to search; with a birth date it is found.
        if not all(finds(f"{text} {BORN}", resident) for text in typed):
            failing.add((case, "found"))
        hit = search.hit(resident.pk)
        if not _is_shown(hit, row, typed[0]):
            failing.add((case, "shown"))

    compare(failing, of={"stored", "found", "shown"})


def _is_shown(hit, row, typed):
    (shown,) = hits.rows([hit], typed, TODAY)
    pieces = ["".join(piece.text for piece in part) for part in shown.name]
    parted = [piece.text for part in shown.name for piece in part]
    whole = not any("\ufe00" <= text[0] <= "\ufe0f" or text[0] >= "\U000e0100" for text in parted)
    return whole and row["氏名"] in hit.name and "".join(pieces) == "".join(hit.name.split())


@pytest.mark.django_db
def test_addresses_are_stored_exactly_found_however_they_are_written_and_shown(stored):
    collected = {each["id"]: place_of(each) for each in cases(*ADDRESSES)}
    held = stored({case: row for case, (row, _) in collected.items()})
    failing = set()
    for case, (row, typed) in collected.items():
        resident = held[case]
        if any(resident.record.get(item, "") != text for item, text in row.items()):
            failing.add((case, "stored"))
        if not all(finds(f"{text} {BORN}", resident) for text in typed):
            failing.add((case, "place found"))
        if search.hit(resident.pk).town != row["住所_町字"]:
            failing.add((case, "shown"))

    assert not [each for each in failing if each[1] != "place found"]
    compare(failing, of={"place found"})


@pytest.mark.django_db
def test_relationships_and_states_are_kept_in_the_registers_own_words(stored):
    collected = {each["id"]: each["input"] for each in cases("relationship")}
    held = stored({case: {"続柄表記": text, "続柄コード1": ""} for case, text in collected.items()})
    people = register.read([each.pk for each in held.values()])

    failing = [
        (case, "relationship")
        for case, text in collected.items()
        if people[held[case].pk].facts["relationship"].value != text
    ]

    compare(failing, of={"relationship"})


def test_dates_are_read_and_printed():
    failing = set()
    for case in cases("date"):
        text, expected = case["input"], case["expected"]
        iso = expected.get("iso")
        spellings = [text, *filter(None, re.split(r",\s*|\s*\(.*", expected.get("also", "")))]
        read = {wareki.parse(each, until=date(2100, 1, 1)) for each in spellings}
        if read != {date.fromisoformat(iso) if iso else None}:
            failing.add((case["id"], "read"))
        elif iso and wareki.parse(wareki.format(date.fromisoformat(iso))) != date.fromisoformat(
            iso
        ):
            failing.add((case["id"], "in words"))

    compare(failing, of={"read", "in words"})


def test_ages_are_reached_on_the_day_the_law_says():
    failing = set()
    for case in cases("age_or_deadline"):
        stated = {key: day for key, day in case["expected"].items() if ATTAINS.fullmatch(key)}
        for key, day in stated.items():
            years, day = int(ATTAINS.fullmatch(key)[1]), date.fromisoformat(day)
            born = date.fromisoformat(case["input"]["born"])
            ages = [dates.age(born, day - timedelta(days=back)) for back in (1, 0)]
            if ages != [years - 1, years]:
                failing.add((case["id"], "age"))
        if not stated:
            failing.add((case["id"], "deadline"))

    compare(failing, of={"age", "deadline"})


def test_every_text_is_printed_as_written_or_its_missing_character_is_named(tmp_path):
    texts = {case["id"]: case["input"] for case in cases(*NAMES, *ADDRESSES, "relationship")}
    body, notes = Element("body"), filling.Notes()
    unprinted = {}
    for case, text in texts.items():
        before = len(notes.missing_glyphs)
        filling.add_runs(SubElement(body, "p"), f"{case}={text};", notes)
        unprinted[case] = fonts.check_glyphs(text)
        assert set(notes.missing_glyphs[before:]) <= set(unprinted[case])
    page = "<!doctype html>" + tostring(body, "unicode", "html")
    (tmp_path / "texts.pdf").write_bytes(bundle._lay_out(page).write_pdf())
    read = subprocess.run(
        ["pdftotext", "-raw", str(tmp_path / "texts.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    printed = dict(re.findall("([A-Z]+-[0-9]+)=(.*?);", "".join(read.split())))

    wrong = [
        (case, "on paper")
        for case, text in texts.items()
        if unprinted[case] or printed.get(case) != "".join(text.split())
    ]
    compare(wrong, of={"on paper"})


def test_every_case_is_tested_or_its_exception_is_listed():
    all_cases = json.loads(CASES.read_text("utf-8"))["cases"]
    tested = {*NAMES, *ADDRESSES, "relationship", "date", "age_or_deadline"}
    listed = {case for case, what in excepted() if what == "case"}

    assert len(all_cases) == 317
    assert {each["id"] for each in all_cases if each["kind"] not in tested} == listed
    assert {case for case, _ in excepted()} <= {each["id"] for each in all_cases}
