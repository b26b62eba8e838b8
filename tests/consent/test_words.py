"""What a log or an error page may print of our objects: ids and counts, nothing personal (I10)."""

import re
from uuid import uuid4

import pytest
from django.apps import apps

from consent import door, engagements
from consent.guard import WentAroundTheDoor, refuse_personal_tables
from consent.models import Account
from lifeevents.answering import BadAnswers
from lifeevents.finishing import MissingValues, finish
from lifeevents.models import Bundle
from residents.models import Resident
from tests.makers import NEWBORN, make_bundle

PERSONAL = re.compile(
    "山田|ヤマダ|太郎|花子|さくら|1990-05-01|1988-02-10|北進町|１２番３号|0900000|09012340001"
    "|home@example.jp|北見０００１２３|3000000"
)


@pytest.fixture
def lived(yamada, hidden, sato):
    """A register, a finished bundle and its log: something in nearly every table."""
    bundle = make_bundle(yamada.mother, sato, agree=["contact", "insurance"], answers=NEWBORN)
    finish(bundle, version=bundle.version, by=sato, leave_open=True)
    return yamada


def test_no_model_says_anything_personal_of_itself(lived):
    numbers = re.compile(f"{lived.mother.number}|{lived.mother.household_number}")
    seen = set()
    for app in ("residents", "consent", "lifeevents"):
        for model in apps.get_app_config(app).get_models():
            if model is Account:
                continue  # staff are called by their names
            for row in model.objects.all():
                seen.add(model.__name__)
                words = f"{row} {row!r}"
                assert not PERSONAL.search(words), model.__name__
                assert not numbers.search(words), model.__name__

    assert {"Resident", "Household", "Holding", "Answer", "Snapshot", "AccessSubject"} <= seen


def test_a_query_and_its_rows_say_nothing_personal(lived):
    assert not PERSONAL.search(repr(Resident.objects.all()))


def refusals(lived, by):
    ground = engagements.begin("birth", [lived.mother.pk], reference="", by=by).pk
    yield lambda: door.open([uuid4()], engagement=ground, by=by)
    yield lambda: door.open([lived.mother.pk], engagement=uuid4(), by=by)
    yield lambda: engagements.reveal(ground, lived.mother.pk, reason="山田のため", by=by)
    yield lambda: refuse_personal_tables(
        lambda *_: None, "SELECT * FROM residents_resident WHERE name = '山田'", (), False, {}
    )


def test_no_refusal_repeats_what_it_refuses(lived, sato):
    for call in refusals(lived, sato):
        with pytest.raises(
            (
                door.NotInEngagement,
                engagements.EngagementClosed,
                engagements.MayNotReveal,
                WentAroundTheDoor,
            )
        ) as refusal:
            call()
        assert not PERSONAL.search(f"{refusal.value} {refusal.value!r}")


def test_no_refusal_of_the_verbs_repeats_what_was_typed(lived, sato):
    assert not PERSONAL.search(
        repr(BadAnswers({("n1", "name"): "改行などの制御文字は使えません。"}))
    )
    assert not PERSONAL.search(str(MissingValues(["お子さまの氏名"])))


def test_what_an_actor_acts_on_is_named_by_ids(sato, lived):
    assert not PERSONAL.search(repr(sato))
    assert not PERSONAL.search(repr(Bundle.objects.get().participants.all()))
