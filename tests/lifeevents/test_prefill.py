"""Prefill: every cell is known with its origin, or empty for a stated reason."""

import pytest

from lifeevents import replies
from lifeevents.opened import open_bundle
from lifeevents.printed_values import printed
from residents.facts import Source
from tests.makers import NEWBORN, make_bundle, make_household, man, wife

EVERYTHING = ["contact", "insurance", "pension", "child", "tax", "welfare"]
EMPTY = {"blank", "pen", "missing", "protected", "withheld", "dont_know"}


@pytest.fixture
def papers(sato):
    def papers(resident, by=sato, **changes):
        bundle = make_bundle(resident, by, **{"agree": EVERYTHING, **changes})
        return {each.paper.code: each for each in open_bundle(bundle, by=by).filled}

    return papers


def cells_of(filled):
    return {cell.key: cell for cell in filled.cells}


def test_every_known_cell_has_a_text_and_an_origin_and_no_other_has(papers, yamada, hidden):
    for resident in (yamada.mother, hidden.mother):
        for filled in papers(resident).values():
            for cell in filled.all_cells():
                known = cell.state == "known"
                assert known == bool(cell.text.text) == (cell.origin is not None)
                assert known or cell.state in EMPTY


def test_a_value_says_whether_it_was_held_derived_or_said(papers, yamada):
    cells = cells_of(papers(yamada.mother)["paper.birth_report"])

    assert cells["mother_name"].origin.label == "住民基本台帳"
    assert cells["mother_name"].text.kana == "ヤマダ　ハナコ"
    assert cells["address"].origin.source is Source.DERIVED
    assert cells["child_name"].origin.source is Source.ANSWER
    assert cells["child_name"].text.kana == "ヤマダ　サクラ"
    assert cells["born_on"].text.text == "令和8年11月15日"
    assert cells["sex"].text.text == "女"


def test_what_is_signed_or_is_a_personal_number_is_left_for_the_pen(papers, yamada):
    cells = cells_of(papers(yamada.mother)["paper.birth_report"])

    assert cells["signature"].state == "pen"
    for filled in papers(yamada.father).values():
        for cell in filled.all_cells():
            assert "個人番号" not in cell.label or cell.state == "pen"


def test_what_nobody_said_yet_is_missing_and_dont_know_is_not(papers, yamada):
    before = cells_of(papers(yamada.mother)["paper.birth_report"])
    after = cells_of(
        papers(yamada.mother, answers={**NEWBORN, ("n1", "place_of_birth"): None})[
            "paper.birth_report"
        ]
    )

    assert (before["born_in"].state, after["born_in"].state) == ("missing", "dont_know")


def test_what_was_not_agreed_to_is_withheld_and_a_protected_place_protected(papers, yamada, hidden):
    assert cells_of(papers(yamada.mother, agree=[])["paper.birth_report"])["phone"].state == (
        "withheld"
    )
    cells = cells_of(papers(hidden.mother)["paper.birth_report"])
    assert {cells[key].state for key in ("address", "applicant_address", "phone")} == {"protected"}


def test_a_paper_is_made_only_for_what_is_needed(papers, yamada):
    made = papers(yamada.mother)

    assert "paper.child_allow_up" in made
    assert "paper.child_allow" not in made
    assert "paper.low_weight" not in made


def test_each_of_twins_has_a_birth_report_of_its_own(yamada, sato):
    bundle = make_bundle(yamada.mother, sato, newcomers=("n1", "n2"))
    replies.answer(bundle, {("n2", "name"): "山田　つばき"}, version=bundle.version, by=sato)

    reports = [
        each
        for each in open_bundle(bundle, by=sato).filled
        if each.paper.code == "paper.birth_report"
    ]

    assert [cells_of(each)["child_name"].text.text for each in reports] == [
        "山田　さくら",
        "山田　つばき",
    ]


def test_a_correction_changes_every_paper_at_once(papers, yamada):
    answers = {**NEWBORN, ("p2", "name_kana"): "やまだ はなえ", ("p2", "name"): "山田 華恵"}

    made = papers(yamada.mother, answers=answers)

    told = [
        cell
        for filled in made.values()
        for cell in filled.all_cells()
        if (cell.subject, cell.fact) == ("p2", "name")
    ]
    assert len(told) > 2
    assert {(cell.text.text, cell.origin.source) for cell in told} == {
        ("山田　華恵", Source.ANSWER)
    }


def test_rows_list_whom_the_table_is_about(papers, yamada):
    made = papers(yamada.mother)

    rows = dict(made["paper.child_allow_up"].rows)
    assert [row[0].subject for row in rows["added"]] == ["n1"]
    assert [row[0].subject for row in rows["children"]] == ["p3"]
    insured = dict(made["paper.nhi_join"].rows)["insured"]
    assert [row[0].subject for row in insured] == ["p1", "p2", "p3"]


def test_the_spouse_row_is_the_parent_who_does_not_claim(papers, ledgers):
    father, _ = make_household(
        man("見本　一", "ミホン　ハジメ", "1990-01-01"),
        wife("見本　二葉", "ミホン　フタバ", "1991-01-01"),
    )

    answers = {**NEWBORN, ("bundle", "mother_earns_more"): "no", ("p1", "civil_servant"): "no"}

    claim = papers(father, answers=answers)["paper.child_allow"]

    claimant = cells_of(claim)["name"].subject
    spouse = [row[0].subject for row in dict(claim.rows)["spouse"]]
    assert {claimant, *spouse} == {"p1", "p2"}
    assert len(spouse) == 1


def test_a_paper_about_someone_absent_is_blank_there_and_nobody_elses_name_fills_it(papers, hidden):
    cells = cells_of(papers(hidden.mother)["paper.birth_report"])

    assert (cells["father_name"].state, cells["father_name"].text.text) == ("blank", "")


def test_every_known_value_of_a_resident_is_guarded(papers, yamada):
    for filled in papers(yamada.mother).values():
        for cell in filled.all_cells():
            held = cell.origin and cell.origin.source is Source.REGISTER
            assert not held or cell.guards


@pytest.mark.parametrize(
    ("kind", "held", "shown"),
    [
        ("postal", "0900024", "090-0024"),
        ("phone", "09012345678", "090-1234-5678"),
        ("phone", "0157-23-7111", "0157-23-7111"),
        ("text", "0900024", "0900024"),
    ],
)
def test_bare_digits_of_the_register_are_shown_in_groups(kind, held, shown):
    assert printed(held, kind).text == shown
