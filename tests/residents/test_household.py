"""The standard order of 世帯員 (住民記録システム標準仕様書 5.2)."""

from datetime import date
from itertools import count
from uuid import uuid4

import pytest

from residents.household import Member, in_order

_numbers = count(1)


def member(*codes, born=date(1990, 1, 1), number=None):
    return Member(uuid4(), number or f"{next(_numbers):010}", codes, born)


STANDARD = [
    ("02",), ("12",), ("20",), ("20", "12"), ("20", "20"), ("51",), ("52",), ("12", "51"),
    ("71",), ("84",), ("12", "84"), ("51", "51"), ("71", "12"), ("96",), ("99",), (),
]  # fmt: skip


def test_everyone_stands_where_the_standard_puts_them():
    members = [member(*codes) for codes in STANDARD]

    assert in_order(reversed(members)) == tuple(members)


def test_children_stand_by_birth_and_then_by_number():
    youngest = member("20", born=date(2020, 1, 1))
    twin, other_twin = (member("20", born=date(2015, 1, 1), number=no) for no in ("2", "1"))
    unknown = member("20", born=None)

    assert in_order([unknown, youngest, twin, other_twin]) == (other_twin, twin, youngest, unknown)


def test_a_spouses_child_stands_among_the_children():
    own, step = member("20", born=date(2015, 1, 1)), member("12", "20", born=date(2010, 1, 1))

    assert in_order([own, step]) == (step, own)


@pytest.mark.parametrize("codes", [("XX",), ("77",), ("2X", "99")])
def test_codes_nobody_knows_still_have_a_place(codes):
    head, odd = member("02"), member(*codes)

    assert in_order([odd, head]) == (head, odd)
