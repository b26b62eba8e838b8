"""Sheets: the frame every paper stands in (number, title, addressee, office area, 2D code)."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from math import ceil
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lifeevents.printing import fonts
from lifeevents.printing.filling import Notes, add_runs, fill, fill_rows
from lifeevents.printing.layout import FOLDER, Layout, height_of, load_layout
from residents import wareki

MAYOR = "mayor"
OFFICE = "office-part"
BODY_HIGH_MM = 190.0
"""What a continuation sheet has below its heading, or below its table's."""
OVERFLOW_LINE_EM, OVERFLOW_LINE_MM, OVERFLOW_HEADING_MM = 50.0, 5.6, 10.0
OVERFLOW_PART = 720
"""Characters of one value listed in one piece: 15 lines of 10.5 pt, half a sheet."""


def build_sheets(
    paper: Mapping[str, Any], content: Mapping[str, Any], *, name: str
) -> tuple[list[Element], Notes]:
    """One paper as its sheet and, for what the sheet cannot hold, its continuation sheets (続紙).

    `name` becomes the first sheet's anchor. Raises LayoutError when layout and paper do not match.
    """
    layout = load_layout(paper["layout"])
    filled = fill(layout, paper["cells"], paper.get("rows", {}))
    sheets = [_frame(paper, content, filled.root, filled.notes)]
    sheets[0].set("id", name)
    for body in _continue_rows(layout, filled.remaining, filled.notes):
        sheets.append(_frame(paper, content, body, filled.notes, continued=len(sheets)))
    for body in _list_overflows(filled.notes):
        sheets.append(_frame(paper, content, body, filled.notes, continued=len(sheets)))
    return sheets, filled.notes


def _frame(
    paper: Mapping[str, Any],
    content: Mapping[str, Any],
    body: Element,
    notes: Notes,
    *,
    continued: int = 0,
) -> Element:
    sheet = _template("_sheet.html")
    slots = {
        slot.attrib.pop("data-slot"): slot for slot in sheet.iter() if "data-slot" in slot.attrib
    }
    title = f"{paper['title']}　続紙{continued}" if continued else paper["title"]
    above = paper.get("subject") or "" if continued else f"{_addressee(paper, content)}　様"
    slots["title"].set("class", f"form-title {_title_width(title)}")
    add_runs(slots["title"], title, notes)
    add_runs(slots["form_number"], paper.get("form_number") or "", notes)
    add_runs(slots["on"], wareki.format(date.fromisoformat(content["on"])), notes)
    add_runs(slots["addressee"], above, notes)
    slots["body"].append(body)
    if continued:
        slots["office"].clear()
    else:
        slots["office"].append(_office_part(body))
    slots["code"].append(draw_code(content["number"]))
    SubElement(slots["code"], "p").text = content["number"]
    return sheet


def draw_code(text: str) -> Element:
    """A 2D code as an SVG element that holds exactly this text."""
    return copy.deepcopy(_code(text))


@lru_cache(maxsize=64)
def _code(text: str) -> Element:
    import segno  # only printing needs it

    drawn = segno.make(text, error="m", micro=False, boost_error=False)
    svg = drawn.svg_inline(omitsize=True, border=0, svgclass="qr", title=f"2次元コード {text}")
    element = ElementTree.fromstring(svg.replace(' xmlns="http://www.w3.org/2000/svg"', ""))
    element.set("role", "img")
    return element


def _addressee(paper: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    addressee = paper.get("addressee") or MAYOR
    return content["town"]["mayor"] if addressee == MAYOR else addressee


def _title_width(title: str) -> str:
    return "wide" if len(title) <= 6 else "middle" if len(title) <= 14 else "narrow"


def _office_part(body: Element) -> Element:
    """The layout's own office area, taken to the foot of the sheet; else the usual one."""
    for parent in body.iter():
        for child in parent:
            if OFFICE in child.get("class", "").split():
                parent.remove(child)
                return child
    return _template("_office.html")


def _continue_rows(
    layout: Layout, remaining: Mapping[str, Sequence[Any]], notes: Notes
) -> list[Element]:
    """Tables of the rows beyond the sheet, as many a sheet as are not too high."""
    bodies = []
    for key, given in remaining.items():
        table = _table_of(layout, key)
        part = next(element for element in table if element.get("data-rows") == key)
        fits = max(1, int(BODY_HIGH_MM / height_of(part)))
        held = int(part.attrib["data-count"])
        for start in range(0, len(given), fits):
            page = copy.deepcopy(table)
            rows = next(element for element in page if element.get("data-rows") == key)
            here = given[start : start + fits]
            fill_rows(layout, rows, here, notes, count=len(here), first=held + start + 1)
            bodies.append(page)
    return bodies


def _table_of(layout: Layout, key: str) -> Element:
    """The table around a repeated part, with its heading and without its other bodies."""
    table = next(
        table
        for table in layout.copy().iter("table")
        if any(part.get("data-rows") == key for part in table)
    )
    for part in list(table):
        if part.tag == "tbody" and part.get("data-rows") != key:
            table.remove(part)
    return table


def _list_overflows(notes: Notes) -> list[Element]:
    """The values that had no room, whole, on as many sheets as they need."""
    bodies: list[Element] = []
    used = BODY_HIGH_MM
    for overflow in notes.overflows:
        for number, text in enumerate(_cut(overflow.text)):
            lines = ceil(fonts.measure(text) / (OVERFLOW_LINE_EM - 1))
            high = lines * OVERFLOW_LINE_MM + OVERFLOW_HEADING_MM
            if used + high > BODY_HIGH_MM:
                bodies.append(Element("div", {"class": "overflow-list"}))
                used = 0.0
            used += high
            entry = SubElement(bodies[-1], "div", {"class": "overflow"})
            heading = f"{overflow.mark}　{overflow.label}{'（続き）' if number else ''}"
            SubElement(entry, "h2").text = heading
            add_runs(SubElement(entry, "p"), text, notes)
    return bodies


def _cut(text: str) -> list[str]:
    """A text in parts of half a sheet at most."""
    clusters = list(fonts.split_clusters(text))
    return [
        "".join(clusters[start : start + OVERFLOW_PART])
        for start in range(0, len(clusters), OVERFLOW_PART)
    ]


@cache
def _read_template(name: str) -> Element:
    return ElementTree.fromstring((FOLDER / name).read_text(encoding="utf-8"))


def _template(name: str) -> Element:
    return copy.deepcopy(_read_template(name))
