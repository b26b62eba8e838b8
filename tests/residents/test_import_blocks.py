"""Rows looked at by the thousand are the rows that looking at each of them finds."""

from datetime import date

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from residents import record_items
from residents.feed import feed
from residents.importing import blocks, columns, frames
from residents.importing.oddities import Oddities
from residents.importing.rows import Check
from tests.residents.exports import nhi, person, protection, vehicle

pytestmark = pytest.mark.django_db  # which places the items have is there
AS_OF = date(2026, 11, 1)
NUMBERS = st.sampled_from(["0000000001", "0000000002", "Ａ", "", "0000000000000016"])
DAYS = st.sampled_from(
    ["", "1990-05-01", "1948-00-00", "2023-02-29", "1984-02-29", "2026-12-01", "1880-01-01", "？"]
    + ["0000-01-01", "9999-12-31", "2020-13-01", "2020-1-1"]
)
CODES = st.sampled_from(["", "1", "2", "02", "20", "99", "１"])
ODD = [
    *("", "甲　一", '"甲"', "甲\\一", "甲\ufffd", "甲\0", "甲\n一", "甲\u202e", "甲\ue000", "|"),
    *("葛\U000e0101城", "\U000e0101" * 90, "長" * 400),
    *("123456789018", "1234-5678-9018", "１２３４５６７８９０１８"),
]
TEXTS = st.one_of(st.sampled_from(ODD), st.text(max_size=6))
MEANT = {"X": CODES, "9": CODES, "DATE": DAYS, "N": TEXTS}


PLAIN = {"juki": person(), "nhi": nhi(), "protection": protection(), "light_vehicle": vehicle()}


def _tables(code):
    """The titles of a feed's file, and rows: a plain one, some of whose cells may be anything."""
    items = [each for each in feed(code).items if not each.drop]
    titles = [each.name for each in items]
    cells = {each.name: MEANT.get(each.type, TEXTS) for each in items}
    cells[feed(code).key[0]] = NUMBERS
    changed = st.lists(st.sampled_from(titles), max_size=3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: cells[name] for name in names})
    )
    row = changed.map(lambda some: [(PLAIN[code] | some).get(name, "") for name in titles])
    return titles, st.lists(st.one_of(row, row, row.map(lambda each: each[:-1])), max_size=8)


@pytest.mark.parametrize("code", PLAIN)
def test_a_block_finds_what_looking_at_each_row_finds(code):
    told = feed(code)

    titles, tables = _tables(code)

    def with_odd(title):
        return [[(PLAIN[code] | {title: text}).get(name, "") for name in titles] for text in ODD]

    @given(tables)
    @example(with_odd(told.key[0]))
    @example(with_odd(titles[-1]))
    def compare(cells):
        places = columns.read(titles, told)
        lines = list(enumerate(cells, 2))
        check = Check(told, places, AS_OF)

        table = frames.of_lines(iter(lines), len(titles))
        assert list(blocks.checked(table, places, told, AS_OF)) == [
            check.row(line, row) for line, row in lines
        ]
        noted = Oddities(told)
        before = {name: repr(value) for name, value in vars(noted).items()}
        table = frames.of_lines(iter(lines), len(titles))
        for block in blocks.read(table, places, told, AS_OF):
            for at, row in enumerate(block):
                if at not in block.alone:
                    noted.note(orjson.loads(row.record))
        assert {name: repr(value) for name, value in vars(noted).items()} == before

    compare()


def test_a_plain_row_is_not_looked_at_alone():
    told = feed("juki")
    table = frames.of_lines(iter([(2, list(PLAIN["juki"].values()))]), len(PLAIN["juki"]))

    (block,) = blocks.read(table, columns.read(list(PLAIN["juki"]), told), told, AS_OF)

    assert not block.alone
    (row,) = block
    assert orjson.loads(row.record) == record_items.decode(row.record_text) == PLAIN["juki"]
