"""Bundles: started once, changed by one person at a time, seen by one office."""

from uuid import uuid4

import pytest

from consent import door, engagements
from consent.models import AccessEntry, Engagement
from lifeevents import arrivals, bundles, finishing, joining, replies
from lifeevents.answering import BadAnswers
from lifeevents.models import Answer, Bundle, Participant
from residents.models import Identity


@pytest.fixture
def start(today):
    def start(ref, by, **changes):
        return bundles.start(
            "birth", ref, **{"applicant": "self", "on": today, "by": by, **changes}
        )

    return start


@pytest.fixture
def bundle(start, yamada, sato):
    return start(yamada.mother.pk, sato)


def test_a_bundle_is_numbered_opened_and_seated_when_it_starts(bundle, yamada, sato):
    assert (bundle.number, bundle.state, bundle.step) == ("20261122-0001", "open", "identify")
    assert (bundle.office, bundle.served_by_id, bundle.channel) == (
        "市民課",
        sato.account_id,
        "desk",
    )
    ground = Engagement.objects.get(pk=bundle.engagement)
    assert (ground.purpose.code, ground.reference) == ("birth", bundle.number)
    family = [yamada.father.pk, yamada.mother.pk, yamada.child.pk]
    assert set(ground.refs) == set(family)
    assert [seat.ref for seat in bundle.participants.all()] == [None, *family]


def test_starting_opens_the_records_and_says_so_in_the_log(bundle, yamada):
    entry = AccessEntry.objects.get()

    assert (entry.action, entry.reference) == ("open", bundle.number)
    assert yamada.child.pk in {row.ref for row in entry.subjects.all()}


def test_a_second_click_finds_the_bundle_of_the_first(start, yamada, sato):
    token = uuid4()

    first = start(yamada.mother.pk, sato, token=token)
    second = start(yamada.mother.pk, sato, token=token)

    assert first == second
    assert first.number == second.number
    assert Bundle.objects.count() == Engagement.objects.count() == 1
    assert Participant.objects.count() == 4


def test_another_office_does_not_get_a_bundle_by_its_token(start, yamada, sato, suzuki):
    token = uuid4()
    start(yamada.mother.pk, sato, token=token)

    with pytest.raises(bundles.NotYours):
        start(yamada.mother.pk, suzuki, token=token)


def test_a_bundle_whose_household_was_not_opened_is_seated_at_the_second_click(start, yamada, sato):
    token = uuid4()
    bundle = start(yamada.mother.pk, sato, token=token)
    bundle.participants.all().delete()

    start(yamada.mother.pk, sato, token=token)

    assert bundle.participants.count() == 4


@pytest.mark.parametrize("event", ["nonsense", "household_change"])
def test_an_event_nobody_offers_does_not_start(yamada, sato, today, event):
    with pytest.raises(bundles.UnknownEvent):
        bundles.start(event, yamada.mother.pk, applicant="self", on=today, by=sato)

    assert not Bundle.objects.exists()
    assert not Engagement.objects.exists()


def test_someone_the_register_does_not_have_starts_nothing_that_stays_open(start, sato, ledgers):
    stranger = Identity.objects.create(number="0000000009")

    with pytest.raises(door.NotInRegister):
        start(stranger.pk, sato)

    assert not bundles.mine(sato).exists()


def test_a_bundle_is_found_by_whoever_serves_it_and_by_the_office(bundle, sato, takahashi):
    assert bundles.find(bundle.number, by=sato) == bundle
    assert bundles.find(bundle.number, by=takahashi) == bundle


def test_another_office_does_not_find_the_bundle(bundle, suzuki, hanako_admin):
    for stranger in (suzuki, hanako_admin):
        with pytest.raises(bundles.NotYours):
            bundles.find(bundle.number, by=stranger)


def test_a_number_nobody_has_is_refused_like_one_of_another_office(bundle, suzuki):
    with pytest.raises(bundles.NotYours) as unknown:
        bundles.find("20261122-9999", by=suzuki)
    with pytest.raises(bundles.NotYours) as others:
        bundles.find(bundle.number, by=suzuki)

    assert str(unknown.value) == str(others.value)


def test_the_lists_of_mine_the_team_and_today(bundle, start, yoshida, sato, takahashi, suzuki):
    theirs = start(yoshida.mother.pk, takahashi)
    start(yoshida.mother.pk, suzuki)

    assert list(bundles.mine(sato)) == [bundle]
    assert list(bundles.team(sato)) == [theirs]
    assert not bundles.finished_today(sato).exists()

    make_ready(theirs, takahashi)
    finishing.finish(theirs, version=theirs.version, by=takahashi, leave_open=True)

    assert list(bundles.finished_today(sato)) == [theirs]
    assert not bundles.team(sato).exists()


