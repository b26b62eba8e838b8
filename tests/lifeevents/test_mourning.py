"""What the register tells at a death of the family that lived together."""

import pytest

from lifeevents import bundles, replies
from lifeevents.opened import open_bundle
from tests.makers import child, make_household, man, wife


@pytest.fixture
def mourning(ledgers, sato, today):
    """Everything known after the death of the member at a place, the day of it said."""

    def mourning(members, dead=0, answers=None):
        people = make_household(*members)
        bundle = bundles.start("death", people[dead].pk, applicant="household", on=today, by=sato)
        said = {(f"p{dead + 1}", "died_on"): "2026-04-30", **(answers or {})}
        replies.answer(bundle, said, version=0, by=sato)
        return open_bundle(bundle, by=sato)

    return mourning


def family(**changes):
    return (
        man("山田　太郎", "ヤマダ　タロウ", "1970-02-10"),
        {**wife("山田　花子", "ヤマダ　ハナコ", "1972-05-01"), **changes},
        child("山田　一郎", "ヤマダ　イチロウ", "2001-06-15", 性別="1"),
        {**man("山田　春夫", "ヤマダ　ハルオ", "1944-05-01"), "codes": ("51",), "続柄表記": "父"},
    )


def told(opened, fact, key):
    value = opened.situation.world.fact(fact, key)
    return getattr(value, "value", None)


def test_the_family_in_one_household_is_not_asked_how_it_is_related(mourning):
    opened = mourning(family())

    assert told(opened, "marital", "p1") == "married"
    assert told(opened, "spouse_age", "p1") == 53, "the day before her birthday"
    relations = {key: told(opened, "relation_to_deceased", key) for key in ("p2", "p3", "p4")}
    assert relations == {"p2": "妻", "p3": "子", "p4": "父"}
    assert {told(opened, "reports_as", key) for key in relations} == {"relative_with"}


def test_a_husband_is_left_behind_too(mourning):
    opened = mourning(family(), dead=1)

    assert told(opened, "marital", "p2") == "married"
    assert told(opened, "relation_to_deceased", "p1") == "夫"


def test_it_stands_on_the_papers_with_where_it_comes_from(mourning):
    opened = mourning(family())

    [report] = [each for each in opened.filled if each.paper.title == "死亡届"]
    cells = {cell.key: cell for cell in report.cells}
    assert cells["marital"].state == "known"
    assert cells["reports_as"].origin.label == "世帯の続柄から"


def test_a_marriage_that_was_never_registered_is_none(mourning):
    opened = mourning(family(codes=("14",), 続柄表記="妻（未届）"))

    assert told(opened, "marital", "p1") is None
    assert told(opened, "reports_as", "p2") is None


def test_what_the_family_says_stands(mourning):
    opened = mourning(family(), answers={("p2", "relation_to_deceased"): "内縁の妻"})

    assert told(opened, "relation_to_deceased", "p2") == "内縁の妻"


def test_a_single_person_is_asked(mourning):
    opened = mourning((man("見本　一人", "ミホン　ヒトリ", "1970-01-01"),))

    assert told(opened, "marital", "p1") is None
