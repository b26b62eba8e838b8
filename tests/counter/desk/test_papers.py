"""Papers: one beside the check page, all of them as a PDF."""

from consent.models import AccessEntry
from lifeevents import finishing, replies
from tests.counter.desk.conftest import at, now, text_of


def finish(bundle, by):
    finishing.finish(bundle, version=now(bundle).version, by=by, leave_open=True)


def test_the_preview_shows_the_paper_with_a_place_for_each_value(desk, answered):
    bundle = at(answered, "check")

    response = desk.get(f"/b/{bundle.number}/paper/0")

    assert "出生届" in text_of(response).replace(" ", "").replace("\u3000", "")
    assert 'data-key="child_name"' in response.content.decode()


def test_only_our_own_pages_may_frame_it(desk, answered):
    response = desk.get(f"/b/{answered.number}/paper/0")

    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    home = desk.get("/")
    assert "frame-ancestors 'none'" in home["Content-Security-Policy"]
    assert home["X-Frame-Options"] == "DENY"


def test_there_is_no_paper_beyond_the_last(desk, answered):
    assert desk.get(f"/b/{answered.number}/paper/99").status_code == 404


def test_the_preview_escapes_what_was_typed(desk, answered, sato):
    typed = {("n1", "place_of_birth"): "<b>北見</b>"}
    replies.answer(answered, typed, version=now(answered).version, by=sato)

    page = desk.get(f"/b/{answered.number}/paper/0").content.decode()

    assert "<b>北見</b>" not in page
    assert "&lt;b&gt;" in page


def test_the_pdf_opens_in_the_browser_and_is_logged(desk, answered, sato):
    finish(answered, sato)

    response = desk.get(f"/b/{answered.number}/papers.pdf")

    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"] == f'inline; filename="{answered.number}.pdf"'
    assert "no-store" in response["Cache-Control"]
    assert AccessEntry.objects.filter(action="print", reference=answered.number).exists()


def test_nothing_is_printed_before_it_is_finished(desk, answered):
    assert desk.get(f"/b/{answered.number}/papers.pdf").status_code == 404


def test_another_office_prints_nothing(browser, answered, sato):
    finish(answered, sato)

    suzuki = browser("suzuki")

    assert suzuki.get(f"/b/{answered.number}/papers.pdf").status_code == 404
    assert suzuki.get(f"/b/{answered.number}/paper/0").status_code == 404
