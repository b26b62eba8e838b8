"""Papers of moves and deaths: who they speak of, what is left to the pen, and what is never guessed."""

from datetime import date

import pytest

from lifeevents import bundles, joining, replies
from lifeevents.finishing import finish, missing_labels
from lifeevents.models import Snapshot
from lifeevents.opened import open_bundle
from tests.makers import NEWBORN, child, make_bundle, make_household, man, wife

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 22)
EVERYTHING = ["contact", "insurance", "pension", "child", "tax", "welfare"]
MOVED = {("bundle", "new_address"): "緑町一丁目2番3号", ("bundle", "moved_on"): "2026-11-15"}


@pytest.fixture
def family(ledgers):
    """The head, his wife and child, both insured by the city, and his old father."""
    return make_household(
        man("吉田　太郎", "ヨシダ　タロウ", "1988-02-10", holds=("contact", "child_allow")),
        wife("吉田　花子", "ヨシダ　ハナコ", "1990-05-01", holds=("nhi", "contact")),
        child("吉田　一郎", "ヨシダ　イチロウ", "2016-06-15", holds=("nhi",), 性別="1"),
        {
            **man("吉田　春夫", "ヨシダ　ハルオ", "1944-05-01", holds=("late_elderly", "ltc")),
            "codes": ("51",),
            "続柄表記": "父",
        },
    )


@pytest.fixture
def bundle_of(sato):
    def bundle_of(event, resident, answers, **changes):
        start = {"applicant": "household", "on": ON, "by": sato, **changes}
        bundle = bundles.start(event, resident.pk, **start)
        replies.answer(bundle, answers, version=bundle.version, by=sato)
        bundles.identify(bundle, version=1, method="card", documents=["passport"], by=sato)
        offered = [each.code for each in open_bundle(bundle, by=sato).offers]
        bundles.agree(bundle, offered, version=2, by=sato)
        return bundle

    return bundle_of


@pytest.fixture
def papers_of(bundle_of, sato):
    def papers_of(*arguments, **changes):
        opened = open_bundle(bundle_of(*arguments, **changes), by=sato)
        return {each.paper.code: each for each in opened.filled}

    return papers_of


def cells_of(filled):
    return {cell.key: cell for cell in filled.cells}


def test_a_move_fills_one_paper_with_everyone_who_moves(papers_of, family):
    notice = papers_of("move_within", family[1], MOVED)["paper.move_notice"]
    cells, [(_, rows)] = cells_of(notice), notice.rows

    assert cells["kind"].text.raw == "move_within"
    assert cells["new_address"].text.text == "緑町一丁目2番3号"
    assert cells["old_address"].text.text == "北海道北見市北進町三丁目１２番３号"
    assert cells["old_head"].text.text == cells["head_name"].text.text == "吉田　太郎"
    assert [row[0].text.text for row in rows] == [
        "吉田　太郎",
        "吉田　花子",
        "吉田　一郎",
        "吉田　春夫",
    ]


def test_the_insurance_paper_lists_only_who_is_insured(papers_of, family):
    papers = papers_of("move_within", family[1], MOVED)
    [(_, rows)] = papers["paper.nhi_change"].rows

    assert [row[0].text.text for row in rows] == ["吉田　花子", "吉田　一郎"]
    assert cells_of(papers["paper.late_change"])["name"].text.text == "吉田　春夫"


def test_the_heads_former_address_is_printed_only_where_the_head_moves(papers_of, family, sato):
    """Who joins a household is moved to a head who stays where they are."""
    moved = papers_of("move_within", family[1], MOVED)["paper.nhi_change"]
    assert cells_of(moved)["old_address"].text.text == "北海道北見市北進町三丁目１２番３号"

    host = make_household(man("加入　先", "カニュウ　サキ", "1950-01-01", holds=("nhi",)))[0]
    bundle = bundles.start("move_within", family[1].pk, applicant="self", on=ON, by=sato)
    joining.join(bundle, host.pk, version=bundle.version, by=sato)
    bundles.agree(bundle, ["insurance"], version=bundle.version, by=sato)
    papers = {each.paper.code: each for each in open_bundle(bundle, by=sato).filled}
    cells = cells_of(papers["paper.nhi_change"])

    assert (cells["head_name"].text.text, cells["old_address"].state) == ("加入　先", "blank")


def test_a_head_left_behind_stays_the_old_head(papers_of, family):
    father, mother, son, _ = family
    papers = papers_of(
        "move_within", mother, {**MOVED, ("p2", "becomes_head"): True}, elsewhere=[son.pk]
    )

    cells = cells_of(papers["paper.move_notice"])
    assert cells["old_head"].text.text == "吉田　太郎"
    assert cells["head_name"].text.text == "吉田　花子"


