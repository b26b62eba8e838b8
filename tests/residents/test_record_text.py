"""A resident's row is one text, in which every item keeps its place for ever."""

import threading

import pytest
from django.db import connection, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from residents import record_items, record_text
from residents.feed import REGISTER, feed
from residents.models import RecordItem, Resident
from residents.record_text import UnknownItem
from tests import makers

NAMES = [f"項目{place}" for place in range(6)]
POSITIONS = {name: place for place, name in enumerate(NAMES)}
VALUES = st.text(
    st.one_of(st.sampled_from("\x1e\x1fef\\\t\n"), st.characters(exclude_characters="\0")),
    max_size=5,
)


@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
@example({"項目5": "\x1f"})
@example({"項目0": "\x1eef", "項目1": "\x1f\x1e", "項目2": "e"})
@example({})
def test_a_record_comes_back_as_it_was(record):
    text = record_text.encode(record, POSITIONS)

    read = record_text.decode(text, NAMES)

    assert read == {name: value for name, value in record.items() if value}
    assert [*read] == sorted(read)
    assert not text.endswith("\x1f")
    assert record_text.decode(text, [*NAMES, "あとから来た項目"]) == read


def test_what_has_no_place_is_refused():
    with pytest.raises(UnknownItem):
        record_text.encode({"項目9": "あ"}, POSITIONS)
    with pytest.raises(UnknownItem):
        record_text.decode("あ\x1fい", ["項目0"])
    assert record_text.decode(record_text.encode({}, {}), []) == {}


def test_the_items_of_the_register_have_the_order_of_its_feed(db):
    assert record_items.known().names == feed(REGISTER).columns


def test_new_items_get_the_next_places_and_are_read_where_nobody_told_of_them(db):
    held = makers.make_resident()
    before = record_items.known()

    record_items.append_missing(["氏名", "新しい項目", "氏名", "次の項目"])
    record_items._known = before  # as another process has it

    held.record = {**held.record, "次の項目": "値"}
    held.save()
    record_items._known = before
    assert Resident.objects.get().record == {k: v for k, v in held.record.items() if v}
    assert record_items.known().names == (*before.names, "新しい項目", "次の項目")


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_give_one_item_two_places():
    items = [f"同時の項目{place}" for place in range(20)]
    began, done = threading.Event(), []

    def append():
        began.set()
        try:
            record_items.append_missing([*reversed(items)])
            done.append(True)
        finally:
            connection.close()

    other = threading.Thread(target=append)
    with transaction.atomic():
        record_items.append_missing(items)
        other.start()
        began.wait()
        other.join(0.2)  # it waits for this transaction
        assert other.is_alive()
    other.join()

    assert done
    stored = [*RecordItem.objects.order_by("position").values_list("position", "name")]
    assert [position for position, _ in stored] == [*range(len(stored))]
    assert [name for _, name in stored[-20:]] == items
