"""Threats that one file alone does not show: held or refused, nothing visible (T-17, T-20 to T-22)."""

import random
from datetime import date, timedelta
from itertools import permutations

import pytest

from residents import register
from residents.models import Delivery, Identity, Rejection, Resident
from tests.residents.exports import AT, LATER, let_go, nhi, person, protection, write
from tests.residents.operator import import_exports, register_bytes

pytestmark = pytest.mark.django_db
NUMBERS = [f"{place:010}" for place in range(1, 201)]


def town():
    """200 people of 100 households."""
    born = date(1950, 1, 1)
    return [
        person(
            number,
            世帯番号=f"{place // 2:010}",
            氏名=f"見本　{place}郎",
            氏名_フリガナ=f"ミホン　{'アイウエオ'[place % 5]}ロウ",
            性別="12"[place % 2],
            生年月日=(born + timedelta(days=120 * place)).isoformat(),
            住所_番地号表記=f"{place // 2}番地",
            住民となった年月日="2020-04-01",
        )
        for place, number in enumerate(NUMBERS)
    ]


def swapped(one, other):
    return lambda row: row | {one: row.get(other, ""), other: row.get(one, "")}


def shifted(row):
    born = date.fromisoformat(row["生年月日"]) + timedelta(days=1)
    return row | {"生年月日": born.isoformat()}


def some(change, share):
    """The change in that share of the rows, all over the file."""
    return lambda rows: [
        change(row) if place % round(1 / share) == 0 else row for place, row in enumerate(rows)
    ]


MUTATIONS = {
    "the last rows are missing": (lambda rows: rows[:190], "mass_deletion"),
    "2 % are missing": (
        lambda rows: [row for at, row in enumerate(rows) if at % 50],
        "mass_deletion",
    ),
    "a fifth of one column": (some(lambda row: row | {"住所_町字": "別町"}, 0.2), "mass_change"),
    "every address": (some(lambda row: row | {"住所_番地号表記": "１番"}, 1), "mass_change"),
    "every birth date by a day": (some(shifted, 1), "mass_change"),
    "birth date and 住民となった日": (
        some(swapped("生年月日", "住民となった年月日"), 1),
        "mass_change",
    ),
    "name and reading": (some(swapped("氏名", "氏名_フリガナ"), 1), "mass_change"),
    "number and household": (some(swapped("宛名番号", "世帯番号"), 1), "empty"),
    "sex in a fifth": (some(lambda row: row | {"性別": "3"}, 0.2), "mass_change"),
    "names in mojibake": (some(lambda row: row | {"氏名": "螻ｱ逕ｰ"}, 0.2), "mass_change"),
    "one lost character": (
        some(lambda row: row | {"氏名": "見\ufffd"}, 1 / 200),
        "lost_characters",
    ),
}


@pytest.mark.parametrize(("mutate", "reason"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_mutated_night_is_held_and_nothing_of_it_is_seen(tmp_path, mutate, reason):
    assert import_exports(write(tmp_path / "a", "juki", town()))[0] == 0
    before = register_bytes(tmp_path / "before")

    code, (delivery,) = import_exports(write(tmp_path / "b", "juki", mutate(town()), at=LATER))

    assert (code, delivery["state"], delivery["reason"]) == (3, "held", reason), delivery
    assert "2人の確認" in delivery["message"]
    assert register_bytes(tmp_path / "after") == before


def test_a_file_cut_at_the_end_of_a_row_is_held_for_any_feed(tmp_path):
    write(tmp_path / "a", "juki", town())
    write(tmp_path / "a", "nhi", [nhi(number) for number in NUMBERS])
    assert import_exports(tmp_path / "a")[0] == 0
    before = register_bytes(tmp_path / "before")
    path = write(tmp_path / "b", "nhi", [nhi(number) for number in NUMBERS], at=LATER)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:150]))

    code, (delivery,) = import_exports(path)

    assert (code, delivery["reason"]) == (3, "mass_deletion")
    assert register_bytes(tmp_path / "after") == before


def test_lost_characters_are_asked_about_once(tmp_path):
    """Two people let them go on: those rows stay out, and the same rows hold no later night."""
    assert import_exports(write(tmp_path / "a", "juki", town()))[0] == 0
    bad = [town()[0] | {"氏名": "見\ufffd"}, *town()[1:]]
    import_exports(write(tmp_path / "b", "juki", bad, at=LATER))
    let_go({"juki": Delivery.objects.get(state="held")})
    assert Resident.objects.get(number=NUMBERS[0]).name == "見本　0郎"
    assert Rejection.objects.get(resolved_at=None).reason == "lost_character"

    again = [bad[0], bad[1] | {"氏名": "新しい　名"}, *bad[2:]]
    code, (night,) = import_exports(
        write(tmp_path / "c", "juki", again, at=LATER + timedelta(days=1))
    )
    more = [bad[0], bad[1] | {"氏名": "新\ufffd"}, *bad[2:]]
    later, (held,) = import_exports(
        write(tmp_path / "d", "juki", more, at=LATER + timedelta(days=2))
    )

    assert (code, night["state"]) == (0, "applied")
    assert (later, held["reason"]) == (3, "lost_characters")
    assert "文字化け" in held["message"]


ORDERS = random.Random(20).sample([*permutations(range(5))], 6)


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_five_nights_in_any_order_leave_the_newest_and_never_lift_a_measure(tmp_path, order):
    """Each night has another name; 支援措置 stands in the second only, and is in force from then on."""
    newest, protected = -1, False
    for night in order:
        at = AT + timedelta(days=night)
        folder = tmp_path / str(night)
        write(folder, "juki", [person(氏名=f"見本　{night}郎")], at=at)
        write(folder, "protection", [protection()] if night == 1 else [], at=at)

        _, deliveries = import_exports(folder)
        let_go({each["feed"]: Delivery.objects.get(pk=each["id"]) for each in deliveries})

        states = {each["reason"] for each in deliveries}
        if night < newest:
            assert "stale" in states
        protected = protected or (night == 1 and night > newest)
        newest = max(newest, night)
        (ref,) = Identity.objects.values_list("pk", flat=True)
        assert Resident.objects.get().name == f"見本　{newest}郎"
        assert (register.read([ref])[ref].protection is not None) is protected


def test_a_night_that_lacks_a_measure_never_lifts_it_even_when_two_people_release_it(tmp_path):
    write(tmp_path / "a", "juki", [person()])
    write(tmp_path / "a", "protection", [protection()])
    assert import_exports(tmp_path / "a")[0] == 0
    import_exports(write(tmp_path / "b", "protection", [], at=LATER))
    held = Delivery.objects.filter(state="held")
    let_go({each.feed: each for each in held})

    (ref,) = Identity.objects.values_list("pk", flat=True)
    assert register.read([ref])[ref].protection is not None
