"""Filling: a layout's places get the frozen cells of one paper; escaped by construction.

Values become text nodes of an element tree, never markup. Only a cell that is `known` prints; a
place for the pen never prints whatever its cell says, so no 個人番号 can get onto a paper.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from lifeevents.printing import fonts
from lifeevents.printing.fitting import Fitted, fit
from lifeevents.printing.layout import KEYED, Layout, LayoutError, box_of, key_of, keyed_parts

Cell = Mapping[str, Any]
Cells = Mapping[str, Cell]

FOR_THE_PEN = frozenset({"pen", "missing", "dont_know", "protected", "withheld"})
NAME = "name"
ROOM_LEFT_FREE = {
    "date": "\u3000\u3000\u3000年\u3000\u3000\u3000月\u3000\u3000\u3000日",
    "time": "午前・午後\u3000\u3000時\u3000\u3000分",
    "number": "\u3000\u3000",
}
"""What an empty place shows so that the pen knows what belongs where."""

_EMPTY: Cell = {"state": "blank"}
_NOTES = ("data-mm", "data-high", "data-size", "data-count", "data-index", "data-rows")


@dataclass(frozen=True, slots=True)
class Overflow:
    """A value with no room on the sheet: where it belongs and its whole text."""

    mark: str
    label: str
    text: str


@dataclass(slots=True)
class Notes:
    """What one filling could not put on the sheet."""

    overflows: list[Overflow] = field(default_factory=list)
    missing_glyphs: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Filled:
    """A filled layout, and the rows of each list that the sheet does not hold."""

    root: Element
    remaining: Mapping[str, Sequence[Cells]]
    notes: Notes


def fill(layout: Layout, cells: Cells, rows: Mapping[str, Sequence[Cells]]) -> Filled:
    """Fill a layout. Raises LayoutError when it asks for a key the paper does not have."""
    root, notes = layout.copy(), Notes()
    remaining = {}
    for part in [element for element in root.iter() if element.get("data-rows")]:
        given = _rows_of(layout, rows, part)
        count = int(part.attrib["data-count"])
        fill_rows(layout, part, given[:count], notes, count=count)
        if given[count:]:
            remaining[part.attrib["data-rows"]] = given[count:]
    _fill_parts(layout, root, cells, notes)
    _finish(root)
    return Filled(root, remaining, notes)


def fill_rows(
    layout: Layout,
    part: Element,
    given: Sequence[Cells],
    notes: Notes,
    *,
    count: int,
    first: int = 1,
) -> None:
    """Repeat a part's rows `count` times and fill as many as are given; `first` is its number."""
    pattern = list(part)
    part[:] = []
    for number in range(count):
        cells = given[number] if number < len(given) else None
        for row in copy.deepcopy(pattern):
            part.append(row)
            for label in row.iter():
                if "data-index" in label.attrib:
                    label.text = str(first + number)
            place = f"{part.attrib['data-rows']}.{first + number}."
            _fill_parts(layout, row, cells, notes, place=place)


def set_text(
    element: Element, fitted: Fitted, notes: Notes, stack: tuple[str, ...] = fonts.VALUE
) -> None:
    """Put fitted lines into an element, each run of characters in a font that holds it."""
    if fitted.scale == 100 and len(fitted.lines) == 1:
        add_runs(element, fitted.lines[0], notes, stack)
        return
    _add_class(element, f"fit{fitted.scale}")
    for text in fitted.lines:
        line = SubElement(element, "span", {"class": "line"})
        add_runs(line, text, notes, stack)


def add_runs(
    element: Element, text: str, notes: Notes, stack: tuple[str, ...] = fonts.VALUE
) -> None:
    """Append a text to an element; a character no font holds is shown marked and noted."""
    for run in fonts.choose_fonts(text, stack):
        if run.family == stack[0]:
            _append_text(element, run.text)
        elif run.family:
            slug = run.family.lower().replace(" ", "-")
            SubElement(element, "span", {"class": f"f-{slug}"}).text = run.text
        else:
            _add_missing(element, run.text, notes, stack)


def _add_missing(element: Element, text: str, notes: Notes, stack: tuple[str, ...]) -> None:
    for cluster in fonts.split_clusters(text):
        mark = SubElement(element, "span", {"class": "missing-glyph"})
        mark.text = fonts.stand_in(cluster, stack)
        if cluster not in notes.missing_glyphs:
            notes.missing_glyphs.append(cluster)


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _rows_of(layout: Layout, rows: Mapping[str, Sequence[Cells]], part: Element) -> Sequence[Cells]:
    try:
        return rows[part.attrib["data-rows"]]
    except KeyError as error:
        raise LayoutError(f"{layout.name}: the paper has no rows {error}") from error


