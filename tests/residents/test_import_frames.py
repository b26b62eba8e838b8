"""Rows split as frames are the rows that the strict reader finds, or are refused alike."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from residents.feed import feed
from residents.importing import frames, lines
from residents.importing.refusal import FileRefused

JUKI = feed("juki")
NEEDED = [each.name for each in JUKI.items if each.required]
HEADER = ",".join(NEEDED) + "\r\n"
REST = "," * (len(NEEDED) - 1)
PIECES = st.sampled_from(
    ["0000000001", "1", "", "甲　一", "𠮷", "\ufeff", "\0", "\x1f", " ", "'", '"', '""', ","]
    + ["\n", "\r", "\r\n", REST + "\r\n", REST + "\r\n", REST + "\n", REST + '"甲\n一"\n']
    + [",".join(['"甲""一"'] * len(NEEDED)) + end for end in ("\r\n", "\n")]
)
TEXTS = st.text(st.sampled_from("甲𠮷a1 　,'\"\t\0"), max_size=4)


class Dripping(io.BytesIO):
    """Gives a few bytes at a time, so that a small file has many blocks."""

    def read(self, size=-1):
        return super().read(min(size, 40))


def told(**form):
    return replace(JUKI, format=replace(JUKI.format, **form))


def strictly(raw, of):
    with lines.opened(io.BytesIO(raw), of.format) as rows:
        if of.format.header:
            next(rows, None)
        yield from rows


def framed(raw, of):
    with frames.opened(Dripping(raw), of) as (_, table):
        for frame in table:
            for place, (line, cells) in enumerate(
                zip(frame.lines, frame.cells.rows(), strict=True)
            ):
                yield line, frame.ragged.get(place, [*cells])


def found(read, raw, of):
    try:
        return list(read(raw, of))
    except FileRefused as refusal:
        return refusal.reason  # the line it names is near the mistake, not always the same


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("quote", ["double", "single", "none"])
def test_any_file_is_read_or_refused_as_the_strict_reader_does(encoding, quote):
    of = told(encoding=encoding, quote=quote)

    @given(st.lists(PIECES, max_size=40).map("".join), st.booleans())
    @example(f"1{REST}\r\n", True)
    @example(f"{REST[1:]}\n{REST},\n", False)
    @example(f"{REST}\r\n" * 9 + f'"甲\n一"{REST}\n' + f"{REST}\n" * 9, False)
    def compare(text, broken):
        raw = (HEADER + text).encode(encoding, "ignore") + b"\x81\xff\n" * broken

        framed_so, read_so = found(framed, raw, of), found(strictly, raw, of)
        if broken and not {*text}.isdisjoint("'\""):  # of two mistakes either may be found first
            framed_so, read_so = type(framed_so), type(read_so)
        assert framed_so == read_so

    compare()


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
def test_a_file_with_quotes_as_a_writer_puts_them_is_read_as_it_was_written(quoting):
    @given(st.lists(st.lists(TEXTS, min_size=len(NEEDED), max_size=len(NEEDED)), max_size=9))
    def compare(rows):
        text = io.StringIO(newline="")
        csv.writer(text, quoting=quoting).writerows(rows)
        raw = (HEADER + text.getvalue()).encode()

        assert list(framed(raw, JUKI)) == list(strictly(raw, JUKI))

    compare()


def test_a_file_with_every_cell_in_quotes_is_not_read_line_by_line():
    raw = (HEADER + ",".join(['"甲""一,"'] * len(NEEDED)) + "\r\n").encode()

    with frames.opened(io.BytesIO(raw), JUKI) as (_, table):
        (frame,) = table

    assert frame.lines == range(2, 3)
    assert frame.cells.rows() == [('甲"一,',) * len(NEEDED)]


def test_a_plain_file_is_not_read_line_by_line():
    raw = (HEADER + f"1{REST}\r\n" * 3).encode()

    with frames.opened(io.BytesIO(raw), JUKI) as (_, table):
        (frame,) = table

    assert frame.lines == range(2, 5)
    assert frame.cells.rows() == [("1", *[""] * len(REST))] * 3
