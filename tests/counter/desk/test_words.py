"""How names, dates and lists of people are written."""

import re
from datetime import date
from types import SimpleNamespace

import pytest

from counter.desk import checklist, hits
from counter.desk.documents import method_of
from counter.templatetags import desk
from residents.facts import PartialDate
from residents.folding import fold


def test_a_name_breaks_between_its_parts_only():
    assert desk.name("山田　花子") == (
        '<span class="name-part">山田</span>\u3000<span class="name-part">花子</span>'
    )


@pytest.mark.parametrize("name", ["葛󠄀城　葛󠄁飾", "𠮷田　𩸽", "\ue000山　外字"])
def test_a_name_keeps_every_code_point(name):
    assert "".join(part for part in _texts(desk.name(name))) == name.replace("\u3000", "")


def _texts(html):
    return re.findall(r'name-part">([^<]*)<', html)


def test_a_very_long_part_may_break_or_it_would_push_the_page():
    assert "name-part" not in desk.name("RAMANUJANNAMBOODIRIPAD KRISHNA")


def test_a_name_is_escaped():
    assert "<b>" not in desk.name("<b>山　田")


@pytest.mark.parametrize(
    ("days", "words"), [(13, "あと13日"), (0, "今日まで"), (-2, "2日過ぎています"), (None, "")]
)
def test_deadlines_are_said_relative_to_today(days, words):
    assert desk.days_left(days) == words


def test_days_have_their_weekday_and_incomplete_ones_their_own_words():
    assert desk.day(date(2026, 4, 1)) == "令和8年4月1日（水）"
    partial = PartialDate(date(1948, 1, 1), date(1948, 12, 31), "1948-00-00", "昭和２３年頃")
    assert desk.day(partial) == "昭和２３年頃"
    assert desk.birthday(None) == "生年月日不明"


def pieces(text, query):
    marked = hits.marked(text, [fold(query)])
    return [[(piece.text, piece.found) for piece in part] for part in marked]


def test_the_part_that_was_searched_for_is_marked():
    assert pieces("ヤマダ　ハナコ", "はな") == [
        [("ヤマダ", False)],
        [("ハナ", True), ("コ", False)],
    ]


def test_a_marked_name_is_text_whatever_it_holds():
    shown = desk.marked(hits.marked("<i>ヤマダ　<&", ["ヤマタ"]))

    assert shown == (
        '<span class="name-part"><b>&lt;i&gt;ヤマダ</b></span>\u3000'
        '<span class="name-part">&lt;&amp;</span>'
    )


def test_a_match_never_cuts_a_character_from_its_selector():
    [[piece]] = pieces("葛󠄀城", "葛")

    assert piece == ("葛󠄀城", True)


def test_ages_are_counted_for_reading_and_unknown_ones_left_out():
    born = PartialDate.on(date(1990, 11, 23))

    assert hits.age_of(born, date(2026, 11, 22)) == 35
    assert hits.age_of(born, date(2026, 11, 23)) == 36
    assert hits.age_of(None, date(2026, 11, 22)) is None


@pytest.mark.parametrize(
    ("documents", "method"),
    [
        (["individual_number_card", "pension"], "card"),
        (["passport"], "one_point"),
        (["handbook", "insurance"], "two_point"),
        (["handbook"], None),
    ],
)
def test_documents_make_a_method(documents, method):
    assert method_of(documents) == method


def proposal(code, verdict, department="residents"):
    return SimpleNamespace(
        code=code,
        subject="n1",
        verdict=verdict,
        because=("生まれたため",),
        missing=(),
        department=department,
        department_name=department,
        place="",
        name=code,
    )


def test_the_checklist_marks_what_an_answer_changed_and_nothing_else():
    before = checklist.build([proposal("a", "unknown"), proposal("b", "yes")])
    after = checklist.build([proposal("a", "no"), proposal("b", "yes")], before.seen)

    assert [item.proposal.code for item in after.changed] == ["a"]
    assert (after.yes, after.unknown, after.no) == (1, 0, 1)


def test_the_first_page_marks_nothing():
    assert checklist.build([proposal("a", "yes")]).changed == []


def test_needed_ones_stand_before_undecided_ones_in_each_department():
    built = checklist.build(
        [proposal("a", "unknown"), proposal("b", "yes", "children"), proposal("c", "yes")]
    )

    assert [
        (group.name, [item.proposal.code for item in group.items]) for group in built.groups
    ] == [
        ("residents", ["c", "a"]),
        ("children", ["b"]),
    ]
