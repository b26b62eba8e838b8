"""The demo town: the same for a seed, in the shape of its feeds, and consistent across ledgers."""

import csv
import hashlib
import io
import json
import random
import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from residents.facts import parse_partial_date
from residents.feed import Target, code_lists, feed, feeds
from residents.layout import ItemType
from residents.town import names
from residents.town.ages import grade, reaches, school_year_end, shift
from residents.town.making import DEFAULT_DAY, TooFew, make
from residents.town.numbers import check_digit

ON = DEFAULT_DAY
RESIDENTS = 1_500
ALIVE_HERE = "1"


class Town:
    """Every row of a made town by feed, and the record each person has of it now."""

    def __init__(self, folder, made):
        self.folder = folder
        self.made = made
        self.rows = {each.feed: self._read(each.name) for each in made.files}
        self.latest = {code: self._latest(code) for code in self.rows}
        self.residents = {row["宛名番号"]: row for row in self.latest["juki"]}
        self.here = {
            number: row for number, row in self.residents.items() if row["住民状態"] == ALIVE_HERE
        }

    def _read(self, name):
        with (self.folder / "day00" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _latest(self, code):
        each = feed(code)
        best = {}
        for row in self.rows[code]:
            record = (row["宛名番号"], *(row[name] for name in each.record))
            version = tuple(int(row[name]) for name in each.versions)
            if record not in best or version > best[record][0]:
                best[record] = (version, row)
        return [row for _, row in best.values()]

    def held(self, code, on=ON):
        """The records in force on a day, by 宛名番号 (the rule of [active] in the feed file)."""
        active = feed(code).active
        found = defaultdict(list)
        for row in self.latest[code]:
            start, until = row.get(active.start, ""), row.get(active.until, "")
            in_time = start <= on.isoformat() and (not until or on.isoformat() < until)
            if in_time and all(row[name] in codes for name, codes in active.where.items()):
                found[row["宛名番号"]].append(row)
        return found

    def age(self, number):
        birth = parse_partial_date(self.residents[number]["生年月日"]).earliest
        return ON.year - birth.year - ((ON.month, ON.day) < (birth.month, birth.day))

    def birth(self, number):
        return parse_partial_date(self.residents[number]["生年月日"]).earliest

    def exact(self, number):
        return self.residents[number]["生年月日_不詳フラグ"] == "0"


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    return Town(folder, make(folder, RESIDENTS, 20261101))


def digest(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_number_and_seed_give_the_same_bytes(tmp_path):
    make(tmp_path / "one", 300, 7)
    make(tmp_path / "two", 300, 7)

    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_another_seed_gives_another_town_with_the_same_cast(tmp_path):
    make(tmp_path / "one", 300, 7)
    make(tmp_path / "two", 300, 8)

    one, two = digest(tmp_path / "one"), digest(tmp_path / "two")

    assert one["showcase.json"] == two["showcase.json"]
    assert (
        one["001_住民基本台帳_全件_20261101030000_001.csv"]
        != two["001_住民基本台帳_全件_20261101030000_001.csv"]
    )


def test_the_register_has_exactly_the_residents_asked_for(town):
    assert len(town.here) == RESIDENTS == town.made.residents
    assert len(town.residents) - len(town.here) == town.made.removed


def test_every_feed_is_there_with_a_manifest_of_counts_and_digests(town):
    with (town.folder / "day00" / "manifest.csv").open(encoding="utf-8", newline="") as file:
        manifest = list(csv.DictReader(file))

    assert {each.feed for each in town.made.files} == set(feeds())
    for line in manifest:
        data = (town.folder / "day00" / line["ファイル名"]).read_bytes()
        assert line["SHA256"] == hashlib.sha256(data).hexdigest()
        assert int(line["件数"]) == len(list(csv.reader(io.StringIO(data.decode())))) - 1


def test_every_header_is_the_items_of_its_feed_in_order(town):
    for each in town.made.files:
        with (town.folder / "day00" / each.name).open(encoding="utf-8", newline="") as file:
            assert tuple(next(csv.reader(file))) == feed(each.feed).columns


FORMS = {
    ItemType.HALF_WIDTH: re.compile(r"[\x20-\x7e]*"),
    ItemType.NUMBER: re.compile(r"\d*"),
    ItemType.SIGNED: re.compile(r"-?\d*"),
    ItemType.DECIMAL: re.compile(r"(\d+(\.\d+)?)?"),
    ItemType.YEAR: re.compile(r"(\d{4})?"),
    ItemType.DATE: re.compile(r"(\d{4}-\d{2}-\d{2})?"),
    ItemType.TIME: re.compile(r"(\d{2}:\d{2}:\d{2})?"),
    ItemType.FULL_WIDTH: re.compile(r"[^\x00-\x7e\uff61-\uff9f]*"),
}


@pytest.mark.parametrize("code", list(feeds()))
def test_every_value_has_the_type_length_and_code_its_item_declares(town, code):
    for item in feed(code).items:
        values = {row[item.name] for row in town.rows[code]}
        assert not {value for value in values if not FORMS[item.type].fullmatch(value)}, item.name
        if item.required:
            assert "" not in values, item.name
        if item.length and item.type is not ItemType.DATE:
            assert max(map(len, values)) <= item.length + item.scale, item.name
        if item.codes:
            assert values <= {*code_lists()[item.codes], ""}, item.name


@pytest.mark.parametrize("code", list(feeds()))
def test_no_two_rows_share_a_key(town, code):
    each = feed(code)
    keys = Counter(
        tuple(row[name] for name in (*each.key, *each.record)) for row in town.rows[code]
    )

    assert max(keys.values()) == 1


def test_nothing_looks_like_a_personal_number(town):
    looks = re.compile(r"\d{12}")
    found = {
        (code, name)
        for code, rows in town.rows.items()
        for row in rows
        for name, value in row.items()
        if looks.fullmatch(value)
    }

    assert not found


def test_resident_and_household_numbers_carry_their_check_digit(town):
    numbers = {*town.residents, *(row["世帯番号"] for row in town.residents.values())}

    assert all(len(number) == 10 and number.startswith("0") for number in numbers)
    assert all(check_digit(number[:-1]) == number[-1] for number in numbers)


def test_a_remainder_of_one_has_no_check_digit_so_the_number_is_skipped():
    digits = (f"{n:09}" for n in range(1, 200))

    assert check_digit("000000000") == "0"
    assert any(check_digit(each) is None for each in digits)


@pytest.mark.parametrize("code", [c for c in feeds() if c != "juki"])
def test_everybody_in_a_ledger_is_in_the_register(town, code):
    references = [name for name in feed(code).columns if "宛名番号" in name]
    known = {*town.residents, ""}

    for row in town.rows[code]:
        assert {row[name] for name in references} <= known


def test_households_have_one_head_unless_none_is_set(town):
    heads = Counter()
    for row in town.here.values():
        heads[row["世帯番号"]] += row["続柄コード1"] == "02"

    assert set(heads.values()) <= {0, 1}
    assert 0 < sum(count == 0 for count in heads.values()) < len(heads) * 0.01


def test_relationships_are_written_as_their_codes_say(town):
    words = code_lists()["relationship"]
    for row in town.residents.values():
        codes = [row[f"続柄コード{place}"] for place in range(1, 5)]
        assert row["続柄表記"] == "の".join(words[code] for code in codes if code)


def test_parents_are_old_enough_for_their_children(town):
    heads = {row["世帯番号"]: n for n, row in town.here.items() if row["続柄コード1"] == "02"}
    for number, row in town.here.items():
        codes = (row["続柄コード1"], row["続柄コード2"])
        if codes == ("20", "") and row["世帯番号"] in heads:
            assert town.age(heads[row["世帯番号"]]) - town.age(number) >= 16
        if codes == ("20", "20"):
            assert town.age(heads[row["世帯番号"]]) - town.age(number) >= 36


def test_addresses_are_real_postal_towns_of_the_city(town):
    for row in town.here.values():
        assert row["住所_市区町村コード"] == "012084"
        assert row["住所_市区郡町村名"] == "北見市"
        assert re.fullmatch(r"09[01239]\d{4}", row["住所_郵便番号"])
        assert row["住所_町字コード"] == ""


def test_people_who_left_say_where_to_and_the_dead_do_not(town):
    for row in town.residents.values():
        if row["住民状態"] == "2":
            assert row["転出先住所（予定）_市区郡町村名"] or row["転出先住所（予定）_国名等"]
        if row["住民状態"] == "3":
            assert row["異動事由"] == "23"
            assert not row["転出先住所（予定）_市区郡町村名"]
        assert bool(row["消除の異動年月日"]) == (row["住民状態"] != ALIVE_HERE)


def test_no_row_is_written_after_the_day_of_export(town):
    for code, rows in town.rows.items():
        for row in rows:
            assert row["操作年月日"] <= ON.isoformat(), code


def test_periods_do_not_end_before_they_begin(town):
    for code, rows in town.rows.items():
        active = feed(code).active
        for row in rows:
            start, until = row.get(active.start, ""), row.get(active.until, "")
            assert not until or start <= until, (code, start, until)


def test_some_people_have_older_versions_and_the_highest_number_is_the_latest(town):
    older = [row for row in town.rows["juki"] if row["最新フラグ"] == "1"]

    assert len(older) > RESIDENTS * 0.02
    assert all(row["最新フラグ"] == "0" for row in town.latest["juki"])
    assert any(row["個人履歴番号_枝番号"] == "2" for row in town.latest["juki"])


def test_nobody_has_two_health_insurances(town):
    nhi, late = town.held("nhi").keys(), town.held("late_elderly").keys()
    welfare = town.held("welfare").keys()

    assert not nhi & late
    assert not (nhi | late) & welfare


def test_late_elderly_insurance_begins_on_the_birthday_of_75(town):
    for number, records in town.held("late_elderly").items():
        assert shift(town.birth(number), 75) <= ON
        assert records[0]["被保険者資格取得年月日"] >= "2008-04-01"
    older = {n for n in town.here if town.exact(n) and shift(town.birth(n), 75) <= ON}
    assert older - town.held("welfare").keys() == {
        number for number in town.held("late_elderly") if town.exact(number)
    }


def test_care_insurance_holds_everybody_from_65(town):
    held = town.held("ltc")

    assert {n for n in town.here if town.exact(n) and reaches(town.birth(n), 65) <= ON} == {
        n
        for n, records in held.items()
        if records[0]["被保険者区分コード"] == "1" and town.exact(n)
    }
    assert any(records[0]["要介護認定日"] for records in held.values())


def test_a_household_in_nhi_has_one_number_and_a_head_real_or_nominal(town):
    symbols = defaultdict(set)
    kinds = defaultdict(Counter)
    for row in town.latest["nhi"]:
        if not row["国保資格喪失年月日"]:
            household = town.residents[row["宛名番号"]]["世帯番号"]
            symbols[household].add(row["国保記号番号"])
            kinds[household][row["国保資格区分"]] += 1

    assert all(len(numbers) == 1 for numbers in symbols.values())
    assert all(kind["1"] + kind["2"] <= 1 for kind in kinds.values())
    assert sum(kind["1"] + kind["2"] == 1 for kind in kinds.values()) > len(kinds) * 0.97


def test_pension_kinds_fit_age_and_insurance(town):
    nhi, held = town.held("nhi"), town.held("pension")
    for number, records in held.items():
        kind = records[0]["被保険者種別"]
        if kind == "1":
            assert 20 <= town.age(number) < 60
        if kind == "2":
            assert number not in nhi
        if kind == "3":
            assert number not in nhi
            assert 20 <= town.age(number) < 60
    covered = {n for n in town.here if 20 <= town.age(n) < 60}
    assert covered <= held.keys()


def test_somebody_insured_by_nhi_of_pension_age_is_of_the_first_kind(town):
    held = town.held("pension")
    for number in town.held("nhi"):
        if 20 <= town.age(number) < 60:
            assert held[number][0]["被保険者種別"] == "1"


def children_of(row):
    return [row[f"児童_宛名番号{place}"] for place in range(1, 9) if row[f"児童_宛名番号{place}"]]


@pytest.mark.parametrize("code", ["child_allow", "child_support"])
def test_recipients_have_the_children_they_are_paid_for(town, code):
    for number, records in town.held(code).items():
        (row,) = records
        children = children_of(row)
        assert len(children) == int(row["支給対象児童数"]) > 0
        for child in children:
            assert town.here[child]["世帯番号"] == town.here[number]["世帯番号"]
            assert school_year_end(town.birth(child), 18) >= ON
            assert town.age(number) > town.age(child)


def test_a_child_is_paid_for_once(town):
    paid = Counter(
        child
        for records in town.held("child_allow").values()
        for row in records
        for child in children_of(row)
    )

    assert max(paid.values()) == 1


def test_child_support_goes_to_parents_without_a_partner(town):
    partners = {"11", "12", "13", "14"}
    for number in town.held("child_support"):
        household = town.here[number]["世帯番号"]
        codes = {row["続柄コード1"] for row in town.here.values() if row["世帯番号"] == household}
        assert not codes & partners


def test_the_school_register_has_every_child_of_compulsory_age_in_its_grade(town):
    held = town.held("school")

    assert held.keys() == {n for n in town.here if 1 <= grade(town.birth(n), ON) <= 9}
    for number, (row,) in held.items():
        year = grade(town.birth(number), ON)
        assert int(row["学年"]) == (year - 6 if year > 6 else year)


def test_children_born_on_the_first_of_april_are_a_school_year_ahead():
    assert grade(date(2015, 4, 1), date(2026, 11, 1)) == grade(date(2015, 3, 31), ON)
    assert grade(date(2015, 4, 2), date(2026, 11, 1)) == grade(date(2015, 4, 1), ON) - 1


def test_every_child_has_a_medical_certificate_but_not_on_welfare(town):
    held, welfare = town.held("child_medical"), town.held("welfare")
    for number, row in town.here.items():
        if row["続柄コード1"] == "20" and town.age(number) < 18:
            assert (number in held) == (number not in welfare)


def test_welfare_is_for_whole_households(town):
    welfare = town.held("welfare")
    households = {town.here[number]["世帯番号"] for number in welfare}

    assert welfare
    assert {n for n, row in town.here.items() if row["世帯番号"] in households} == welfare.keys()


def test_only_foreigners_have_a_nationality_and_a_stay(town):
    for row in town.residents.values():
        foreign = row["住民種別"] == "2"
        assert bool(row["国籍名等"]) == bool(row["在留資格等コード"]) == foreign
        assert bool(row["氏名優先区分"]) == foreign
    held = [row for row in town.residents.values() if row["住民種別"] == "2"]
    assert any(row["通称"] for row in held)
    assert any(row["氏名_外国人漢字"] for row in held)


def test_telephone_numbers_mail_and_banks_are_visibly_invented(town):
    for row in town.rows["contact"]:
        assert re.fullmatch(r"(090-0000-\d{4})?", row["電話番号_携帯"])
        assert re.fullmatch(r"(0157-00-\d{4})?", row["電話番号_自宅"])
        assert re.fullmatch(r"(user\d{10}@example\.jp)?", row["メールアドレス"])
    banks = {row["金融機関名"] for code in ("contact", "child_allow") for row in town.rows[code]}
    assert all(bank.startswith("見本") for bank in banks if bank)


def test_protective_measures_run_on_after_their_end_until_they_are_ended(town):
    running = town.held("protection")
    expired = [
        row
        for records in running.values()
        for row in records
        if row["支援措置終了年月日"] < ON.isoformat()
    ]

    assert {row["支援措置区分"] for row in town.latest["protection"]} == {"1", "2", "3"}
    assert expired


def test_protected_people_are_about_three_in_a_thousand(tmp_path):
    made = make(tmp_path, 6_000, 11)
    people = Town(tmp_path, made)

    assert 0.001 < len(people.held("protection")) / 6_000 < 0.008


def test_the_town_looks_like_a_provincial_city(town):
    ages = [town.age(number) for number in town.here]
    children = sum(age < 15 for age in ages) / RESIDENTS
    elderly = sum(age >= 65 for age in ages) / RESIDENTS
    households = {row["世帯番号"] for row in town.here.values()}

    assert 0.07 < children < 0.17
    assert 0.25 < elderly < 0.42
    assert 1.6 < RESIDENTS / len(households) < 2.4


def test_surnames_are_as_common_as_in_life():
    rng = random.Random(1)
    drawn = Counter(names.surname(rng).text for _ in range(20_000))

    common = [name for name, _ in drawn.most_common(8)]
    assert common[0] == "佐藤"
    assert {"高橋", "鈴木", "佐々木"} <= set(common)
    assert 0.001 < sum(drawn[name] for name in drawn if max(name) > "\uffff") / 20_000 < 0.02


def test_difficult_names_are_there_byte_for_byte(town):
    names = "".join(row["氏名"] + row["旧氏"] for row in town.residents.values())

    for text in (
        "\U00020bb7田",
        "葛\U000e0100城",
        "渡邉\U000e0104",
        "髙橋",
        "山﨑",
        "\ue123",
        "\uf9dc",
    ):
        assert text in names


def test_care_homes_are_many_households_at_one_address(town):
    rooms = Counter(row["住所_方書"] for row in town.here.values())
    name, count = next(pair for pair in rooms.most_common() if "ホーム" in pair[0])
    living = [row for row in town.here.values() if row["住所_方書"] == name]

    assert count >= 5
    assert len({row["世帯番号"] for row in living}) == count


def test_showcase_households_show_what_they_promise(town):
    shown = {
        each["key"]: each for each in json.loads((town.folder / "showcase.json").read_text("utf-8"))
    }
    number = {key: each["number"] for key, each in shown.items()}

    assert all(each["number"] in town.here for each in shown.values())
    assert number["birth_family"] in town.held("child_allow")
    assert number["birth_family"] in town.held("nhi")
    assert number["birth_family"] in town.held("contact")
    assert town.here[number["birth_family"]]["氏名"] == "\U00020bb7田　翔太"
    assert number["newlyweds"] not in town.held("child_allow")
    assert number["newlyweds"] not in town.held("nhi")
    assert number["nhi_couple"] in town.held("nhi")
    assert number["protected_family"] in town.held("protection")
    assert number["single_mother"] in town.held("child_support")
    assert number["civil_servants"] not in town.held("child_allow")
    assert number["welfare_single"] in town.held("welfare")
    assert town.here[number["foreign_family"]]["通称"]
    assert {"late_elderly", "ltc", "property_tax", "seal"} <= {
        code for code in feeds() if number["elderly_couple"] in town.held(code)
    }


def test_the_showcase_family_of_three_is_wholly_in_nhi(town):
    shown = json.loads((town.folder / "showcase.json").read_text("utf-8"))[0]
    family = [n for n, row in town.here.items() if row["世帯番号"] == shown["household_number"]]

    assert len(family) == 3
    assert set(family) <= town.held("nhi").keys()
    assert town.held("pension")[shown["number"]][0]["被保険者種別"] == "1"


def test_too_few_residents_are_refused(tmp_path):
    with pytest.raises(TooFew):
        make(tmp_path, 10, 1)


def test_the_command_prints_exactly_one_json_object(tmp_path, capsys):
    call_command("make_town", str(tmp_path), "--residents", "60", "--seed", "5", "--json")

    printed = json.loads(capsys.readouterr().out)

    assert printed["residents"] == 60
    assert {each["feed"] for each in printed["files"]} == set(feeds())
    assert printed["showcase"][0]["key"] == "birth_family"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--days", "100"], "0から99"),
        (["--residents", "5"], "40以上"),
        (["--as-of", (ON - timedelta(days=1)).isoformat()], "以後"),
    ],
)
def test_the_command_refuses_what_it_cannot_make(tmp_path, options, words):
    with pytest.raises(CommandError, match=words):
        call_command("make_town", str(tmp_path), *options)


def test_holdings_cover_every_feed_of_that_kind(town):
    empty = [
        code
        for code, each in feeds().items()
        if each.target is Target.HOLDING and not town.held(code)
    ]

    assert not empty
