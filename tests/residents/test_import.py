"""What an import makes of full exports: residents, holdings, protections, households."""

from datetime import date

import pytest

from residents import search
from residents.feed import Active
from residents.importing.building import bounds
from residents.models import Holding, Household, Identity, Protection, Resident, SearchKey
from tests.residents.exports import (
    AT,
    LATER,
    contact,
    let_go,
    nhi,
    person,
    protection,
    take_in,
    take_in_rows,
    vehicle,
    write,
)

pytestmark = pytest.mark.django_db


def counts(delivery):
    return {
        name: getattr(delivery, name)
        for name in ("rows", "new", "changed", "gone", "unchanged", "rejected")
        if getattr(delivery, name)
    }


def people(count, **changes):
    return [person(f"{place:010}", **changes) for place in range(1, count + 1)]


def test_a_first_set_applies_every_feed(tmp_path):
    done = take_in_rows(tmp_path, juki=people(2), nhi=[nhi()], protection=[protection()])

    assert {each.state for each in done.values()} == {"applied"}
    assert counts(done["juki"]) == {"rows": 2, "new": 2}
    assert Resident.objects.count() == 2
    assert Holding.objects.get().record["国保記号番号"] == "北見０００１"
    assert Protection.objects.get().kind == "1"


def test_the_highest_history_number_is_the_latest_row_wherever_it_stands(tmp_path):
    rows = [
        person(個人履歴番号="10", 氏名="十　番"),
        person(個人履歴番号="9", 氏名="九　番"),
        person(個人履歴番号="10", 個人履歴番号_枝番号="2", 氏名="十　番の二"),
    ]

    done = take_in_rows(tmp_path, juki=rows)

    assert Resident.objects.get().name == "十　番の二"
    assert (Resident.objects.get().history_no, Resident.objects.get().branch_no) == (10, 2)
    assert counts(done["juki"]) == {"rows": 3, "new": 1}


@pytest.mark.parametrize(
    "value",
    [
        " 前後に空白 ",
        "葛\U000e0100城",
        "塚本 神谷",
        "𠮷田\ue000",
        "改行\r\nあり",
        'カンマ,と"引用符"',
        "ﾊﾝｶｸ",
        "が",
        "長" * 500,
    ],
)
def test_values_are_stored_byte_for_byte(tmp_path, value):
    let_go(take_in_rows(tmp_path, juki=[person(氏名=value)]))

    assert Resident.objects.get().record["氏名"] == value


def test_the_next_full_export_adds_changes_and_marks_gone(tmp_path):
    take_in_rows(tmp_path, juki=people(20))
    before = dict(Resident.objects.values_list("number", "pk"))

    rows = [person("0000000001", 氏名="改名　花子"), *people(18)[1:], person("0000000021")]
    done = take_in_rows(tmp_path, LATER, juki=rows)

    assert counts(done["juki"]) == {
        "rows": 19,
        "new": 1,
        "changed": 1,
        "gone": 2,
        "unchanged": 17,
    }
    gone = Resident.objects.filter(gone_at__isnull=False)
    assert set(gone.values_list("number", flat=True)) == {"0000000019", "0000000020"}
    assert Resident.objects.get(pk=before["0000000001"]).name == "改名　花子"


def test_someone_who_returns_keeps_the_same_ref(tmp_path):
    take_in_rows(tmp_path, juki=people(20))
    ref = Identity.objects.get(number="0000000020").pk
    take_in_rows(tmp_path, LATER, juki=people(19))

    third = LATER.replace(day=3)
    done = take_in_rows(tmp_path, third, juki=people(20))

    assert counts(done["juki"]) == {"rows": 20, "changed": 1, "unchanged": 19}
    assert Resident.objects.get(number="0000000020").pk == ref
    assert Resident.objects.get(number="0000000020").gone_at is None


def test_a_corrected_older_row_changes_what_the_person_is_found_by(tmp_path):
    old = person(氏名="旧姓　花子", 氏名_フリガナ="キュウセイ　ハナコ")
    now = person(個人履歴番号="2")
    take_in_rows(tmp_path, juki=[old, now])

    done = take_in_rows(tmp_path, LATER, juki=[old | {"氏名_フリガナ": "フルナ　ハナコ"}, now])

    assert counts(done["juki"]) == {"rows": 2, "changed": 1}
    keys = set(SearchKey.objects.filter(kind="kana_also").values_list("key", flat=True))
    assert "フルナ ハナコ" in keys
    assert "キユセイ ハナコ" not in keys


