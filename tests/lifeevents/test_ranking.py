"""第何子: said only where 児童手当 and the household tell the same, with its origin and its guard."""

import pytest
from django.contrib.auth.models import Group
from guardian.shortcuts import remove_perm

from consent.models import Category
from lifeevents import replies, snapshots
from lifeevents.finishing import finish
from lifeevents.opened import open_bundle
from residents.facts import Known, Source
from tests import makers
from tests.makers import NEWBORN, make_bundle, make_household

AGREED = ["contact", "insurance", "pension", "child", "tax", "welfare"]


def family(*born, paid_for, mother_too=False):
    """A couple with children born on these days; 児童手当 is paid to the father for so many."""
    allowance = {"child_allow": {"支給対象児童数": str(paid_for)}} if paid_for else ()
    father = {**makers.man("大森　一", "オオモリ　ハジメ", "1985-01-20"), "holds": allowance}
    mother = {
        **makers.wife("大森　月", "オオモリ　ツキ", "1988-02-02"),
        "holds": allowance if mother_too else (),
    }
    children = [
        makers.child(f"大森　子{place}", "オオモリ　コ", day) for place, day in enumerate(born)
    ]
    return make_household(father, mother, *children)[1]


def rank(mother, by, *, agree=AGREED, answers=NEWBORN):
    bundle = make_bundle(mother, by, agree=agree, answers=answers)
    return open_bundle(bundle, by=by).situation.world.fact("child_rank", "n1")


OLDER = ("2018-04-02", "2021-06-01")


@pytest.mark.parametrize(
    ("born", "paid_for", "expected"),
    [
        (OLDER, 2, 3),
        (OLDER[:1], 1, 2),
        (("2005-04-01", "2021-06-01"), 1, 2),  # who is grown up is not counted
        (OLDER, 3, None),  # one lives elsewhere
        (OLDER, 1, None),  # one is somebody else's
        (OLDER, 0, None),  # paid by nobody here (公務員 …)
        ((), 0, None),
        ((*OLDER, "2026-11-15"), 3, None),  # a twin the register has already
    ],
)
def test_it_is_said_where_both_records_tell_the_same(born, paid_for, expected, ledgers, sato):
    told = rank(family(*born, paid_for=paid_for), sato)

    assert (told.value if isinstance(told, Known) else None) == expected


def test_it_prints_with_its_origin_and_is_not_asked(ledgers, sato):
    bundle = make_bundle(family(*OLDER, paid_for=2), sato, agree=AGREED)
    opened = open_bundle(bundle, by=sato)

    cells = [
        cell
        for filled in opened.filled
        for cell in filled.cells
        if (cell.fact, cell.subject) == ("child_rank", "n1")
    ]
    assert len(cells) >= 2
    assert {(cell.text.text, cell.origin.source) for cell in cells} == {("3", Source.DERIVED)}
    assert {cell.origin.label for cell in cells} == {"児童手当の対象児童数と世帯の子の数から"}
    assert "child_rank" not in {ask.question.fact for ask in opened.asks}


def test_what_is_unsure_or_said_otherwise_is_left(ledgers, sato):
    mother = family(*OLDER, paid_for=2)
    without = [each for each in AGREED if each != "child"]
    both = family(*OLDER, paid_for=2, mother_too=True)
    twins = {**NEWBORN, ("n2", "birth_date"): "2026-11-15"}

    assert not isinstance(rank(mother, sato, agree=without), Known), "not agreed to"
    assert not isinstance(rank(both, sato), Known), "paid to both"
    assert rank(mother, sato, answers={**NEWBORN, ("n1", "child_rank"): "4"}).value == 4
    undated = {key: value for key, value in NEWBORN.items() if key[1] != "birth_date"}
    assert not isinstance(rank(mother, sato, answers=undated), Known), (
        "not born yet, for all we know"
    )
    bundle = make_bundle(mother, sato, agree=AGREED, answers=None, newcomers=["n1", "n2"])
    replies.answer(bundle, twins, version=bundle.version, by=sato)
    world = open_bundle(bundle, by=sato).situation.world
    assert not isinstance(world.fact("child_rank", "n1"), Known), "one of two"


def test_it_goes_when_the_office_may_no_longer_see_the_allowance(ledgers, sato):
    bundle = make_bundle(family(*OLDER, paid_for=2), sato, agree=AGREED)
    finish(bundle, version=bundle.version, by=sato, leave_open=True)

    def printed():
        content = snapshots.content(bundle, by=sato)
        return {
            paper["cells"]["child_rank"]["state"]
            for paper in content["papers"]
            if "child_rank" in paper["cells"]
        }

    assert printed() == {"known"}
    clerk, child = Group.objects.get(name="clerk"), Category.objects.get(code="child")
    remove_perm("consent.see", clerk, child)
    assert printed() == {"withheld"}
