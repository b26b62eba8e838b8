"""受付の再開: a bundle left open past its time keeps its answers and opens again."""

from consent import engagements
from consent.models import Engagement
from lifeevents import replies
from tests.counter.desk.conftest import now, text_of


def test_a_bundle_past_its_time_leads_to_its_resumption(desk, answered):
    engagements.close(answered.engagement)

    response = desk.get(f"/b/{answered.number}", follow=True)

    assert response.redirect_chain[-1][0] == f"/b/{answered.number}/resume"
    assert "記録を開き直す" in text_of(response)


def test_resuming_keeps_the_answers_and_identifies_anew(desk, answered):
    before = replies.of(answered)
    engagements.close(answered.engagement)

    desk.post(f"/b/{answered.number}/resume", {"version": answered.version})

    resumed = now(answered)
    assert before
    assert replies.of(resumed) == before
    assert resumed.step == "identify"
    assert resumed.engagement != answered.engagement
    assert desk.get(f"/b/{answered.number}").status_code == 200


def test_a_second_click_opens_nothing_twice(desk, answered):
    engagements.close(answered.engagement)
    for _ in range(2):
        desk.post(f"/b/{answered.number}/resume", {"version": answered.version})

    assert Engagement.objects.filter(reference=answered.number, closed_at=None).count() == 1