def _fill_parts(
    layout: Layout, root: Element, cells: Cells | None, notes: Notes, *, place: str = ""
) -> None:
    """Fill the places under an element; `cells` None leaves them empty (a row nobody needs)."""
    for part in list(keyed_parts(root)):
        key = key_of(part)
        if cells is not None and key not in cells:
            raise LayoutError(f"{layout.name}: the paper has no field {key!r}")
        _fill_part(part, cells[key] if cells is not None else _EMPTY, notes)
        _forget_key(part, place)


def _fill_part(part: Element, cell: Cell, notes: Notes) -> None:
    if "data-pen" in part.attrib:
        cell = {"state": "pen"} if cell is not _EMPTY else cell
    if "data-choice" in part.attrib:
        _tick(part, cell)
    elif "data-count" in part.attrib:
        _fill_boxes(part, cell, notes)
    elif "data-kana" in part.attrib:
        _fill_kana(part, cell, notes)
    else:
        _fill_field(part, cell, notes)
    if needs_pen(cell):
        _add_class(part, "pen")


def _fill_field(part: Element, cell: Cell, notes: Notes) -> None:
    _add_class(part, f"value s{part.get('data-size', '11')}")
    text = text_of(cell)
    if text:
        fitted = fit(text, box_of(part), is_name=cell.get("print") == NAME)
        if fitted.overflow:
            fitted = _refer_to_sheet(part, cell, text, notes)
        set_text(part, fitted, notes)
    elif "data-pen" not in part.attrib and cell.get("print") in ROOM_LEFT_FREE:
        fitted = fit(ROOM_LEFT_FREE[cell["print"]], box_of(part))
        set_text(part, fitted, notes)


def _fill_kana(part: Element, cell: Cell, notes: Notes) -> None:
    _add_class(part, "kana")
    kana = cell.get("kana", "") if cell["state"] == "known" else ""
    part.set("data-size", "7")
    if kana:
        fitted = fit(kana, box_of(part), is_name=True)
        if fitted.overflow:
            fitted = _refer_to_sheet(part, cell, kana, notes)
        set_text(part, fitted, notes)


def _fill_boxes(part: Element, cell: Cell, notes: Notes) -> None:
    _add_class(part, "boxes")
    clusters = list(fonts.split_clusters(text_of(cell)))
    count = int(part.attrib["data-count"])
    if len(clusters) > count:
        set_text(part, _refer_to_sheet(part, cell, text_of(cell), notes), notes)
        return
    for cluster in clusters + [""] * (count - len(clusters)):
        add_runs(SubElement(part, "span", {"class": "box"}), cluster, notes)


def _tick(part: Element, cell: Cell) -> None:
    _add_class(part, "choice")
    value = cell.get("value") if cell["state"] == "known" else None
    wanted = part.attrib["data-choice"].partition("=")[2].split("|")
    box = Element("span", {"class": "check"})
    box.text, box.tail, part.text = "□", part.text, None
    if any(one in wanted for one in _words(value)):
        SubElement(box, "span", {"class": "tick"}).text = "✓"
    part.insert(0, box)


def _words(value: Any) -> Iterator[str]:
    match value:
        case None:
            return
        case bool():
            yield "true" if value else "false"
        case list():
            yield from map(str, value)
        case _:
            yield str(value)


def needs_pen(cell: Cell) -> bool:
    """Whether the resident must still write here; a value nobody needs may stay empty."""
    optional = cell["state"] == "missing" and cell.get("required") is False
    return cell["state"] in FOR_THE_PEN and not optional


def text_of(cell: Cell) -> str:
    """What a cell prints; nothing unless it is known."""
    if cell["state"] != "known":
        return ""
    return str(cell.get("text") or "")


def _refer_to_sheet(part: Element, cell: Cell, text: str, notes: Notes) -> Fitted:
    mark = f"別紙{len(notes.overflows) + 1}"
    notes.overflows.append(
        Overflow(mark, str(cell.get("label") or part.get("data-label", "")), text)
    )
    return Fitted((f"{mark}参照",), 80)


def _add_class(element: Element, names: str) -> None:
    element.set("class", f"{element.get('class', '')} {names}".strip())


def _forget_key(part: Element, place: str) -> None:
    """Leave of the layout's attributes only `data-key`, by which the desk outlines a box.

    In a list it is `children.2.name`, rows counted from 1.
    """
    key = f"{place}{key_of(part)}"
    for name in (*KEYED, "data-label", *_NOTES):
        part.attrib.pop(name, None)
    part.set("data-key", key)


def _finish(root: Element) -> None:
    """A table cell whose every place is for the pen is marked as a whole."""
    for cell in root.iter("td"):
        parts = [part for part in cell.iter() if "data-key" in part.attrib]
        names = [part.get("class", "").split() for part in parts]
        if names and all("pen" in name and "boxes" not in name for name in names):
            _add_class(cell, "pen")
    for element in root.iter():
        for name in _NOTES:
            element.attrib.pop(name, None)
