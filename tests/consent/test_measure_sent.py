"""相手方 of a measure the core system sends: named here, untouched by every delivery, ended by the core."""

from datetime import UTC, date, datetime

import pytest

from consent import door, engagements, measure_book, measure_ends, measure_sent, measures
from consent.measure_ends import End
from consent.measures import Against, MayNotProtect, NotNow
from consent.models import AccessEntry, Measure
from residents.facts import Reason, Unknown
from residents.models import Identity, Protection
from tests import makers
from tests.residents.exports import LATER, person, protection, take_in_rows, undo

HER, HIM, CHILD = "0000000001", "0000000002", "0000000003"
NIGHTS = [LATER, datetime(2026, 11, 12, 2, tzinfo=UTC), datetime(2026, 11, 13, 2, tzinfo=UTC)]

pytestmark = pytest.mark.django_db


def people(**hers):
    """She and her child live elsewhere; he is alone in the household they fled."""
    rows = [person(HER, 世帯番号="0000000909", **hers), person(HIM, 性別="1")]
    return [*rows, person(CHILD, 世帯番号="0000000909", 続柄コード1="21", 続柄表記="子")]


@pytest.fixture
def fled(tmp_path):
    sent = [protection(HER), protection(CHILD)]
    take_in_rows(tmp_path, juki=people(), protection=sent)
    return {each.number: each.pk for each in Identity.objects.all()}


def named(fled, by, **changes):
    measure = measures.take_up(fled[HER], [fled[CHILD]], by=by)
    against = Against(fled[HIM], {"name": "相手　次郎"})
    return measures.add_against(measure.pk, against, by=by)


def shut(fled, by, number=HER):
    """Whether his own visit learns nothing of her."""
    refs = [fled[HIM], fled[number]]
    ground = engagements.begin("trial", refs, reference="", by=by).pk
    name = door.open(refs, engagement=ground, by=by)[fled[number]].facts["name"]
    return name == Unknown(Reason.PROTECTED)


def test_who_is_named_learns_nothing_of_whoever_flees_from_them(fled, takahashi, sato):
    assert not shut(fled, sato)

    named(fled, takahashi)

    assert (shut(fled, sato), shut(fled, sato, CHILD)) == (True, True)
    entry = AccessEntry.objects.filter(action="protect", reason="相手方を加えた").get()
    assert {row.ref for row in entry.subjects.all()} == {fled[HER], fled[CHILD]}


def test_no_delivery_changes_it_and_the_core_alone_ends_it(tmp_path, fled, takahashi, sato):
    measure = named(fled, takahashi)
    before = list(measure.adverse.values())
    changed = protection(HER, 支援措置終了年月日="2031-03-31", 履歴番号="2")
    take_in_rows(tmp_path, NIGHTS[0], juki=people(氏名="改名　花子"), protection=[changed])
    assert list(measure.adverse.values()) == before
    assert shut(fled, sato)
    assert measure_sent.period_of(measure)[2] == date(2031, 3, 31)
    ends = [protection(HER, "3", 履歴番号="3"), protection(CHILD, "3", 履歴番号="3")]

    done = take_in_rows(tmp_path, NIGHTS[1], protection=ends)["protection"]

    assert not shut(fled, sato)
    assert measure_sent.follow() == 1
    assert Measure.objects.get().ended_at
    with pytest.raises(NotNow):
        measures.set_contact(measure.pk, {"to": "x"}, by=takahashi)
    undo(done)
    assert shut(fled, sato), "the end was taken back"
    assert (measure_sent.follow(), measure_sent.follow()) == (1, 0)
    assert Measure.objects.get().ended_at is None


def test_each_is_covered_for_as_long_as_theirs_is_sent(tmp_path, fled, takahashi, sato):
    named(fled, takahashi)

    take_in_rows(tmp_path, NIGHTS[0], protection=[protection(HER, "3", 履歴番号="2")])

    assert (shut(fled, sato), shut(fled, sato, CHILD)) == (False, True)


def test_what_the_core_answers_for_is_not_done_here(fled, takahashi):
    measure = named(fled, takahashi)
    everyone = measures.standing_for(measure)

    for verb in (
        lambda: measures.extend(measure.pk, by=takahashi),
        lambda: measures.decide(measure.pk, opinion="police", by=takahashi),
        lambda: measure_ends.ask(measure.pk, everyone, end=End("mistake"), by=takahashi),
    ):
        with pytest.raises(NotNow):
            verb()
    measures.set_contact(measure.pk, {"to": "09055556666"}, by=takahashi)
    assert measure_book.contact(measure.pk, by=takahashi) == {"to": "09055556666"}


def test_it_is_taken_up_once_by_those_who_may_and_for_whom_it_was_sent(fled, takahashi, sato):
    first = measures.take_up(fled[HER], [], by=takahashi)

    assert measures.take_up(fled[HER], [fled[CHILD]], by=takahashi) == first
    assert measures.standing_for(first) == [fled[HER]]
    with pytest.raises(MayNotProtect):
        measures.take_up(fled[CHILD], [], by=sato)
    for ref, together in ((fled[HIM], []), (fled[CHILD], [fled[HIM]])):
        with pytest.raises(NotNow):
            measures.take_up(ref, together, by=takahashi)


def test_those_whose_other_party_is_unknown_are_counted_and_come_first(fled, takahashi):
    makers.make_protection(makers.make_resident("一人　守"), ends_on=date(2026, 11, 1))
    board = measure_book.board(by=takahashi)
    assert (board.sent, board.unknown) == (3, 3)

    named(fled, takahashi)

    listed = measure_book.sent(by=takahashi).lines
    assert [(line.who.name, line.against) for line in listed][0] == ("一人　守", 0)
    assert {line.against for line in listed[1:]} == {1}
    board = measure_book.board(by=takahashi)
    assert (board.sent, board.unknown, board.standing) == (3, 1, ())
    assert Protection.objects.count() == 3
