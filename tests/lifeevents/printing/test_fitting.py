"""Values shrink, then take more lines, then are marked; nothing is lost on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifeevents.printing.fitting import LEADING, POINT, SCALES, Box, fit

LINE = Box(width=60, height=7, size=11)
TALL = Box(width=60, height=12, size=11)


def em(text):
    """A plain measure, so that the properties do not hang on installed fonts."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


def set_in(text, box, **how):
    return fit(text, box, measure=em, **how)


texts = st.text(st.sampled_from("山田花子北見市１２ー、。（）AB-12 \u3000\n葛"), max_size=120)
boxes = st.builds(
    Box,
    width=st.floats(5, 180),
    height=st.floats(2, 40),
    size=st.sampled_from([7.0, 9.0, 10.0, 11.0, 14.0]),
)


def test_a_short_value_keeps_its_size():
    fitted = set_in("山田\u3000花子", LINE)

    assert (fitted.lines, fitted.scale) == (("山田\u3000花子",), 100)


def test_a_longer_value_shrinks_on_one_line():
    fitted = set_in("北" * 16, LINE)

    assert len(fitted.lines) == 1
    assert fitted.scale == 95


def test_an_address_breaks_between_its_number_and_its_building_at_full_size():
    fitted = set_in("北見市大通西二丁目１番地\u3000北見マンション", TALL)

    assert fitted.lines == ("北見市大通西二丁目１番地", "北見マンション")
    assert fitted.scale == 100


def test_a_name_breaks_only_between_its_parts():
    fitted = set_in("勅使河原長谷川\u3000アレクサンドラ", Box(30, 12, 11), is_name=True)

    assert fitted.lines == ("勅使河原長谷川", "アレクサンドラ")


def test_a_name_with_no_room_for_its_parts_is_marked_and_never_cut():
    fitted = set_in("勅使河原" * 9, LINE, is_name=True)

    assert fitted.overflow
    assert fitted.lines == ()


def test_no_line_begins_with_a_closing_mark():
    fitted = set_in("山" * 15 + "。" + "川" * 4, Box(60, 12, 11))

    assert all(not line.startswith("。") for line in fitted.lines)


def test_a_number_is_not_parted():
    fitted = set_in("山" * 13 + "0157-23-0000", TALL)

    assert any("0157-23-0000" in line for line in fitted.lines)


@pytest.mark.parametrize("text", ["", " ", "\u3000\n"])
def test_an_empty_value_is_no_error(text):
    assert not set_in(text, LINE).overflow


@given(texts, boxes, st.booleans())
@settings(max_examples=400, deadline=None)
def test_what_is_set_fits_its_box_and_is_the_whole_text(text, box, is_name):
    fitted = set_in(text, box, is_name=is_name)

    if not fitted.overflow:
        size = box.size * POINT * fitted.scale / 100
        high = size if len(fitted.lines) == 1 else size * LEADING * len(fitted.lines)
        assert fitted.scale in SCALES
        assert high <= box.height + 1e-3
        assert all(em(line) * size <= box.width + 1e-6 for line in fitted.lines)
        assert "".join("".join(fitted.lines).split()) == "".join(text.split())


@given(texts, boxes)
@settings(max_examples=300, deadline=None)
def test_a_name_is_never_broken_inside_a_part(text, box):
    fitted = set_in(text, box, is_name=True)

    parts = text.split()
    assert fitted.overflow or all(any(part in line for line in fitted.lines) for part in parts)


@given(texts, boxes)
@settings(max_examples=200, deadline=None)
def test_more_room_never_makes_a_value_overflow(text, box):
    roomier = Box(box.width * 1.5, box.height * 1.5, box.size)

    assert set_in(text, box).overflow or not set_in(text, roomier).overflow
