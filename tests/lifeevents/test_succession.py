"""The next head of those a head leaves behind, by moving out or by death."""

import pytest

from lifeevents import bundles, replies
from lifeevents.kinship import HEAD, Member, in_words, towards
from lifeevents.opened import open_bundle
from tests.makers import child, make_household, man, wife

DIED = {("p1", "died_on"): "2026-11-10"}
MOVED = {("bundle", "new_address"): "北進町一丁目１番", ("bundle", "moved_on"): "2026-11-10"}
ASKS = {"death": "becomes_head", "move_within": "heads_rest"}
SAID = {"death": DIED, "move_within": MOVED}
WIFE, SON, DAUGHTER = Member("2", ("12",)), Member("1", ("20",)), Member("2", ("20",))


@pytest.fixture
def left(ledgers, sato, today):
    """The head leaves a household, `answers` are given, and everything is opened."""

    def left(event, members, answers=None):
        head, *rest = make_household(*members)
        applicant = {"death": "household", "move_within": "self"}[event]
        bundle = bundles.start(event, head.pk, applicant=applicant, on=today, by=sato)
        if event == "move_within":
            for place in range(2, len(rest) + 2):
                bundles.set_taking_part(bundle, f"p{place}", False, version=bundle.version, by=sato)
        replies.answer(bundle, SAID[event] | (answers or {}), version=bundle.version, by=sato)
        return open_bundle(bundle, by=sato)

    return left


def family(*children):
    return (
        man("山田　太郎", "ヤマダ　タロウ", "1970-02-10"),
        wife("山田　花子", "ヤマダ　ハナコ", "1972-05-01"),
        *children,
    )


def grown():
    return child("山田　一郎", "ヤマダ　イチロウ", "2001-06-15", 性別="1")


def little():
    return child("山田　さくら", "ヤマダ　サクラ", "2018-06-15")


def asked(opened):
    fact = ASKS[opened.event.code]
    return [each.subject for each in opened.asks if each.question.fact == fact]


def is_due(opened, code="res.household_change"):
    return any(each.due for each in opened.proposed if each.procedure.code == code)


def printed(opened):
    """The rows and the heads on the paper about the change of head."""
    [paper] = [each for each in opened.filled if each.paper.title == "住民異動届（世帯主の変更）"]
    cells = {cell.key: cell.text.text for cell in paper.cells}
    [(_, rows)] = paper.rows
    named = [{cell.key: cell.text.text for cell in row} for row in rows]
    return cells, {row["name"]: row["relationship"] for row in named}


@pytest.mark.parametrize("event", ASKS)
def test_whoever_may_become_head_is_asked_until_one_does(left, event):
    opened = left(event, family(grown(), little()))
    assert is_due(opened)
    assert asked(opened) == ["p2", "p3"], "the nine-year-old is not asked"

    refused = left(event, family(grown(), little()), {("p2", ASKS[event]): "no"})
    assert asked(refused) == ["p3"]

    settled = left(event, family(grown(), little()), {("p2", ASKS[event]): "yes"})
    assert asked(settled) == []
    cells, rows = printed(settled)
    assert (cells["old_head"], cells["head_name"]) == ("山田　太郎", "山田　花子")
    assert rows == {"山田　花子": "世帯主", "山田　一郎": "子", "山田　さくら": "子"}


@pytest.mark.parametrize("event", ASKS)
def test_where_only_one_is_of_age_nothing_is_asked_or_filed(left, event):
    opened = left(event, family(little()))

    assert not is_due(opened)
    assert asked(opened) == []


@pytest.mark.parametrize("event", ASKS)
def test_a_son_who_becomes_head_lives_with_his_mother(left, event):
    answers = {("p2", ASKS[event]): "no", ("p3", ASKS[event]): "yes"}

    _, rows = printed(left(event, family(grown(), little()), answers))

    assert rows["山田　花子"] == "母"
    assert rows["山田　一郎"] == "世帯主"
    assert rows["山田　さくら"] == "", "which of the siblings is older is for the family to say"


@pytest.mark.parametrize("event", ASKS)
def test_what_was_said_of_a_relationship_stands(left, event):
    answers = {("p2", ASKS[event]): "yes", ("p3", "relationship"): "夫の子"}

    _, rows = printed(left(event, family(grown()), answers))

    assert rows["山田　一郎"] == "夫の子"


def test_where_the_head_stays_nothing_changes(ledgers, sato, today):
    _, mother, son = make_household(*family(grown()))
    bundle = bundles.start("move_within", mother.pk, applicant="self", on=today, by=sato)
    for key in ("p1", "p3"):
        bundles.set_taking_part(bundle, key, False, version=bundle.version, by=sato)

    opened = open_bundle(bundle, by=sato)

    assert not is_due(opened)
    assert opened.situation.world.fact("relationship", "p3").value == "子"


@pytest.mark.parametrize(
    ("head", "member", "words"),
    [
        (WIFE, WIFE, "世帯主"),
        (WIFE, SON, "子"),
        (WIFE, Member("1", ("12", "20")), "子"),
        (WIFE, Member("2", ("20", "12")), "子の妻"),
        (WIFE, Member("1", ("51",)), ""),
        (SON, WIFE, "母"),
        (SON, Member("1", ("11",)), "父"),
        (SON, DAUGHTER, ""),
        (SON, Member("2", ("20", "20")), ""),
        (Member("1", ("51",)), WIFE, ""),
    ],
)
def test_what_the_codes_tell_towards_a_new_head_and_what_they_leave_open(head, member, words):
    assert in_words(towards(head, member)) == words
    assert towards(head, head) == HEAD


def test_a_relationship_nobody_can_tell_is_left_to_the_pen(left):
    nobody = {(key, "becomes_head"): False for key in ("p2", "p3")}
    told = nobody | {(key, "relationship"): None for key in ("p2", "p3", "p4")}

    opened = left("death", family(grown(), little()), told)

    [paper] = [each for each in opened.filled if each.paper.title == "住民異動届（世帯主の変更）"]
    [(_, rows)] = paper.rows
    states = {cell.state for row in rows for cell in row if cell.key == "relationship"}
    assert states == {"dont_know"}
