"""差分 beside 全件: what they change, and that none is applied late, twice or before its turn."""

from datetime import timedelta

import pytest

from residents import register, search
from residents.models import Delivery, Holding, Protection, Resident, SearchKey
from tests.residents.exports import (
    AT,
    LATER,
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
THIRD = LATER + timedelta(days=1)


def people(count):
    return [person(f"{place:010}") for place in range(1, count + 1)]


@pytest.fixture
def known(tmp_path):
    """Twenty people, all insured, in the register."""
    holdings = [nhi(each["宛名番号"]) for each in people(20)]
    return take_in_rows(tmp_path, juki=people(20), nhi=holdings)


def changes(tmp_path, code, rows, at=LATER, sequence=1):
    return write(tmp_path / "changes", code, rows, at=at, extent="差分", sequence=sequence)


@pytest.mark.usefixtures("known")
def test_changes_touch_those_they_name_and_nobody_is_gone(tmp_path):
    rows = [person(個人履歴番号="2", 氏名="改名　花子"), person("0000000021")]

    done = take_in(changes(tmp_path, "juki", rows))["juki"]

    assert (done.state, done.kind, done.new, done.changed, done.gone) == (
        "applied", "changes", 1, 1, 0,
    )  # fmt: skip
    assert Resident.objects.filter(gone_at=None).count() == 21
    assert Resident.objects.get(number="0000000001").name == "改名　花子"


@pytest.mark.usefixtures("known")
def test_changes_that_say_nothing_new_change_nothing(tmp_path):
    done = take_in(changes(tmp_path, "juki", people(3)))["juki"]

    assert (done.state, done.changed, done.unchanged) == ("applied", 0, 3)


def test_changes_that_repeat_all_rows_of_someone_change_nothing(tmp_path):
    rows = [person(氏名="旧姓　花子"), person(個人履歴番号="2")]
    cars = [vehicle(車名="旧車"), vehicle(履歴番号="2")]
    take_in_rows(tmp_path, juki=rows, light_vehicle=cars)

    for code, each in (("juki", rows), ("light_vehicle", cars)):
        done = take_in(changes(tmp_path, code, each))[code]
        assert (done.state, done.changed, done.unchanged) == ("applied", 0, 1)


def test_an_older_row_in_changes_does_not_replace_the_latest(tmp_path):
    take_in_rows(tmp_path, juki=[person(個人履歴番号="10")], light_vehicle=[vehicle(履歴番号="10")])

    old = person(個人履歴番号="9", 氏名="昔の　名")
    take_in(changes(tmp_path, "juki", [old]))
    take_in(changes(tmp_path, "light_vehicle", [vehicle(履歴番号="9", 車名="旧車")]))

    assert Resident.objects.get().name == "見本　花子"
    assert "車名" not in Holding.objects.get().record


def test_someone_keeps_being_found_by_earlier_names_after_changes(tmp_path):
    first = person(氏名="旧姓　花子", 氏名_フリガナ="キュウセイ　ハナコ")
    second = person(個人履歴番号="2", 氏名="中名　花子", 氏名_フリガナ="ナカナ　ハナコ")
    take_in_rows(tmp_path, juki=[first, second])

    take_in(changes(tmp_path, "juki", [person(個人履歴番号="3")]))

    keys = " ".join(SearchKey.objects.values_list("key", flat=True))
    assert "キユセイ" in keys
    assert "ナカナ" in keys


@pytest.mark.usefixtures("known")
def test_a_full_export_after_changes_says_what_is_there(tmp_path):
    """The register follows the full export again, also where its line is the one of the first."""
    take_in(changes(tmp_path, "juki", [person(個人履歴番号="2", 氏名="改名　花子"), person("21")]))

    done = take_in_rows(tmp_path, THIRD, juki=people(20))["juki"]

    assert (done.state, done.gone) == ("applied", 1)
    assert Resident.objects.get(number="0000000001").name == "見本　花子"


def test_protection_counts_at_once_whatever_came_before(tmp_path):
    take_in(changes(tmp_path, "protection", [protection()]))

    assert Protection.objects.get().kind == "1"


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("at", [AT, AT - timedelta(hours=1)])
def test_changes_not_newer_than_what_is_applied_are_refused(tmp_path, at):
    done = take_in(changes(tmp_path, "juki", [person(氏名="古い　名")], at=at))["juki"]

    assert (done.state, done.reason) == ("refused", "stale")
    assert Resident.objects.get(number="0000000001").name == "見本　花子"


@pytest.mark.usefixtures("known")
def test_the_same_changes_again_are_a_replay(tmp_path):
    path = changes(tmp_path, "juki", [person(個人履歴番号="2")])
    first = take_in(path)["juki"]

    again = take_in(path)["juki"]

    assert (again.state, again.reason, again.pk) == ("refused", "replay", first.pk)


@pytest.mark.usefixtures("known")
def test_changes_that_come_too_early_wait_for_the_missing_one(tmp_path):
    take_in(changes(tmp_path / "1", "juki", [person("0000000021")]))
    third = changes(tmp_path / "3", "juki", [person("0000000021", 氏名="三　番")],
                    at=THIRD, sequence=3)  # fmt: skip
    waiting = take_in(third)["juki"]
    assert (waiting.state, waiting.reason) == ("held", "gap")
    assert "連番002" in waiting.message

    second = changes(tmp_path / "2", "juki", [person("0000000021", 氏名="二　番")],
                     at=LATER + timedelta(hours=1), sequence=2)  # fmt: skip
    take_in(second)

    waiting.refresh_from_db()
    assert waiting.state == "applied"
    assert Resident.objects.get(number="0000000021").name == "三　番"
    assert [each.state for each in waiting.steps.all()] == [
        "staged", "held", "staged", "checked", "applied",
    ]  # fmt: skip


@pytest.mark.usefixtures("known")
def test_a_newer_full_export_covers_what_was_waiting(tmp_path):
    path = changes(tmp_path, "juki", [person(氏名="待つ　人")], at=LATER, sequence=7)
    waiting = take_in(path)["juki"]

    take_in_rows(tmp_path, THIRD, juki=people(20))

    waiting.refresh_from_db()
    assert (waiting.state, waiting.reason) == ("refused", "superseded")
    assert Resident.objects.get(number="0000000001").name == "見本　花子"
    after = changes(tmp_path, "juki", [person("30")], at=THIRD + timedelta(days=1), sequence=8)
    assert take_in(after)["juki"].state == "applied"


@pytest.mark.usefixtures("known")
def test_two_people_need_not_wait_for_a_missing_one(tmp_path):
    path = changes(tmp_path, "juki", [person(個人履歴番号="2", 氏名="待つ　人")], sequence=7)

    done = let_go(take_in(path))["juki"]

    assert done.state == "applied"
    assert Resident.objects.get(number="0000000001").name == "待つ　人"


@pytest.mark.usefixtures("known")
def test_parts_of_one_moment_are_applied_in_order(tmp_path):
    for part in (2, 1):
        changes(tmp_path, "juki", [person(f"{20 + part:010}")], sequence=part)

    take_in(tmp_path / "changes")

    applied = Delivery.objects.filter(kind="changes").order_by("applied_at")
    assert [(each.sequence, each.state) for each in applied] == [(1, "applied"), (2, "applied")]


@pytest.mark.usefixtures("known")
def test_changes_do_not_overtake_earlier_ones_that_are_held(tmp_path):
    first = take_in(changes(tmp_path / "1", "juki", [person(氏名="一　番")], sequence=7))["juki"]
    later = changes(tmp_path / "2", "juki", [person(氏名="二　番")], at=THIRD)
    second = take_in(later)["juki"]
    assert (second.state, second.reason) == ("held", "gap")

    let_go({"juki": first})

    assert Resident.objects.get(number="0000000001").name == "二　番"
    assert set(Delivery.objects.values_list("state", flat=True)) == {"applied"}


def test_a_new_address_of_someone_once_protected_waits_for_the_news_of_protection(tmp_path):
    others = [person(f"{place:010}") for place in range(2, 30)]
    ended = protection(kind="3", 履歴番号="2")
    take_in_rows(tmp_path, juki=[person(), *others], protection=[ended])
    ref = Resident.objects.get(number="0000000001").pk
    assert not register.read([ref])[ref].protected

    moved = person(個人履歴番号="2", 住所_町字="新町", 世帯番号="777")
    take_in(changes(tmp_path, "juki", [moved]))
    assert register.read([ref])[ref].protected
    (hit,) = search.find("0000000001").hits
    assert (hit.protected, hit.town) == (True, None)
    assert not search.find("新町").hits

    take_in_rows(tmp_path, THIRD, protection=[ended])
    assert not register.read([ref])[ref].protected
    assert search.find("新町").hits