def test_identifying_is_recorded_with_documents_and_authority(bundle, sato):
    bundles.identify(
        bundle,
        version=0,
        method="two_point",
        documents=["insurance", "pension"],
        authority="letter",
        by=sato,
    )

    stored = Bundle.objects.get()
    assert (stored.step, stored.version) == ("agree", 1)
    assert stored.identified["documents"] == ["insurance", "pension"]
    assert (stored.identified["authority"], stored.identified["by"]) == ("letter", sato.account_id)


def test_agreeing_opens_the_categories_and_goes_on_to_the_questions(bundle, sato):
    bundles.agree(bundle, ["tax", "insurance"], version=0, by=sato)

    assert Engagement.objects.get().agreed == ["insurance", "tax"]
    assert Bundle.objects.get().step == "ask"


def test_answers_are_kept_as_they_are_read(bundle, sato):
    replies.answer(
        bundle,
        {
            ("n1", "birth_date"): "8.11.1",
            ("n1", "name_kana"): "やまだ さくら",
            ("bundle", "wants_card"): "yes",
            ("n1", "birth_weight"): None,
        },
        version=0,
        by=sato,
        typed=14,
    )

    kept = {(each.subject, each.fact): each.value for each in Answer.objects.all()}
    assert kept == {
        ("n1", "birth_date"): "2026-11-01",
        ("n1", "name_kana"): "ヤマダ　サクラ",
        ("bundle", "wants_card"): True,
        ("n1", "birth_weight"): None,
    }
    assert Bundle.objects.get().typed_chars == 14


def test_one_unreadable_answer_keeps_none_and_says_what_to_do_for_each(bundle, sato):
    with pytest.raises(BadAnswers) as refusal:
        replies.answer(
            bundle,
            {
                ("n1", "birth_date"): "8.11.1",
                ("n1", "birth_weight"): "おもい",
                ("n1", "sex"): "9",
                ("zz", "name"): "山田",
                ("n1", "no_such_fact"): "1",
            },
            version=0,
            by=sato,
        )

    assert set(refusal.value.messages) == {
        ("n1", "birth_weight"),
        ("n1", "sex"),
        ("zz", "name"),
        ("n1", "no_such_fact"),
    }
    assert all(text.endswith(("。", "2980")) for text in refusal.value.messages.values())
    assert "おもい" not in str(refusal.value)
    assert "山田" not in str(refusal.value)
    assert not Answer.objects.exists()
    assert Bundle.objects.get().version == 0


def test_a_twelve_digit_number_gets_into_no_answer(bundle, sato):
    with pytest.raises(BadAnswers):
        replies.answer(bundle, {("n1", "place_of_birth"): "1234-5678-9018"}, version=0, by=sato)

    assert not Answer.objects.exists()


def test_answering_again_replaces_the_answer(bundle, sato):
    replies.answer(bundle, {("n1", "sex"): "1"}, version=0, by=sato)

    replies.answer(bundle, {("n1", "sex"): "2"}, version=1, by=sato)

    assert Answer.objects.get().value == "2"


def test_an_answer_taken_back_is_gone(bundle, sato):
    replies.answer(bundle, {("n1", "sex"): "1", ("n1", "birth_weight"): "2980"}, version=0, by=sato)

    replies.take_back(bundle, "n1", "sex", version=1, by=sato)

    assert Answer.objects.get().fact == "birth_weight"


def test_unticking_a_member_and_going_back_lose_nothing(bundle, sato):
    replies.answer(bundle, {("n1", "sex"): "1"}, version=0, by=sato)

    bundles.set_taking_part(bundle, "p3", False, version=1, by=sato)
    bundles.go_to(bundle, "identify", version=2, by=sato)

    assert not bundle.participants.get(key="p3").taking_part
    assert Bundle.objects.get().step == "identify"
    assert Answer.objects.exists()


def test_cancelling_closes_the_engagement(bundle, sato):
    bundles.cancel(bundle, version=0, by=sato)

    assert Bundle.objects.get().state == "cancelled"
    assert not bundles.mine(sato).exists()
    with pytest.raises(engagements.EngagementClosed):
        engagements.standing(bundle.engagement, sato)


