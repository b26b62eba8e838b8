"""Papers: one beside the check page, all of them as a PDF."""

from consent.models import AccessEntry
from counter.desk import papers
from lifeevents import finishing, replies, snapshots
from tests import makers
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


def follow(client, bundle, by):
    request = client.get("/").wsgi_request
    content = snapshots.content(bundle, by=by)
    return papers.follow(request, bundle, content)


def test_a_cover_leads_whoever_applied_to_where_they_follow_it(desk, answered, sato):
    finish(answered, sato)

    assert follow(desk, answered, sato) == f"http://testserver/online/b/{answered.number}"


def test_who_has_no_such_page_is_not_led_there(desk, hidden, yamada, sato):
    guarded = makers.make_bundle(hidden.mother, sato)
    by_proxy = makers.make_bundle(yamada.mother, sato, applicant="proxy")
    for bundle in (guarded, by_proxy):
        finish(bundle, sato)

        assert follow(desk, bundle, sato) == ""
