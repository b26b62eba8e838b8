"""支援措置 entered here: at once by one person, gone only by two and a hold, never by a date."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from consent import door, engagements, measures
from consent.actors import actor_of
from consent.measures import MayNotProtect, NotNow
from consent.models import AccessEntry, AdverseParty, Measure
from consent.sealing import unseal
from residents.facts import Reason, Unknown
from residents.models import ManualProtection
from tests.aged import wish
from tests.makers import make_protection

MASKED = Unknown(Reason.PROTECTED)
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def kato(staff):
    """The second 支援措置責任者."""
    return actor_of(staff["kato"], terminal="3番窓口", channel="office")


def address_of(resident, by):
    ground = engagements.begin("trial", [resident.pk], reference="", by=by).pk
    return door.open([resident.pk], engagement=ground, by=by)[resident.pk].facts["address"]


def ended(measure, takahashi, kato, people=None):
    everyone = people or measures.standing_for(measure)
    measures.ask_end(measure.pk, everyone, ending="wish", by=takahashi)
    return measures.confirm_end(measure.pk, by=kato)


def test_one_person_sets_it_up_and_it_holds_from_that_moment(takahashi, sato, yamada):
    assert address_of(yamada.mother, sato) != MASKED

    measure = measures.set_up(wish(yamada.mother), by=takahashi)

    assert address_of(yamada.mother, sato) == MASKED
    assert address_of(yamada.child, sato) == MASKED, "who lives with her is masked as well"
    assert (measure.starts_on, measure.ends_on) == (date(2026, 11, 22), date(2027, 11, 21))
    entry = AccessEntry.objects.get(action="protect")
    assert (entry.account_id, entry.reason) == (takahashi.account_id, "登録した")
    assert [row.ref for row in entry.subjects.all()] == [yamada.mother.pk]


def test_who_is_covered_too_stays_masked_elsewhere(takahashi, sato, yamada, katsuragi):
    measures.set_up(wish(yamada.mother, katsuragi.mother), by=takahashi)

    assert address_of(katsuragi.mother, sato) == MASKED


def test_an_address_shown_before_is_masked_again(takahashi, yamada):
    make_protection(yamada.child)
    ground = engagements.begin("trial", [yamada.mother.pk], reference="", by=takahashi).pk
    engagements.reveal(ground, yamada.mother.pk, reason="届出の審査のため", by=takahashi)

    measures.set_up(wish(yamada.mother), by=takahashi)

    seen = door.open([yamada.mother.pk], engagement=ground, by=takahashi)
    assert seen[yamada.mother.pk].facts["address"] == MASKED


@pytest.mark.parametrize("verb", ["set_up", "extend", "decide", "ask_end", "confirm_end"])
def test_nobody_else_does_any_of_it(verb, takahashi, sato, yamada):
    measure = measures.set_up(wish(yamada.mother, kind="2"), by=takahashi)
    call = {
        "set_up": lambda: measures.set_up(wish(yamada.father), by=sato),
        "extend": lambda: measures.extend(measure.pk, by=sato),
        "decide": lambda: measures.decide(measure.pk, opinion="police", by=sato),
        "ask_end": lambda: measures.ask_end(measure.pk, [yamada.mother.pk], ending="wish", by=sato),
        "confirm_end": lambda: measures.confirm_end(measure.pk, by=sato),
    }[verb]

    with pytest.raises(MayNotProtect):
        call()

    assert Measure.objects.count() == ManualProtection.objects.count() == 1


def test_the_end_of_its_period_lifts_nothing(takahashi, sato, yamada):
    with time_machine.travel(NOON - timedelta(days=800), tick=False):
        measures.set_up(wish(yamada.mother, starts_on=date(2024, 9, 13)), by=takahashi)

    assert measures.lift_due() == 0
    assert address_of(yamada.mother, sato) == MASKED


def test_two_people_and_the_hold_end_it(takahashi, kato, sato, yamada):
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother, yamada.child), by=takahashi)
        measures.ask_end(
            measure.pk, [yamada.mother.pk, yamada.child.pk], ending="wish", by=takahashi
        )
        with pytest.raises(MayNotProtect):
            measures.confirm_end(measure.pk, by=takahashi)
        measures.confirm_end(measure.pk, by=kato)

        clock.shift(timedelta(hours=71, minutes=59))
        assert measures.lift_due() == 0
        assert address_of(yamada.mother, sato) == MASKED

        clock.shift(timedelta(minutes=1))
        assert measures.lift_due() == 1

    assert address_of(yamada.mother, sato) != MASKED
    measure.refresh_from_db()
    assert measure.ended_at == NOON + timedelta(hours=72)
    assert measures.lift_due() == 0
    assert AccessEntry.objects.filter(action="protect").count() == 4


def test_the_database_itself_wants_two_people(takahashi, yamada):
    measure = measures.set_up(wish(yamada.mother), by=takahashi)
    alone = takahashi.account_id

    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(
            asked_by=alone, confirmed_by=alone, lifts_at=NOON
        )
    with pytest.raises(IntegrityError, match="only_when_confirmed"), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(ended_at=NOON)


def test_one_child_leaves_and_the_others_stay_covered(takahashi, kato, sato, yamada, katsuragi):
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother, katsuragi.mother), by=takahashi)
        ended(measure, takahashi, kato, [katsuragi.mother.pk])
        clock.shift(timedelta(hours=72))
        measures.lift_due()

    assert address_of(katsuragi.mother, sato) != MASKED
    assert address_of(yamada.mother, sato) == MASKED
    measure.refresh_from_db()
    assert (measure.ended_at, measure.asked_by, measure.leaving) == (None, None, [])
    assert measures.standing_for(measure) == [yamada.mother.pk]


def test_any_one_of_them_lets_it_stand_after_all(takahashi, kato, sato, yamada):
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother), by=takahashi)
        ended(measure, takahashi, kato)
        measures.withdraw_end(measure.pk, by=kato)
        clock.shift(timedelta(days=30))

        assert measures.lift_due() == 0
    assert address_of(yamada.mother, sato) == MASKED


def test_what_the_core_system_sent_stands_whatever_is_ended_here(takahashi, kato, sato, yamada):
    make_protection(yamada.mother)
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother), by=takahashi)
        ended(measure, takahashi, kato)
        clock.shift(timedelta(hours=72))
        assert measures.lift_due() == 1

    assert address_of(yamada.mother, sato) == MASKED


def test_what_was_entered_here_stands_though_the_core_system_ended_its_own(takahashi, sato, yamada):
    measures.set_up(wish(yamada.mother), by=takahashi)

    make_protection(yamada.mother, kind="3")

    assert address_of(yamada.mother, sato) == MASKED


def test_it_is_extended_from_a_month_before_its_end_and_counts_from_the_old_end(takahashi, yamada):
    measure = measures.set_up(wish(yamada.mother, starts_on=date(2026, 4, 1)), by=takahashi)
    assert measure.ends_on == date(2027, 3, 31)
    for day, allowed in (("2027-02-27", False), ("2027-02-28", True)):
        with time_machine.travel(f"{day}T12:00+09:00", tick=False):
            if not allowed:
                with pytest.raises(NotNow):
                    measures.extend(measure.pk, by=takahashi)
                continue
            measures.extend(measure.pk, by=takahashi)

    assert Measure.objects.get().ends_on == date(2028, 3, 31)
    assert ManualProtection.objects.get().ends_on == date(2028, 3, 31)


def test_a_provisional_one_blocks_and_its_year_begins_when_it_is_decided(takahashi, sato, yamada):
    measure = measures.set_up(
        wish(yamada.mother, kind="2", starts_on=date(2026, 11, 1)), by=takahashi
    )
    assert address_of(yamada.mother, sato) == MASKED

    with time_machine.travel(NOON, tick=False):
        measures.decide(measure.pk, opinion="police", by=takahashi)

    measure.refresh_from_db()
    assert (measure.kind, measure.ends_on) == ("1", date(2027, 11, 21))
    with pytest.raises(NotNow):
        measures.decide(measure.pk, opinion="police", by=takahashi)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_period_is_one_year_less_a_day(starts_on):
    end = measures.last_day(starts_on)

    assert 364 <= (end - starts_on).days <= 365
    following = end + timedelta(days=1)
    assert (following.month, following.day) in {(starts_on.month, starts_on.day), (3, 1)}


def test_the_other_party_is_kept_sealed(takahashi, yamada):
    words = {"name": "相手　次郎", "address": "北海道網走市南六条東４丁目", "birth_date": ""}
    against = (measures.Against(None, words),)

    measures.set_up(wish(yamada.mother, against=against), by=takahashi)

    kept = bytes(AdverseParty.objects.get().sealed)
    assert "相手".encode() not in kept
    assert unseal(kept) == words
