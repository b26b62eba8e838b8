"""A whole bundle on paper: what can be read in the PDF, and where everything stands."""

import copy
import subprocess
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from lifeevents.printing import bundle
from lifeevents.printing.bundle import print_bundle
from lifeevents.printing.cover import build_cover
from lifeevents.printing.filling import Notes
from tests.lifeevents.printing.samples import KATAGAKI, content, frozen_paper

MM = 96 / 25.4
EDGE_MM = 10


def read(pdf, tmp_path):
    (tmp_path / "bundle.pdf").write_bytes(pdf)
    pages = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "bundle.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\f")[:-1]
    return ["".join(page.split()) for page in pages]


@pytest.fixture(scope="module")
def laid_out():
    """Every document WeasyPrint laid out in this module, newest last."""
    return []


@pytest.fixture(scope="module")
def printed(laid_out):
    original = bundle._lay_out

    def remember(html):
        laid_out.append(original(html))
        return laid_out[-1]

    bundle._lay_out = remember
    yield print_bundle(content())
    bundle._lay_out = original


@pytest.fixture(scope="module")
def pages(printed, tmp_path_factory):
    return read(printed.pdf, tmp_path_factory.mktemp("pdf"))


def boxes(box):
    yield box
    for child in getattr(box, "children", ()):
        yield from boxes(child)


def test_every_paper_takes_one_page(printed):
    assert set(printed.pages) == {1}
    assert len(printed.pages) == len(content()["papers"])
    assert printed.missing_glyphs == ()


def test_the_cover_tells_the_number_the_deadline_and_what_to_bring(pages):
    assert "B-20261122-0001" in pages[0]
    assert "受付票出生の手続" in pages[0]
    assert "令和10年11月15日（水）まで" in pages[0]
    assert "令和8年11月28日" not in pages[0], "what is received has no deadline any more"
    assert "請求者名義の通帳" in pages[0]
    assert "お子さまが生まれたため" in pages[0]
    assert "𠮷田美咲様" in pages[0]


@pytest.mark.parametrize("follow", ["", "http://localhost/online/b/20261122-0001"])
def test_the_cover_leads_home_only_where_there_is_something_to_follow(follow):
    cover = build_cover({**content(papers=[]), "follow": follow}, {}, Notes(), name="cover")

    codes = [title.text.split()[-1] for title in cover.iter("title")]
    assert codes == [*([follow] if follow else []), "B-20261122-0001"]


def test_names_dates_and_addresses_can_be_read_on_the_papers(printed, pages):
    (report,) = [
        page for page in pages[printed.cover_pages :] if "次のとおり、出生を届け出ます" in page
    ]

    assert "𠮷田葵" in report
    assert "令和8年11月15日" in report
    assert "昭和64年1月5日" in report
    assert "".join(KATAGAKI.split()) in report


def test_the_rows_of_the_household_can_be_read(printed, pages):
    (claim,) = [
        page for page in pages[printed.cover_pages :] if "児童手当の受給資格および額" in page
    ]

    assert "葛\U000e0100城さくら" in claim
    assert "渡邉\U000e0101凛" in claim
    assert "平成24年12月24日" in claim


def test_every_page_carries_the_number_and_its_place(pages):
    for number, page in enumerate(pages, start=1):
        assert "受付番号B-20261122-0001" in page
        assert f"{number}/{len(pages)}頁" in page


def test_papers_of_one_department_stand_together(printed):
    given = content()["papers"]
    mixed = [given[place] for place in (0, 4, 1)]

    order = bundle._group_papers(mixed)

    assert [mixed[place]["department"] for place in order] == [
        mixed[0]["department"],
        mixed[0]["department"],
        mixed[1]["department"],
    ]


def test_the_pdf_is_tagged_and_says_its_language_and_title(printed):
    with pikepdf.open(BytesIO(printed.pdf)) as pdf:
        assert str(pdf.Root.Lang) == "ja"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert str(pdf.docinfo["/Title"]) == "出生\u3000受付番号 B-20261122-0001"


