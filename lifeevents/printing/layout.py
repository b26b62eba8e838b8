"""Layouts: a paper's page as well-formed XHTML on a grid of 62 columns of 3 mm.

The whole language is these attributes; anything else is plain XHTML and stays as it is:

    data-field="key"            the cell's text, fitted into the table cell it stands in
    data-kana="key"             the よみかた of the same cell, small
    data-boxes="key"            one character a box, data-count boxes
    data-choice="key=value"     □, or ☑ when the cell's value is that value (a|b: one of them)
    data-pen="key"              written by hand: never printed, data-count gives that many boxes
    data-rows="key"             a <tbody> repeated data-count times, once for each row of a list
    data-index=""               the number of the row
    data-part="bank"            a <tr> that goes on with the cells of that row in _parts.html, behind its own
    data-mm="40" data-size="9"  width in mm and size in points, where the cell's own do not fit
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lifeevents.printing.fitting import Box

FOLDER = Path(__file__).resolve().parents[2] / "templates" / "papers"
KEYED = ("data-field", "data-kana", "data-boxes", "data-choice", "data-pen")
PARTS = "_parts.html"
COLUMNS = 62
COLUMN_MM = 3.0
PADDING_MM = (2.6, 0.9)
"""What a table cell's padding and rules take from its width and height; the same as paper.css."""
KANA_MM = 3.1

_NAME = re.compile(r"[a-z][a-z0-9_]*\.html")


class LayoutError(Exception):
    """A layout is not well-formed, leaves the grid, or asks for a key its paper does not have."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A repeated part: its key, how many rows the sheet holds, and the keys of one row."""

    key: str
    count: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """One page layout, checked: what it prints, and how much room each place has."""

    name: str
    root: Element
    keys: frozenset[str]
    rows: tuple[Rows, ...]

    def copy(self) -> Element:
        """A tree of its own to be filled, with each place's room noted on it."""
        return copy.deepcopy(self.root)


@cache
def load_layout(name: str) -> Layout:
    """The layout of that file name in templates/papers. Raises LayoutError."""
    if not _NAME.fullmatch(name):
        raise LayoutError(f"not a layout's file name: {name!r}")
    path = FOLDER / name
    try:
        root = ElementTree.fromstring(path.read_text(encoding="utf-8"))
    except (OSError, ElementTree.ParseError) as error:
        raise LayoutError(f"{name}: {error}") from error
    _splice_parts(name, root)
    _drop_indentation(root)
    for table in root.iter("table"):
        if "grid" in table.get("class", "").split():
            _measure_table(name, table)
    repeated = [element for element in root.iter() if element.get("data-rows")]
    inside = {id(part) for element in repeated for part in element.iter()}
    return Layout(
        name,
        root,
        frozenset(key_of(part) for part in keyed_parts(root) if id(part) not in inside),
        tuple(
            Rows(
                element.attrib["data-rows"],
                int(element.attrib["data-count"]),
                frozenset(key_of(part) for part in keyed_parts(element)),
            )
            for element in repeated
        ),
    )


def keyed_parts(element: Element) -> Iterator[Element]:
    """The elements under this one that print a cell."""
    return (part for part in element.iter() if any(name in part.attrib for name in KEYED))


def key_of(part: Element) -> str:
    """Which cell an element prints."""
    name = next(name for name in KEYED if name in part.attrib)
    return part.attrib[name].partition("=")[0]


def box_of(part: Element) -> Box:
    """The room noted on an element. Raises LayoutError when it stands outside the grid."""
    try:
        return Box(
            float(part.attrib["data-mm"]),
            float(part.attrib["data-high"]),
            float(part.get("data-size", "11")),
        )
    except KeyError as error:
        raise LayoutError(f"no room noted for {key_of(part)!r}") from error


def height_of(rows: Element) -> float:
    """How high one repetition of a repeated part is, in mm."""
    return sum(_row_height(row) for row in rows.iter("tr"))


def _splice_parts(name: str, root: Element) -> None:
    """Give every row that names a part the part's cells: what many papers ask alike is written once."""
    for row in root.iter("tr"):
        wanted = row.attrib.pop("data-part", "")
        if wanted and wanted not in _parts():
            raise LayoutError(f"{name}: {PARTS} has no part {wanted!r}")
        row.extend(copy.deepcopy(_parts()[wanted]) if wanted else ())


@cache
def _parts() -> dict[str, list[Element]]:
    """The cells of each row of _parts.html, by its id."""
    table = ElementTree.fromstring((FOLDER / PARTS).read_text(encoding="utf-8"))
    return {row.attrib["id"]: list(row) for row in table}


def _drop_indentation(root: Element) -> None:
    """Take out the white space that only indents the file: each piece would be a box to lay out."""
    for element in root.iter():
        if element.text and not element.text.strip() and "\n" in element.text:
            element.text = None
        if element.tail and not element.tail.strip() and "\n" in element.tail:
            element.tail = None


def _measure_table(name: str, table: Element) -> None:
    """Place every cell on the grid, note each place's room, and leave only the columns it needs."""
    placed = list(_place_cells(name, table))
    edges = sorted({edge for _, start, columns in placed for edge in (start, start + columns)})
    for cell, start, columns in placed:
        spanned = edges.index(start + columns) - edges.index(start)
        cell.set("colspan", str(spanned))
    group = Element("colgroup")
    for start, end in pairwise(edges):
        SubElement(group, "col", {"class": f"c{end - start}"})
    table.insert(0, group)


def _place_cells(name: str, table: Element) -> Iterator[tuple[Element, int, int]]:
    """Every cell with its first column and how many it spans; notes its room and height."""
    rows = list(table.iter("tr"))
    for row in rows:
        row.set("data-high", _read_height(row))
    taken: list[set[int]] = [set() for _ in rows]
    for number, row in enumerate(rows):
        label = ""
        for cell in row:
            columns, down = int(cell.get("colspan", "1")), int(cell.get("rowspan", "1"))
            start = next(column for column in range(COLUMNS + 1) if column not in taken[number])
            for below in taken[number : number + down]:
                below.update(range(start, start + columns))
            label = "".join(cell.itertext()).strip() if cell.tag == "th" else label
            height = sum(map(_row_height, rows[number : number + down]))
            _note_room(cell, columns * COLUMN_MM, height, label)
            cell.set("class", f"{cell.get('class', '')} h{row.attrib['data-high']}".strip())
            yield cell, start, columns
        if taken[number] != set(range(COLUMNS)):
            found = len(taken[number])
            raise LayoutError(f"{name}: row {number + 1} ({label}) has {found} columns")


def _note_room(cell: Element, width: float, height: float, label: str) -> None:
    width, height = width - PADDING_MM[0], height - PADDING_MM[1]
    parts = list(keyed_parts(cell))
    has_kana = any("data-kana" in part.attrib for part in parts)
    for part in parts:
        part.attrib.setdefault("data-mm", f"{width:g}")
        room = KANA_MM if "data-kana" in part.attrib else height - KANA_MM * has_kana
        part.attrib.setdefault("data-high", f"{room:g}")
        part.attrib.setdefault("data-label", label)


def _read_height(row: Element) -> str:
    # On the row itself a height would stretch the last row of a rowspan (WeasyPrint 70).
    return row.attrib.pop("class", "h8").removeprefix("h")


def _row_height(row: Element) -> float:
    return float(row.attrib["data-high"])
