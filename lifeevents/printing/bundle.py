"""One PDF for one bundle: the cover, then its papers in the order they were frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lifeevents.printing.cover import build_cover
from lifeevents.printing.filling import Notes
from lifeevents.printing.sheet import build_sheets

STYLE = Path(__file__).resolve().parents[2] / "static" / "css" / "paper.css"
COVER = "cover"


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed bundle: the PDF, pages of the cover, pages of each paper, and missing glyphs."""

    pdf: bytes
    cover_pages: int
    pages: tuple[int, ...]
    missing_glyphs: tuple[str, ...]


def print_bundle(content: Mapping[str, Any]) -> Printed:
    """Print a bundle's frozen content, to be read by people and by machines (PDF/UA, tagged).

    Nothing but `content`, the layouts and the installed fonts is read: no address is fetched.
    Raises LayoutError when a paper and its layout do not match, FontsMissing without fonts.
    """
    body = Element("body", {"class": "papers training" if content.get("training") else "papers"})
    anchors = {number: f"paper-{number + 1}" for number in _group_papers(content["papers"])}
    notes = [Notes()]
    body.append(build_cover(content, anchors, notes[0], name=COVER))
    for number, anchor in anchors.items():
        sheets, noted = build_sheets(content["papers"][number], content, name=anchor)
        body.extend(sheets)
        notes.append(noted)
    document = _lay_out(_document(body, content))
    cover, *pages = _count_pages(document.pages, [COVER, *anchors.values()])
    by_paper = dict(zip(anchors, pages, strict=True))
    pdf = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=content["number"].encode())
    return Printed(
        pdf, cover, tuple(by_paper[number] for number in sorted(by_paper)), _missing(notes)
    )


def paper_html(paper: Mapping[str, Any], content: Mapping[str, Any]) -> str:
    """One paper's sheets as an HTML fragment for the screen, styled by static/css/paper.css.

    Each place carries its field's key as `data-key`, in a list `children.2.name`.
    """
    papers = Element("div", {"class": "papers"})
    sheets, _ = build_sheets(paper, content, name="paper")
    papers.extend(sheets)
    return ElementTree.tostring(papers, "unicode", "html")


def _group_papers(papers: Sequence[Mapping[str, Any]]) -> list[int]:
    """The papers' places, those of one department together, departments as they first come."""
    first: dict[str, int] = {}
    for number, paper in enumerate(papers):
        first.setdefault(paper["department"], number)
    return sorted(range(len(papers)), key=lambda number: first[papers[number]["department"]])


def _document(body: Element, content: Mapping[str, Any]) -> str:
    page = Element("html", {"lang": "ja"})
    head = SubElement(page, "head")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "title").text = f"{content['event']}　受付番号 {content['number']}"
    SubElement(head, "meta", {"name": "author", "content": content["town"]["name"]})
    SubElement(body, "p", {"class": "running-number"}).text = f"受付番号 {content['number']}"
    body.insert(0, body[-1])
    del body[-1]
    page.append(body)
    return "<!doctype html>" + ElementTree.tostring(page, "unicode", "html")


def _lay_out(html: str) -> Any:
    from weasyprint import CSS, HTML  # 0.6 s that a page without printing should not pay
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

    fetcher = URLFetcher(allowed_protocols={"data"})
    configuration = FontConfiguration()
    style = CSS(string=_style(), font_config=configuration, url_fetcher=fetcher)
    page = HTML(string=html, base_url=None, url_fetcher=fetcher)
    return page.render(stylesheets=[style], font_config=configuration)


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def _count_pages(pages: Iterable[Any], names: list[str]) -> list[int]:
    """How many pages each part has, from the page its anchor stands on to the next one's."""
    pages = list(pages)
    starts: dict[str, int] = {}
    for number, page in enumerate(pages):
        for name in page.anchors:
            starts.setdefault(name, number)
    bounds = [*(starts[name] for name in names), len(pages)]
    return [after - start for start, after in zip(bounds, bounds[1:], strict=False)]


def _missing(notes: Iterable[Notes]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(glyph for noted in notes for glyph in noted.missing_glyphs))