def test_the_same_content_makes_the_same_bytes():
    papers = [frozen_paper("paper.pen_maternity", "mother")]

    assert print_bundle(content(papers)).pdf == print_bundle(content(papers)).pdf


def test_no_sheet_reaches_into_its_office_area(laid_out, printed):
    for page in laid_out[0].pages[printed.cover_pages :]:
        named = {
            name: box
            for box in boxes(page._page_box)
            if box.element is not None and box.element_tag in ("div", "footer")
            for name in (box.element.get("class") or "").split()
        }
        body, foot = named["body"], named["foot"]
        assert body.position_y + body.height <= foot.position_y


def test_nothing_stands_nearer_than_ten_millimetres_to_the_edge(printed, tmp_path):
    (tmp_path / "bundle.pdf").write_bytes(printed.pdf)
    subprocess.run(
        ["pdftoppm", "-r", "25.4", "-gray", str(tmp_path / "bundle.pdf"), str(tmp_path / "page")],
        check=True,
    )

    for path in tmp_path.glob("page*.pgm"):
        image = Image.open(path)
        inked = image.point(lambda grey: 255 if grey < 250 else 0).getbbox()
        assert min(inked[0], inked[1]) >= EDGE_MM
        assert image.width - inked[2] >= EDGE_MM
        assert image.height - inked[3] >= EDGE_MM


@pytest.fixture(scope="module")
def odd():
    """A training bundle: twelve children, values without room, and a character of no font."""
    claim = copy.deepcopy(frozen_paper("paper.child_allow", "claimant"))
    claim["rows"]["children"] *= 3
    claim["cells"]["name"].update(text="\ue123田\u3000葵")
    crowded = copy.deepcopy(frozen_paper("paper.child_medical"))
    for cell in crowded["cells"].values():
        if cell["state"] == "known":
            cell.update(text="とても長い値" * 83, kana="ナガイ" * 83)
    given = [frozen_paper("paper.birth_report"), claim, crowded]
    return print_bundle({**content(given), "training": True})


@pytest.fixture(scope="module")
def odd_pages(odd, tmp_path_factory):
    return read(odd.pdf, tmp_path_factory.mktemp("odd"))


def test_pages_are_counted_for_each_paper(odd, odd_pages):
    assert odd.cover_pages == 1
    assert odd.pages[:2] == (1, 2)
    assert sum(odd.pages) == len(odd_pages) - 1


def test_a_glyph_no_font_holds_is_reported_and_marked(odd, odd_pages):
    assert odd.missing_glyphs == ("\ue123",)
    assert "〓田葵" in odd_pages[2]


def test_values_without_room_never_make_the_sheet_longer(odd_pages):
    sheet, *continued = odd_pages[4:]

    assert "市処理欄" in sheet
    assert "続紙1" in continued[0]
    assert "".join(continued).count("とても長い値") >= 83


def test_a_training_bundle_says_so_on_every_page(odd_pages):
    assert all("研修用" in page for page in odd_pages)


def test_an_empty_bundle_is_a_cover():
    printed = print_bundle({**content([]), "checklist": []})

    assert (printed.cover_pages, printed.pages) == (1, ())


def test_no_file_and_no_address_is_fetched(tmp_path, caplog):
    secret = tmp_path / "secret.svg"
    secret.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50">'
        "<text y='20'>SECRET</text></svg>"
    )
    html = (
        f'<body><img src="{secret.as_uri()}"><img src="http://192.0.2.1/x.svg">'
        f'<link rel="attachment" href="{secret.as_uri()}">'
        f'<style>@import "{secret.as_uri()}"; p {{ background: url("{secret.as_uri()}") }}</style>'
        "<p>shown</p>"
    )

    pdf = bundle._lay_out(html).write_pdf()

    assert read(pdf, tmp_path) == ["shown1/1頁"]
    assert b"/EmbeddedFile" not in pdf