def test_values_longer_than_an_index_holds_are_stored_whole_and_found_by_their_beginning(tmp_path):
    text = "".join(chr(0x4E00 + place * 7) for place in range(2900))
    long = person(氏名=text, 氏名_フリガナ="ナガイ" * 1000, 住所_方書=text, 旧氏=text[::-1])

    done = take_in_rows(tmp_path, juki=[long], contact=[contact(電話番号_携帯="9" * 9000)])

    assert {each.state for each in done.values()} == {"applied"}
    (hit,) = search.find("ナガイナガイ").hits
    assert hit.name == text


def test_a_person_may_have_several_records_of_one_feed(tmp_path):
    rows = [vehicle(plate="あ1"), vehicle(plate="い2"), vehicle(plate="い2", 履歴番号="2")]

    take_in_rows(tmp_path, juki=[person()], light_vehicle=rows)

    kept = Holding.objects.order_by("record_key").values_list("record_key", "version")
    assert list(kept) == [("あ1", ["1"]), ("い2", ["2"])]


def test_a_holding_the_next_export_lacks_is_marked_gone(tmp_path):
    take_in_rows(tmp_path, juki=people(2), nhi=[nhi("0000000001"), nhi("0000000002")])

    done = take_in_rows(tmp_path, LATER, nhi=[nhi("0000000002", 国保資格区分="3")])

    assert counts(done["nhi"]) == {"rows": 1, "changed": 1, "gone": 1}
    assert Holding.objects.get(identity__number="0000000001").gone_at is not None


def test_a_holding_without_a_resident_is_kept(tmp_path):
    take_in_rows(tmp_path, juki=[person()], nhi=[nhi("9999999999")])

    assert Holding.objects.get().identity.number == "9999999999"
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        ("2020-04-01", "", (date(2020, 4, 1), None, True)),
        ("2020-04-01", "9999-12-31", (date(2020, 4, 1), None, True)),
        ("0000-01-01", "2021-03-31", (None, date(2021, 3, 31), True)),
        ("2020-00-00", "2021-02-00", (date(2020, 1, 1), date(2021, 2, 28), True)),
        ("", "", (None, None, False)),
    ],
)
def test_a_holding_counts_from_its_start_until_its_end(start, until, expected):
    assert bounds(Active("始", "終", {}), {"始": start, "終": until}) == expected


def test_a_holding_counts_only_with_the_codes_named():
    active = Active("", "", {"状態": ("40",)})

    assert bounds(active, {"状態": "40"})[2]
    assert not bounds(active, {"状態": "10"})[2]


def test_a_protection_never_ends_by_absence(tmp_path):
    take_in_rows(tmp_path, juki=people(2), protection=[protection("0000000001")])

    done = take_in_rows(tmp_path, LATER, protection=[protection("0000000002")])

    assert counts(done["protection"]) == {"rows": 1, "new": 1}
    assert set(Protection.objects.values_list("identity__number", "kind")) == {
        ("0000000001", "1"),
        ("0000000002", "1"),
    }


def test_a_protection_ends_by_its_code_alone(tmp_path):
    take_in_rows(tmp_path, juki=[person()], protection=[protection()])

    take_in_rows(tmp_path, LATER, protection=[protection(kind="3", 履歴番号="2")])

    assert Protection.objects.get().kind == Protection.Kind.ENDED


def test_an_older_version_of_a_protection_does_not_replace_a_newer(tmp_path):
    take_in_rows(tmp_path, juki=[person()], protection=[protection(履歴番号="2")])

    done = take_in_rows(tmp_path, LATER, protection=[protection(kind="3", 履歴番号="1")])

    assert counts(done["protection"]) == {"rows": 1, "unchanged": 1}
    assert Protection.objects.get().kind == Protection.Kind.FULL


