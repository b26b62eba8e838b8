"""The first 全件 of a feed makes what the same rows make on any other night, only faster."""

import tempfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from residents.importing import first_tables
from residents.models import Holding, Household, Identity, Rejection, Resident, SearchKey, StagedRow
from tests.residents.exports import (
    LATER,
    contact,
    let_go,
    person,
    protection,
    take_in_rows,
    undo,
    vehicle,
)

pytestmark = pytest.mark.django_db
NUMBERS = ["0000000001", "0000000002", "0000000003", "00000000004", "？"]
HERE = person("9999999999", 世帯番号="0000000999")
CAR = vehicle("9999999999", plate="北見市ん9")
KEPT = (
    "number", "household_number", "kind", "state", "history_no", "branch_no", "record", "row_hash",
    "name", "name_kana", "birth_earliest", "birth_latest", "sex", "relationship_codes", "town",
    "gone_at", "living_here", "kana_key", "name_key", "address_key", "building_key",
)  # fmt: skip
SCHEMA = """
SELECT tablename, indexdef FROM pg_indexes
UNION ALL
SELECT conrelid::regclass::text, conname || pg_get_constraintdef(oid) || convalidated
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2
"""

residents = st.lists(
    st.builds(
        lambda number, version, name, also, birth: person(
            number, 個人履歴番号=version, 氏名=name, 通称=also, 生年月日=birth
        ),
        st.sampled_from(NUMBERS),
        st.sampled_from(["1", "2", "10"]),
        st.sampled_from(["甲　一", "乙　二　三", "TANAKA_田中　𠮷"]),
        st.sampled_from(["", "", "丙　四"]),
        st.sampled_from(["1990-05-01", "1948-00-00", ""]),
    ),
    max_size=8,
)
cars = st.lists(
    st.builds(
        lambda number, version, plate, since: vehicle(
            number, plate, 履歴番号=version, 登録年月日=since
        ),
        st.sampled_from(NUMBERS),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["北見市あ1", "北見市い2"]),
        st.sampled_from(["2020-01-01", "2020-13-01"]),
    ),
    max_size=8,
)


def register():
    """Everything an import makes, without refs, deliveries and the order of rows."""

    def plain(rows):
        return sorted(map(repr, rows))

    return (
        plain(tuple(map(as_text, row)) for row in Resident.objects.values_list(*KEPT)),
        plain(SearchKey.objects.values_list("resident__number", "kind", "key")),
        plain(Household.objects.values_list("number", "head__number")),
        plain(
            tuple(map(as_text, row))
            for row in Holding.objects.values_list(
                "identity__number", "feed", "record_key", "version", "record", "row_hash",
                "active_from", "active_until", "active", "gone_at",
            )
        ),
    )  # fmt: skip


def as_text(value):
    return bytes(value) if isinstance(value, memoryview) else value


def taken_in(*nights, knowing=()):
    """What the register is after these sets, and what became of the last; all undone again.

    `knowing` are numbers the register knows before: it is not empty then.
    """
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        for number in knowing:
            Identity.objects.create(number=number)
        for place, rows in enumerate(nights):
            done = take_in_rows(Path(folder) / f"{place}", LATER.replace(day=place + 1), **rows)
            let_go(done)
            for each in done.values():
                each.refresh_from_db()
        said = {
            feed: (
                [*Rejection.objects.filter(delivery=each).values_list("line", "reason", "columns")],
                (each.rows, each.rejected, each.held_after, each.state, each.message),
            )
            for feed, each in done.items()
        }
        found = register(), said
        assert not StagedRow.objects.exists()
        transaction.set_rollback(True)
    return found


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
)
@given(
    rows=residents,
    plates=cars,
    in_order=st.booleans(),
    knowing=st.sampled_from([(), ("0000000001", "8888888888")]),
)
def test_a_first_load_makes_what_any_other_night_makes(rows, plates, in_order, knowing):
    if in_order:
        rows.sort(key=lambda row: row["宛名番号"])
        plates.sort(key=lambda row: row["宛名番号"])
    whole = {"juki": [HERE, *rows], "light_vehicle": [CAR, *plates]}

    at_once = taken_in(whole, knowing=knowing)
    after_another = taken_in({"juki": [HERE], "light_vehicle": [CAR]}, whole)

    assert at_once == after_another


def test_a_large_first_load_makes_every_index_and_key_again(tmp_path, monkeypatch):
    monkeypatch.setattr(first_tables, "_WORTH", 3)
    with connection.cursor() as cursor:
        before = cursor.execute(SCHEMA).fetchall()
        people = [person(f"{place:010}", 個人履歴番号="2") for place in range(1, 6)]
        odd = [person("0000000007"), person("0000000007")]
        done = take_in_rows(
            tmp_path,
            juki=[*people, *odd],
            light_vehicle=[vehicle(row["宛名番号"]) for row in people],
            protection=[protection()],
            contact=[contact(電話番号_自宅="0157-00-0001")],
        )

        assert cursor.execute(SCHEMA).fetchall() == before
    assert {each.state for each in done.values()} == {"applied"}
    assert (done["juki"].new, done["juki"].held_after, done["juki"].rejected) == (6, 6, 1)
    assert len(done["juki"].summary["examples"]["new"]) == 5
    assert SearchKey.objects.filter(kind="phone").count() == 1
    undo(done["juki"])
    assert not Resident.objects.exists()
    again = take_in_rows(tmp_path, LATER, juki=people)["juki"]
    assert (again.state, again.new) == ("applied", 5)


def test_nobody_new_is_overlooked_whom_another_feed_told_of_before(tmp_path):
    take_in_rows(tmp_path, contact=[contact(電話番号_自宅="0157-00-0001")])
    ended = protection(kind="3")
    take_in_rows(tmp_path, protection=[ended])

    take_in_rows(tmp_path, LATER, juki=[person(), person("0000000002")])

    assert SearchKey.objects.filter(kind="phone", resident__number="0000000001").exists()
    with connection.cursor() as cursor:
        awaiting = cursor.execute("SELECT awaiting FROM residents_protection").fetchall()
    assert awaiting == [(True,)]


def test_a_held_first_load_can_be_released_without_its_file(tmp_path):
    bad = [person(f"{place:010}", 生年月日="") for place in range(2, 400)]
    folder = tmp_path / "x"
    held = take_in_rows(folder, juki=[person(), *bad])["juki"]
    assert (held.state, held.new, held.rejected) == ("held", 0, 398)

    done = let_go({"juki": held})["juki"]

    assert (done.state, done.new, done.rejected) == ("applied", 1, 398)
    assert Resident.objects.get().number == "0000000001"
