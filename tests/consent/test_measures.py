"""支援措置 entered here: at once by one person, gone only by two and a hold, never by a date."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from consent import (
    door,
    engagements,
    measure_book,
    measure_ends,
    measure_period,
    measure_transfers,
    measures,
)
from consent.actors import actor_of
from consent.measure_ends import End
from consent.measures import MayNotProtect, NotNow
from consent.models import AccessEntry, AdverseParty, Measure
from consent.sealing import unseal
from residents.facts import Reason, Unknown
from residents.models import ManualProtection
from tests.aged import wish
from tests.makers import make_protection

WISH = End("wish", "in_person")
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
    measure_ends.ask(measure.pk, everyone, end=WISH, by=takahashi)
    return measure_ends.confirm(measure.pk, by=kato)


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


@pytest.mark.parametrize(
    "verb",
    [
        "set_up", "extend", "decide", "ask", "confirm", "withdraw", "contact", "against", "read",
        "send", "answer",
    ],
)  # fmt: skip
def test_nobody_else_does_any_of_it(verb, takahashi, sato, yamada):
    measure = measures.set_up(wish(yamada.mother, kind="2"), by=takahashi)
    call = {
        "set_up": lambda: measures.set_up(wish(yamada.father), by=sato),
        "extend": lambda: measures.extend(measure.pk, by=sato),
        "decide": lambda: measures.decide(measure.pk, opinion="police", by=sato),
        "ask": lambda: measure_ends.ask(measure.pk, [yamada.mother.pk], end=WISH, by=sato),
        "confirm": lambda: measure_ends.confirm(measure.pk, by=sato),
        "withdraw": lambda: measure_ends.withdraw(measure.pk, by=sato),
        "contact": lambda: measures.set_contact(measure.pk, {"to": "x"}, by=sato),
        "against": lambda: measures.add_against(
            measure.pk, measures.Against(None, {"name": "x"}), by=sato
        ),
        "read": lambda: measure_book.contact(measure.pk, by=sato),
        "send": lambda: measure_transfers.add(measure.pk, "out", {}, on=NOON.date(), by=sato),
        "answer": lambda: measure_transfers.acknowledge(measure.pk, 1, on=NOON.date(), by=sato),
    }[verb]

    with pytest.raises(MayNotProtect):
        call()

    assert Measure.objects.count() == ManualProtection.objects.count() == 1


def test_the_end_of_its_period_lifts_nothing(takahashi, sato, yamada):
    with time_machine.travel(NOON - timedelta(days=800), tick=False):
        measures.set_up(wish(yamada.mother, starts_on=date(2024, 9, 13)), by=takahashi)

    assert measure_ends.lift_due() == 0
    assert address_of(yamada.mother, sato) == MASKED


def test_two_people_and_the_hold_end_it(takahashi, kato, sato, yamada):
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother, yamada.child), by=takahashi)
        measure_ends.ask(measure.pk, [yamada.mother.pk, yamada.child.pk], end=WISH, by=takahashi)
        with pytest.raises(MayNotProtect):
            measure_ends.confirm(measure.pk, by=takahashi)
        measure_ends.confirm(measure.pk, by=kato)

        clock.shift(timedelta(hours=71, minutes=59))
        assert measure_ends.lift_due() == 0
        assert address_of(yamada.mother, sato) == MASKED

        clock.shift(timedelta(minutes=1))
        assert measure_ends.lift_due() == 1

    assert address_of(yamada.mother, sato) != MASKED
    measure.refresh_from_db()
    assert measure.ended_at == NOON + timedelta(hours=72)
    assert measure_ends.lift_due() == 0
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
        measure_ends.lift_due()

    assert address_of(katsuragi.mother, sato) != MASKED
    assert address_of(yamada.mother, sato) == MASKED
    measure.refresh_from_db()
    assert (measure.ended_at, measure.asked_by, measure.leaving) == (None, None, [])
    assert measures.standing_for(measure) == [yamada.mother.pk]


def test_any_one_of_them_lets_it_stand_after_all(takahashi, kato, sato, yamada):
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother), by=takahashi)
        ended(measure, takahashi, kato)
        measure_ends.withdraw(measure.pk, by=kato)
        clock.shift(timedelta(days=30))

        assert measure_ends.lift_due() == 0
    assert address_of(yamada.mother, sato) == MASKED


def test_what_the_core_system_sent_stands_whatever_is_ended_here(takahashi, kato, sato, yamada):
    make_protection(yamada.mother)
    with time_machine.travel(NOON, tick=False) as clock:
        measure = measures.set_up(wish(yamada.mother), by=takahashi)
        ended(measure, takahashi, kato)
        clock.shift(timedelta(hours=72))
        assert measure_ends.lift_due() == 1

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


def test_a_provisional_one_blocks_and_its_year_begins_when_another_decides(
    takahashi, kato, sato, yamada
):
    measure = measures.set_up(
        wish(yamada.mother, kind="2", starts_on=date(2026, 11, 1)), by=takahashi
    )
    assert address_of(yamada.mother, sato) == MASKED

    with time_machine.travel(NOON, tick=False):
        with pytest.raises(MayNotProtect):
            measures.decide(measure.pk, opinion="police", by=takahashi)
        measures.decide(measure.pk, opinion="police", by=kato)

    measure.refresh_from_db()
    assert (measure.kind, measure.ends_on) == ("1", date(2027, 11, 21))
    with pytest.raises(NotNow):
        measures.decide(measure.pk, opinion="police", by=kato)


def test_one_entered_as_full_holds_at_once_and_is_decided_by_another(takahashi, kato, sato, yamada):
    measure = measures.set_up(wish(yamada.mother, starts_on=date(2026, 11, 1)), by=takahashi)
    assert address_of(yamada.mother, sato) == MASKED
    assert [line.waits_for for line in measure_book.board(by=kato).waiting] == ["decision"]

    measures.decide(measure.pk, opinion="police", by=kato)

    measure.refresh_from_db()
    assert (measure.decided_by_id, measure.ends_on) == (kato.account_id, date(2027, 10, 31))
    assert measure_book.board(by=kato).waiting == ()
    alone = takahashi.account_id
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        Measure.objects.filter(pk=measure.pk).update(decided_by=alone)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2027-10-20", "standing"),
        ("2027-10-21", "last_month"),
        ("2027-11-21", "last_month"),
        ("2027-11-22", "grace"),
        ("2027-12-21", "grace"),
        ("2027-12-22", "overdue"),
        ("2031-01-01", "overdue"),
    ],
)
def test_after_its_period_it_stands_for_a_grace_and_ever_after(day, state, takahashi, yamada, sato):
    measures.set_up(wish(yamada.mother), by=takahashi)
    ground = engagements.begin("trial", [yamada.mother.pk], reference="", by=sato)
    type(ground).objects.update(until=datetime(2040, 1, 1, tzinfo=UTC))

    with time_machine.travel(f"{day}T12:00+09:00", tick=False):
        assert measure_ends.lift_due() == 0
        board = measure_book.board(by=takahashi)
        seen = door.open([yamada.mother.pk], engagement=ground.pk, by=sato)[yamada.mother.pk]

    assert board.standing[0].state == state
    assert (board.alerts != ()) is (state != "standing")
    assert seen.facts["address"] == MASKED


GRACE, OVERDUE = date(2025, 11, 1), date(2025, 10, 1)


@pytest.mark.parametrize(
    ("why", "verified", "changes", "allowed"),
    [
        ("wish", "in_person", {}, True),
        ("wish", "", {}, False),
        ("wish", "code_word", {}, False),
        ("wish", "code_word", {"contact": {"code_word": "白樺"}}, True),
        ("not_renewed", "in_person", {}, False),
        ("not_renewed", "in_person", {"starts_on": GRACE}, True),
        ("not_renewed", "", {"starts_on": GRACE}, False),
        ("no_answer", "", {"starts_on": GRACE}, False),
        ("no_answer", "", {"starts_on": OVERDUE}, True),
        ("not_needed", "", {}, False),
        ("not_needed", "", {"kind": "2"}, True),
        ("transferred", "", {}, False),
        ("mistake", "", {}, True),
        ("", "", {}, False),
    ],
)
def test_each_reason_to_end_has_its_own_gate(why, verified, changes, allowed, takahashi, yamada):
    with time_machine.travel(NOON, tick=False):
        asked = dataclasses.replace(wish(yamada.mother), **changes)
        measure = measures.set_up(asked, by=takahashi)
        end = End(why, verified)
        if not allowed:
            with pytest.raises(NotNow):
                measure_ends.ask(measure.pk, [yamada.mother.pk], end=end, by=takahashi)
            return
        measure_ends.ask(measure.pk, [yamada.mother.pk], end=end, by=takahashi)

    measure.refresh_from_db()
    assert (measure.ending, measure.verified) == (why, verified)


def test_a_transfer_is_open_until_answered_and_red_from_the_next_working_day(takahashi, yamada):
    """Sent on a Friday before a holiday (23 November 2026): the answer is due on Tuesday."""
    measure = measures.set_up(wish(yamada.mother, starts_on=date(2026, 11, 20)), by=takahashi)
    words = {"municipality": "網走市", "office": "市民課", "number": "北市第１号"}
    sent = measure_transfers.add(measure.pk, "out", words, on=date(2026, 11, 20), by=takahashi)
    assert "網走".encode() not in bytes(sent.sealed)

    for day, late in ((24, False), (25, True)):
        (line,) = measure_book.board(by=takahashi, on=date(2026, 11, day)).transfers
        assert (line.due, line.late, line.words["municipality"]) == (
            date(2026, 11, 24), late, "網走市",
        )  # fmt: skip
    end = End("transferred")
    with pytest.raises(NotNow):
        measure_ends.ask(measure.pk, [yamada.mother.pk], end=end, by=takahashi)
    on = date(2026, 11, 25)
    measure_transfers.acknowledge(measure.pk, sent.pk, on=on, by=takahashi)
    with pytest.raises(NotNow):
        measure_transfers.acknowledge(measure.pk, sent.pk, on=on, by=takahashi)

    assert measure_book.board(by=takahashi, on=on).transfers == ()
    measure_ends.ask(measure.pk, [yamada.mother.pk], end=end, by=takahashi)
    assert [step.kind for step in measure.steps.all()] == ["set_up", "sent", "answered", "asked"]


def test_the_safe_contact_is_sealed_read_by_itself_and_gone_with_the_measure(
    takahashi, kato, yamada
):
    words = {"channel": "phone", "to": "09055556666", "hours": "平日の午前", "code_word": "白樺"}
    measure = measures.set_up(wish(yamada.mother), by=takahashi)
    measures.set_contact(measure.pk, words, by=takahashi)
    measure.refresh_from_db()
    assert b"09055556666" not in bytes(measure.safe_contact)
    assert "09055556666" not in repr(measure_book.sheet(measure.pk, by=kato))

    assert measure_book.contact(measure.pk, by=kato) == words

    entry = AccessEntry.objects.get(reason="安全な連絡先の閲覧")
    assert (entry.account_id, entry.subjects.get().categories) == (kato.account_id, ["contact"])
    with time_machine.travel(NOON, tick=False) as clock:
        ended(measure, takahashi, kato)
        clock.shift(timedelta(hours=72))
        measure_ends.lift_due()
    measure.refresh_from_db()
    assert measure.safe_contact is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_the_period_is_one_year_less_a_day(starts_on):
    end = measure_period.last_day(starts_on)

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