def make_ready(bundle, by):
    """What finishing asks for: someone identified, the agreement recorded."""
    Bundle.objects.filter(pk=bundle.pk).update(identified={"method": "card"})
    engagements.agree(bundle.engagement, [], by=by)


@pytest.fixture
def ready(bundle, sato):
    make_ready(bundle, sato)
    return bundle


VERBS = {
    "identify": lambda b, v, by: bundles.identify(b, version=v, method="card", documents=[], by=by),
    "agree": lambda b, v, by: bundles.agree(b, [], version=v, by=by),
    "answer": lambda b, v, by: replies.answer(b, {("n1", "sex"): "1"}, version=v, by=by),
    "take_back": lambda b, v, by: replies.take_back(b, "n1", "sex", version=v, by=by),
    "set_taking_part": lambda b, v, by: bundles.set_taking_part(b, "p3", False, version=v, by=by),
    "go_to": lambda b, v, by: bundles.go_to(b, "check", version=v, by=by),
    "add_newcomer": lambda b, v, by: arrivals.add(b, version=v, by=by),
    "remove_newcomer": lambda b, v, by: arrivals.remove(b, "n9", version=v, by=by),
    "leave": lambda b, v, by: joining.leave(b, version=v, by=by),
    "resume": lambda b, v, by: bundles.resume(b, version=v, by=by),
    "cancel": lambda b, v, by: bundles.cancel(b, version=v, by=by),
    "finish": lambda b, v, by: finishing.finish(b, version=v, by=by, leave_open=True),
}
EVERY_VERB = pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)


@EVERY_VERB
def test_whoever_saw_an_older_version_changes_nothing(ready, bundle, sato, verb):
    elsewhere = Bundle.objects.get()
    bundles.go_to(bundle, "ask", version=0, by=sato)
    before = state_of(bundle)

    with pytest.raises(bundles.Stale):
        verb(elsewhere, 0, sato)

    assert state_of(bundle) == before


@EVERY_VERB
def test_nothing_changes_a_cancelled_bundle(ready, bundle, sato, verb):
    bundles.cancel(bundle, version=0, by=sato)
    before = state_of(bundle)

    with pytest.raises((bundles.Stale, engagements.EngagementClosed)):
        verb(bundle, 1, sato)

    assert state_of(bundle) == before


@EVERY_VERB
def test_every_verb_moves_the_version_by_one(ready, bundle, sato, verb):
    verb(bundle, 0, sato)

    assert bundle.version == Bundle.objects.get().version == 1


@EVERY_VERB
def test_nobody_of_another_office_changes_anything(ready, bundle, suzuki, verb):
    before = state_of(bundle)

    with pytest.raises((bundles.NotYours, engagements.EngagementClosed)):
        verb(bundle, 0, suzuki)

    assert state_of(bundle) == before


@EVERY_VERB
def test_a_colleague_of_the_office_may_go_on(ready, bundle, takahashi, verb):
    verb(bundle, 0, takahashi)

    assert Bundle.objects.get().version == 1


@pytest.mark.parametrize("done", [(), ("identify",), ("agree",)], ids=str)
def test_nothing_is_filed_before_someone_is_identified_and_agreed(bundle, sato, done):
    for verb in done:
        VERBS[verb](bundle, 0, sato)
    before = state_of(bundle)

    with pytest.raises(finishing.NotReady):
        VERBS["finish"](bundle, bundle.version, sato)

    assert state_of(bundle) == before


def test_who_comes_back_later_is_identified_anew_before_anything_is_filed(ready, bundle, sato):
    bundles.resume(bundle, version=0, by=sato)

    with pytest.raises(finishing.NotReady):
        VERBS["finish"](bundle, 1, sato)


def state_of(bundle):
    return (
        Bundle.objects.filter(pk=bundle.pk).values().get(),
        list(bundle.participants.values()),
        list(bundle.answers.values()),
        Engagement.objects.filter(pk=bundle.engagement).values().get(),
    )


def test_a_verb_that_fails_leaves_the_version_as_it_was(bundle, sato):
    engagements.close(bundle.engagement)

    with pytest.raises(engagements.EngagementClosed):
        bundles.agree(bundle, [], version=0, by=sato)

    assert bundle.version == Bundle.objects.get().version == 0


def test_the_words_for_bundles_and_answers_hold_nothing_personal(bundle, sato):
    replies.answer(bundle, {("n1", "name"): "山田　さくら"}, version=0, by=sato)

    told = [
        repr(each) + str(each)
        for each in (bundle, *bundle.participants.all(), Answer.objects.get())
    ]

    assert not any("山田" in words for words in told)