def test_a_household_knows_its_head_and_forgets_one_who_left(tmp_path):
    wife = person("0000000002", 続柄コード1="12", 続柄表記="妻")
    others = [person(f"{place:010}", 世帯番号=f"{place:010}") for place in range(3, 30)]
    take_in_rows(tmp_path, juki=[person(), wife, *others])
    assert Household.objects.get(number="0000000901").head.number == "0000000001"

    take_in_rows(tmp_path, LATER, juki=[person(住民状態="3"), wife, *others])

    assert Household.objects.get(number="0000000901").head is None


def test_a_household_nobody_is_in_any_more_is_dropped(tmp_path):
    take_in_rows(tmp_path, juki=[person()])

    take_in_rows(tmp_path, LATER, juki=[person(世帯番号="0000000902")])

    assert list(Household.objects.values_list("number", flat=True)) == ["0000000902"]


def test_telephone_numbers_follow_the_contacts_and_new_residents(tmp_path):
    take_in_rows(tmp_path, contact=[contact(電話番号_携帯="090-1234-5678")])
    assert not SearchKey.objects.exists()

    take_in_rows(tmp_path, LATER, juki=[person()])
    assert SearchKey.objects.get(kind="phone").key == "09012345678"

    take_in_rows(tmp_path, LATER.replace(day=3), contact=[contact(電話番号_自宅="0157-23-1111")])
    assert SearchKey.objects.get(kind="phone").key == "0157231111"


def test_a_telephone_number_whose_consent_ended_finds_nobody(tmp_path):
    ended = contact(電話番号_携帯="090-1234-5678", 同意終了年月日="2026-01-01")

    take_in_rows(tmp_path, juki=[person()], contact=[ended])

    assert not SearchKey.objects.filter(kind="phone").exists()


def test_the_same_file_again_changes_nothing_and_says_so(tmp_path):
    path = write(tmp_path, "juki", [person()])
    first = take_in(path)["juki"]

    again = take_in(path)["juki"]

    assert (again.state, again.reason, again.pk) == ("refused", "replay", first.pk)
    assert Resident.objects.get().delivery_id == first.pk


def test_an_unchanged_full_export_of_the_next_day_changes_no_row(tmp_path):
    take_in_rows(tmp_path, juki=people(3), nhi=[nhi()])
    first = Resident.objects.first().delivery_id

    done = take_in_rows(tmp_path, LATER, juki=people(3), nhi=[nhi()])

    assert counts(done["juki"]) == {"rows": 3, "unchanged": 3}
    assert counts(done["nhi"]) == {"rows": 1, "unchanged": 1}
    assert Resident.objects.first().delivery_id == first


def test_two_days_in_one_set_are_applied_in_order(tmp_path):
    write(tmp_path, "juki", [person(氏名="後　の日")], at=LATER)
    write(tmp_path, "juki", [person(氏名="前　の日")], at=AT)

    take_in(tmp_path)

    assert Resident.objects.get().name == "後　の日"


def test_unknown_codes_and_long_values_are_kept_and_counted(tmp_path):
    rows = [person(性別="9", 住所_町字="町" * 200), person("0000000002", 性別="8")]

    done = take_in_rows(tmp_path, juki=rows)

    assert "「性別」に一覧にないコードの行が2件" in done["juki"].message
    assert "「住所_町字」が標準の桁数より長い行が1件" in done["juki"].message
    assert Resident.objects.get(number="0000000001").town == "町" * 200


def test_a_base_character_with_its_selector_counts_as_one(tmp_path):
    done = take_in_rows(tmp_path, juki=[person(氏名="葛\U000e0100" * 100)])

    assert done["juki"].message == ""


def test_an_incomplete_birth_date_becomes_an_interval(tmp_path):
    rows = [
        person(生年月日="1948-00-00", 生年月日_不詳フラグ="1"),
        person("0000000002", 生年月日="", 生年月日_不詳フラグ="1", 生年月日_不詳表記="不詳"),
    ]

    take_in_rows(tmp_path, juki=rows)

    assert list(
        Resident.objects.order_by("number").values_list("birth_earliest", "birth_latest")
    ) == [
        (date(1948, 1, 1), date(1948, 12, 31)),
        (None, None),
    ]
