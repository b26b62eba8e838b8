"""The cover (受付票): what was received, by when, what to bring, and where each paper goes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from lifeevents.printing import fonts
from lifeevents.printing.filling import Notes, add_runs, needs_pen
from lifeevents.printing.sheet import draw_code
from residents import wareki

WEEKDAYS = "月火水木金土日"
STATES = {
    "submitted": "受け付けました",
    "guided": "ご案内",
    "pending": "確認が必要です",
    "visit": "窓口で手続をします",
}


def build_cover(
    content: Mapping[str, Any], anchors: Mapping[int, str], notes: Notes, *, name: str
) -> Element:
    """The cover of a bundle; `anchors` gives each paper's anchor by its place in the content."""
    cover = Element("section", {"class": "cover", "id": name})
    _add_heading(cover, content, notes)
    _add_checklist(cover, content["checklist"], notes)
    if content["papers"]:
        _add_papers(cover, content["papers"], anchors, notes)
    _add_closing(cover, content, notes)
    return cover


def _add_heading(cover: Element, content: Mapping[str, Any], notes: Notes) -> None:
    head = SubElement(cover, "header", {"class": "cover-head"})
    words = SubElement(head, "div", {"class": "cover-words"})
    _add(words, "p", "cover-town", f"{content['town']['name']}　{content['office']}", notes)
    _add(words, "h1", "cover-title", f"受付票　{content['event']}の手続", notes)
    number = SubElement(words, "p", {"class": "cover-number"})
    SubElement(number, "span", {"class": "cover-label"}).text = "受付番号"
    SubElement(number, "strong").text = content["number"]
    details = SubElement(words, "p", {"class": "cover-details"})
    for label, value in (
        ("届け出た人", f"{content['applicant']}　様"),
        ("受付日", _say_day(content["on"])),
    ):
        SubElement(details, "span", {"class": "cover-label"}).text = label
        add_runs(SubElement(details, "span", {"class": "cover-value"}), value, notes, fonts.LABEL)
    if content.get("follow"):
        _add_code(head, content["follow"], "ご自宅で状況を見る")
    _add_code(head, content["number"], "窓口でお見せください")


def _add_code(head: Element, text: str, caption: str) -> None:
    code = SubElement(head, "div", {"class": "cover-code"})
    code.append(draw_code(text))
    SubElement(code, "p").text = caption


def _add_checklist(cover: Element, departments: Iterable[Mapping], notes: Notes) -> None:
    _add(cover, "h2", "", "手続の一覧", notes)
    for department in departments:
        block = SubElement(cover, "table", {"class": "checklist"})
        head = SubElement(SubElement(SubElement(block, "thead"), "tr"), "th", {"colspan": "3"})
        add_runs(head, department["department"], notes, fonts.LABEL)
        if department.get("place"):
            _add(head, "span", "place", f"窓口 {department['place']}", notes)
        body = SubElement(block, "tbody")
        for item in department["items"]:
            _add_item(body, item, notes)


def _add_item(body: Element, item: Mapping[str, Any], notes: Notes) -> None:
    row = SubElement(body, "tr")
    SubElement(row, "td", {"class": "cover-check"}).text = "□"
    main = SubElement(row, "td", {"class": "cover-item"})
    title = SubElement(main, "p", {"class": "item-name"})
    _add(title, "strong", "", item["name"], notes)
    if item.get("subject"):
        _add(title, "span", "item-subject", item["subject"], notes)
    if item.get("because"):
        _add(main, "p", "item-because", "、".join(map(_words, item["because"])), notes)
    if item.get("documents"):
        brought = SubElement(main, "div", {"class": "item-bring"})
        SubElement(brought, "span", {"class": "bring-label"}).text = "持ち物"
        listed = SubElement(brought, "div", {"class": "bring-list"})
        for document in item["documents"]:
            _add(listed, "span", "bring", f"□ {_words(document)}", notes)
    when = SubElement(row, "td", {"class": "cover-when"})
    _add(when, "p", f"state-{item['state']}", STATES.get(item["state"], item["state"]), notes)
    if item["state"] == "submitted":
        return
    if item.get("deadline"):
        _add(when, "p", "item-deadline", f"{_say_day(item['deadline'])}まで", notes)
    elif item.get("deadline_text"):
        _add(when, "p", "item-term", item["deadline_text"], notes)


def _add_papers(
    cover: Element, papers: list[Mapping], anchors: Mapping[int, str], notes: Notes
) -> None:
    listing = SubElement(cover, "div", {"class": "papers-behind"})
    _add(listing, "h2", "", "この後ろにある書類", notes)
    table = SubElement(listing, "table", {"class": "paper-list"})
    head = SubElement(SubElement(table, "thead"), "tr")
    for label in ("担当", "書類", "対象", "手書きの欄", "頁"):
        SubElement(head, "th").text = label
    body = SubElement(table, "tbody")
    listed = ((number, papers[number]) for number in anchors)
    for department, group in groupby(listed, key=lambda pair: pair[1]["department_name"]):
        for place, (number, paper) in enumerate(group):
            row = SubElement(body, "tr")
            _add(row, "td", "", department if place == 0 else "", notes)
            _add(row, "td", "", paper["title"], notes)
            _add(row, "td", "", paper.get("subject") or "", notes)
            _add(row, "td", "for-the-pen", _say_pen(paper), notes)
            page = SubElement(row, "td", {"class": "page-of"})
            SubElement(page, "a", {"href": f"#{anchors[number]}"}).text = ""


def _add_closing(cover: Element, content: Mapping[str, Any], notes: Notes) -> None:
    if content["papers"]:
        closing = SubElement(cover, "p", {"class": "cover-closing"})
        SubElement(closing, "span", {"class": "swatch pen"}).text = "\u3000"
        SubElement(
            closing, "span"
        ).text = "の欄だけ、手書きでご記入ください。ほかの欄は印刷した内容をお確かめください。"
    printed = datetime.fromisoformat(content["printed_at"])
    words = f"印刷 {wareki.format(printed.date())} {printed:%H:%M}"
    _add(cover, "p", "cover-printed", words, notes)


def _say_day(text: str) -> str:
    """令和8年4月1日（水）."""
    day = date.fromisoformat(text)
    return f"{wareki.format(day)}（{WEEKDAYS[day.weekday()]}）"


def _say_pen(paper: Mapping[str, Any]) -> str:
    """署名など, when something is left for the pen: how many places."""
    cells = [*paper["cells"].values()]
    cells += [
        cell for rows in paper.get("rows", {}).values() for row in rows for cell in row.values()
    ]
    count = sum(map(needs_pen, cells))
    return f"{count}か所" if count else "なし"


def _words(entry: Any) -> str:
    if isinstance(entry, Mapping):
        return str(entry.get("text") or entry.get("name") or "")
    return str(entry)


def _add(parent: Element, tag: str, names: str, text: str, notes: Notes) -> Element:
    element = SubElement(parent, tag, {"class": names} if names else {})
    add_runs(element, text, notes, fonts.LABEL)
    return element