def test_the_funeral_is_paid_to_the_mourner_and_nobody_else(papers_of, family):
    died = {("p4", "died_on"): "2026-11-20", ("bundle", "funeral_on"): "2026-11-22"}
    asked = cells_of(papers_of("death", family[3], died)["paper.late_funeral"])
    stands_here = cells_of(
        papers_of("death", family[3], {**died, ("p1", "is_mourner"): True})["paper.late_funeral"]
    )
    another = cells_of(
        papers_of("death", family[3], {**died, ("p1", "is_mourner"): False})["paper.late_funeral"]
    )

    assert asked["is_mourner"].state == "missing"
    assert stands_here["mourner_name"].text.text == "吉田　太郎"
    assert stands_here["mourner_phone"].state == "known"
    for cells in (asked, another):
        assert {cells[key].state for key in ("mourner_name", "mourner_address", "bank_number")} == {
            "pen"
        }


def test_a_death_is_reported_with_the_head_as_it_was_and_the_next_one_is_not_guessed(
    papers_of, family
):
    papers = papers_of("death", family[0], {("p1", "died_on"): "2026-11-20"})

    assert cells_of(papers["paper.death_report"])["head_name"].text.text == "吉田　太郎"
    assert cells_of(papers["paper.household_change"])["head_name"].state == "pen"
    assert cells_of(papers["paper.nhi_change_head"])["head_name"].state == "pen"


def test_what_the_register_says_is_not_held_is_not_asked_for_a_place_that_may_stay_empty(
    papers_of, family
):
    notice = papers_of("move_within", family[1], MOVED)["paper.move_notice"]
    nationalities = {
        cell.state for _, rows in notice.rows for row in rows for cell in row
        if cell.key == "nationality"
    }  # fmt: skip

    assert nationalities == {"blank"}


def test_a_paper_leaves_white_what_only_another_paper_of_its_layout_uses(papers_of, family):
    notice = papers_of("move_within", family[1], MOVED)["paper.move_notice"]

    assert cells_of(notice)["family_register"].state == "blank"


def test_a_childs_insurance_is_that_of_the_insured_parent(ledgers, sato):
    insured = {"国保記号番号": "北見 0001", "保険者名称": "北見市"}
    _, mother = make_household(
        man("山田　太郎", "ヤマダ　タロウ", "1988-02-10", holds={"nhi": insured}),
        wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01", holds={"nhi": insured, "contact": {}}),
    )

    def medical(**answers):
        said = {**NEWBORN, **{("n1", fact): value for fact, value in answers.items()}}
        bundle = make_bundle(mother, sato, agree=EVERYTHING, answers=said)
        filled = open_bundle(bundle, by=sato).filled
        return cells_of(next(each for each in filled if each.paper.code == "paper.child_medical"))

    held, told = medical(), medical(insurer_of_child="札幌市")

    assert held["insurer"].text.text == "北見市"
    assert held["insured_symbol"].text.text == "北見 0001"
    assert held["insured_name"].text.text == "山田　太郎"
    assert held["insured_from"].text.text == "令和8年11月15日"
    assert told["insurer"].text.text == "札幌市"


def test_no_account_is_asked_for_where_the_public_one_is_used(ledgers, sato):
    _, mother = make_household(
        man("山田　太郎", "ヤマダ　タロウ", "1988-02-10"),
        wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01", holds=("contact",)),
    )

    def required(public):
        said = {
            **NEWBORN,
            ("bundle", "mother_earns_more"): True,
            ("p2", "civil_servant"): False,
            ("p2", "use_public_account"): public,
        }
        opened = open_bundle(make_bundle(mother, sato, agree=EVERYTHING, answers=said), by=sato)
        claim = next(each for each in opened.filled if each.paper.code == "paper.child_allow")
        return {cell.required for cell in claim.cells if cell.key.startswith("bank_")}

    assert required(public=True) == {False}
    assert required(public=False) == {True}


def test_the_cover_names_each_person_beside_the_role(bundle_of, family, sato):
    bundle = bundle_of("death", family[3], {("p4", "died_on"): "2026-11-20"})
    labels = missing_labels(open_bundle(bundle, by=sato))
    finish(bundle, version=bundle.version, by=sato, leave_open=True)
    content = Snapshot.objects.get(pk=bundle.pk).content
    report = next(each for each in content["papers"] if each["code"] == "paper.death_report")
    subjects = {item["subject"] for each in content["checklist"] for item in each["items"]}

    assert "死亡したところ" in labels
    assert report["subject"] == "亡くなった方 吉田　春夫"
    assert "亡くなった方 吉田　春夫" in subjects
