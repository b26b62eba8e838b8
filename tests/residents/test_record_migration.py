"""Residents stored as JSON become texts, with what undoes a delivery and what waits to be released."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from residents.feed import REGISTER, feed
from residents.models import Resident
from tests.residents.exports import (
    LATER,
    let_go,
    nhi,
    person,
    take_in,
    take_in_rows,
    undo,
    write,
)
from tests.residents.test_import_properties import found_by, written

pytestmark = pytest.mark.django_db(transaction=True)
ODD = "甲\x1f乙\x1e丙"


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("residents", name)])
    connection.close()  # what it had prepared was for the tables as they were


@pytest.fixture
def before_texts():
    """Goes back to JSON and on again, in between what the test asks."""
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("residents")[0][1]

    def there_and_back(look):
        migrate("0019_record_items")
        try:
            look()
        finally:
            migrate(newest)

    return there_and_back


def test_a_register_of_json_is_the_same_as_texts(tmp_path, before_texts):
    rows = [
        person(氏名="旧姓　花子"),
        person("0000000002", 住所_方書=ODD),
        person("0000000003"),
        person("0000000003", 個人履歴番号="2", 氏名="見本　二"),
    ]
    take_in_rows(tmp_path, juki=rows, nhi=[nhi()])
    first = written(tmp_path), found_by()
    (second,) = take_in_rows(
        tmp_path, LATER, juki=[person(個人履歴番号="2"), *rows[1:], person("4")]
    ).values()
    assert second.state == "applied"
    now = written(tmp_path), found_by()

    def look():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT record->>'住所_方書', record FROM residents_resident ORDER BY number"
            )
            found = cursor.fetchall()
            assert [place for place, _ in found] == [None, ODD, None, None]
            cursor.execute("""SELECT "row"->'record'->>'氏名' FROM residents_beforeimage
                WHERE "table" = 'residents_resident'""")
            assert cursor.fetchall() == [("旧姓　花子",)]

    before_texts(look)

    assert (written(tmp_path), found_by()) == now
    # A 全件 read whole that says the same changes nobody but who has several rows, and them once.
    rows = [person(個人履歴番号="2"), *rows[1:], person("4")]
    third = _take_in_whole(tmp_path, LATER.replace(day=3), rows)
    assert (third.new, third.changed, third.gone, third.unchanged) == (0, 1, 0, 3)
    assert (written(tmp_path), found_by()) == now
    fourth = _take_in_whole(tmp_path, LATER.replace(day=4), rows)
    assert (fourth.changed, fourth.unchanged) == (0, 4)
    for each in (fourth, third, second):
        undo(each)
    assert (written(tmp_path), found_by()) == first


def test_what_is_held_is_released_as_texts(tmp_path, before_texts):
    take_in_rows(tmp_path, juki=[person(f"{place:010}") for place in range(1, 50)])
    (held,) = take_in_rows(tmp_path, LATER, juki=[person(住所_方書=ODD)]).values()
    assert held.state == "held"

    before_texts(lambda: None)
    let_go({"juki": held})

    held.refresh_from_db()
    assert held.state == "applied"
    assert Resident.objects.get(gone_at=None).record["住所_方書"] == ODD


def _take_in_whole(tmp_path, at, rows):
    """Take in a 全件 whose columns stand in an order of their own: its lines are like no others."""
    names = feed(REGISTER).columns
    columns = (*names[at.day :], *names[: at.day])
    path = write(tmp_path / f"{at:%d}", "juki", rows, at=at, columns=columns)
    (delivery,) = take_in(path).values()
    assert (delivery.state, delivery.whole) == ("applied", True)
    return delivery
