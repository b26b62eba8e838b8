"""出生 on a phone: the follow-ups filed there, the 出生届 named as the counter's, finished at the desk."""

import pytest

from consent.models import Engagement
from counter.oidc import cards
from lifeevents.models import Application, Bundle, Submission
from tests.journeys.phone import Thumb, a_phone, finish_at_the_desk, report
from tests.journeys.serving import NEWBORN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
FAMILY = "葛\U000e0100城"
SAID = {
    "name": "花",
    "name_kana": "はな",
    "birth_date": "2026-11-10",
    "birth_weight": "2980",
    "child_rank": "3",
    "wants_card": "yes",
}
REFUSED = "tax"
MOST_PAGES = 8


@pytest.fixture
def thumb(chromium, counter, town, tmp_path, settings):
    with a_phone(chromium, counter.url, tmp_path, settings, cards.of_town(town)) as page:
        yield Thumb(page, counter.url, SAID)


def agree_to_all_but(thumb, refused):
    """One switch for each category; the page comes back while one has no answer."""
    page = thumb.page
    thumb.tap("ひとつずつ選ぶ")
    thumb.look("ひとつずつ選んでください")
    assert page.locator(":checked").count() == 0, "nothing is chosen beforehand"
    thumb.tap("この選び方で進む")
    thumb.look("ひとつずつ選んでください")
    for group in page.locator("fieldset.consent").all():
        code = group.locator("input").first.get_attribute("name")
        group.get_by_text("いいえ" if code == refused else "はい", exact=True).tap()
        thumb.taps += 1
    thumb.tap("この選び方で進む")


def correct_the_name(thumb):
    """One tap to the row, one to keep it."""
    thumb.press(thumb.page.locator("#row-n1-name a.fix"))
    thumb.look("この内容でよいですか")
    thumb.page.locator("input[name='n1:name']").fill("葛\U000e0100城　花子")
    thumb.page.locator("input[name='n1:name_kana']").fill("かつらぎ　はなこ")
    thumb.tap("この内容に直す")


def assert_told_what_is_done_and_what_is_not(thumb):
    page = thumb.page
    thumb.look("出生の申請を受け付けました")
    done, _, visit = page.locator("main").inner_text().partition("窓口で届け出るもの")
    assert "児童手当の額改定認定請求" in done
    assert "出生届" in visit
    assert "令和8年11月24日" in visit
    assert "出生証明書" in visit.partition("持ってくるもの")[2]
    answer = page.request.get(f"{page.url}/receipt.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    thumb.tap("かんたんだった")


def apply_for_the_follow_ups(thumb):
    """Card, agreement, questions, up to the letter."""
    thumb.hold_the_card(FAMILY)
    thumb.tap("出生")
    thumb.look("市が持っている情報を使ってもよいですか")
    agree_to_all_but(thumb, REFUSED)
    thumb.answer_all()
    thumb.look("この内容でよいですか")
    report(thumb, "出生")


def test_the_follow_ups_are_filed_on_the_phone_and_the_rest_at_the_desk(thumb, counter, sign_in):
    page = thumb.page
    apply_for_the_follow_ups(thumb)

    bundle = Bundle.objects.get()
    agreed = Engagement.objects.get(pk=bundle.engagement).agreed
    assert agreed
    assert REFUSED not in agreed
    assert len(thumb.asked) == len(set(thumb.asked)), "something was asked twice"
    assert len(thumb.left) <= MOST_PAGES
    assert thumb.left[-1] == 1
    correct_the_name(thumb)
    thumb.tap("この内容で申請する")
    assert_told_what_is_done_and_what_is_not(thumb)
    filed = Application.objects.filter(bundle=bundle)
    assert filed.filter(procedure="child.allow_up").exists()
    assert not filed.filter(procedure="birth.report").exists()

    finish_at_the_desk(counter, sign_in, bundle, NEWBORN)

    assert bundle.state == Bundle.State.FINISHED
    assert filed.filter(procedure="birth.report", state="submitted").exists()
    assert "花子" in str(Submission.objects.get(pk=bundle.pk).content)
    page.goto(f"{counter.url}/online/b/{bundle.number}")
    assert "手続は終わりました" in page.locator("main").inner_text()
