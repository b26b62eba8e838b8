"""What a filled sheet shows, and that nothing a value holds can become more than text."""

import copy
from collections import Counter
from xml.etree import ElementTree

import pytest

from lifeevents.printing.bundle import paper_html
from lifeevents.printing.filling import fill
from lifeevents.printing.layout import FOLDER, PARTS, LayoutError, _parts, load_layout
from tests.lifeevents.printing.samples import PAPERS, content, frozen_paper

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}{% debug %}",
    "&lt;b&gt; ]]> <!-- <![CDATA[",
    "\x00\x1b[31m\ud83d",
    "長" * 500,
    "NGUYEN " * 80,
    "\u202e山田\u200b太郎",
    "",
]


@pytest.fixture
def claim():
    return copy.deepcopy(frozen_paper("paper.child_allow", "claimant"))


def filled(paper):
    layout = load_layout(paper["layout"])
    return fill(layout, paper["cells"], paper["rows"])


def places(root, key):
    return [part for part in root.iter() if part.get("data-key") == key]


def words(root, key):
    return "".join("".join(part.itertext()) for part in places(root, key))


def test_a_known_value_is_printed_with_its_kana(claim):
    root = filled(claim).root

    assert words(root, "name") == "ヨシダ\u3000ミサキ𠮷田\u3000美咲"


def test_a_choice_is_ticked_by_the_raw_value(claim):
    ticked = ["✓" in "".join(part.itertext()) for part in places(filled(claim).root, "sex")]

    assert ticked == [False, True]


@pytest.mark.parametrize("state", ["missing", "protected", "withheld", "pen", "dont_know"])
def test_a_value_that_is_not_known_is_not_printed_even_if_the_cell_holds_one(claim, state):
    claim["cells"]["address"].update(state=state)
    claim["cells"]["name"].update(state=state)

    root = filled(claim).root

    assert words(root, "address") == ""
    assert words(root, "name") == ""
    assert all("pen" in cell.get("class") for cell in root.iter("td") if places(cell, "address"))


def test_what_does_not_apply_stays_white(claim):
    claim["cells"]["address"].update(state="blank", text="", value=None)

    root = filled(claim).root

    assert all(
        "pen" not in cell.get("class") for cell in root.iter("td") if places(cell, "address")
    )


def test_a_value_nobody_needs_may_stay_empty_and_white(claim):
    claim["cells"]["january_address"].update(state="missing", required=False)
    claim["cells"]["address"].update(state="missing", required=True)

    root = filled(claim).root

    assert "pen" not in places(root, "january_address")[0].get("class").split()
    assert "pen" in places(root, "address")[0].get("class").split()


def test_a_date_for_the_pen_shows_where_year_month_and_day_go(claim):
    claim["cells"]["birth_date"].update(state="missing", text="", value=None)

    assert words(filled(claim).root, "birth_date").split() == ["年", "月", "日"]


def test_a_place_for_the_pen_prints_nothing_whatever_its_cell_says(claim):
    claim["cells"]["number"].update(state="known", text="123456789018", value="123456789018")

    root = filled(claim).root

    assert words(root, "number") == ""
    assert sum(len(part) for part in places(root, "number")) == 12


def test_a_row_nobody_needs_asks_for_no_pen(claim):
    claim["rows"]["children"] = claim["rows"]["children"][:1]

    root = filled(claim).root

    assert "pen" in places(root, "children.1.custody")[0].get("class").split()
    assert "pen" not in places(root, "children.2.custody")[0].get("class").split()


def test_rows_beyond_the_sheet_remain_for_a_continuation_sheet(claim):
    claim["rows"]["children"] *= 3

    left = filled(claim).remaining

    assert len(left["children"]) == 12 - load_layout("child_allow.html").rows[1].count


def test_a_continuation_sheet_goes_on_counting(claim):
    claim["rows"]["children"] *= 3

    html = paper_html(claim, content([]))

    assert html.count('class="sheet"') == 2
    assert "続紙1" in html
    assert 'data-key="children.12.name"' in html


def test_a_value_without_room_is_referred_to_and_printed_whole(claim):
    long = "北見市大通西" * 60
    claim["cells"]["address"].update(text=long)

    html = paper_html(claim, content([]))

    assert "別紙1参照" in html
    assert long in html
    assert "別紙1\u3000請求者の住所" in html


def test_a_very_long_value_takes_as_many_sheets_as_it_needs(claim):
    claim["cells"]["address"].update(text="長" * 5000)

    html = paper_html(claim, content([]))

    assert html.count('class="sheet"') == 5
    assert html.count("長") >= 5000


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_text(claim, value):
    for cell in claim["cells"].values():
        cell.update(text=value, kana=value) if cell["state"] == "known" else None
    shape = [part.tag for part in filled(frozen_paper("paper.child_allow", "claimant")).root.iter()]

    html = paper_html(claim, content([]))
    tags = {part.tag for part in filled(claim).root.iter()}

    assert tags <= set(shape)
    assert "<script" not in html
    assert "<img" not in html
    assert "onerror=alert(1)&gt;" in html or "onerror" not in html


@pytest.mark.parametrize("code", sorted(PAPERS))
def test_a_layout_without_its_cells_is_an_error(code):
    paper = copy.deepcopy(frozen_paper(code))
    gone = PAPERS[code]["fields"][0]["key"]
    del paper["cells"][gone]

    with pytest.raises(LayoutError, match=gone):
        filled(paper)


@pytest.mark.parametrize("code", sorted(PAPERS))
def test_a_filled_paper_is_well_formed_and_keeps_nothing_of_the_layout_language(code):
    root = filled(frozen_paper(code)).root

    names = {name for part in root.iter() for name in part.attrib}
    assert ElementTree.fromstring(ElementTree.tostring(root)) is not None
    assert {name for name in names if name.startswith("data-")} <= {"data-key"}
    assert "style" not in names


@pytest.mark.parametrize(
    "name", ["../settings.html", "/etc/passwd", "_sheet.html", "birth_report", "", "Birth.html"]
)
def test_a_layout_is_named_by_a_plain_file_name(name):
    with pytest.raises(LayoutError):
        load_layout(name)


def test_a_layout_that_leaves_the_grid_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("lifeevents.printing.layout.FOLDER", tmp_path)
    (tmp_path / "wide.html").write_text(
        '<div><table class="grid"><tbody><tr class="h8"><td colspan="61"/></tr></tbody></table></div>'
    )

    with pytest.raises(LayoutError, match="61 columns"):
        load_layout("wide.html")


def test_a_part_nobody_wrote_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("lifeevents.printing.layout.FOLDER", tmp_path)
    (tmp_path / "_parts.html").write_text('<table><tr id="bank"><td colspan="62"/></tr></table>')
    row = '<table class="grid"><tbody><tr data-part="tank"/></tbody></table>'
    (tmp_path / "of_no_part.html").write_text(f"<div>{row}</div>")

    _parts.cache_clear()
    with pytest.raises(LayoutError, match="'tank'"):
        load_layout("of_no_part.html")
    _parts.cache_clear()


def test_every_part_stands_on_several_papers():
    named = Counter(
        row.attrib["data-part"]
        for path in FOLDER.glob("[a-z]*.html")
        for row in ElementTree.parse(path).iter("tr")
        if "data-part" in row.attrib
    )
    parts = [row.attrib["id"] for row in ElementTree.parse(FOLDER / PARTS).getroot()]

    assert sorted(named) == sorted(parts)
    assert min(named.values()) > 1
