"""How far a resident gets alone: what is filed online, what waits, what is asked of whom."""

import pytest
from django.contrib.auth.models import Group

from consent.actors import actor_of
from consent.models import AccessEntry, Account
from lifeevents import bundles, handing_in, newborns, replies, snapshots
from lifeevents.finishing import finish
from lifeevents.models import Application, Bundle, Snapshot, Submission
from lifeevents.online import Reach, way_of
from lifeevents.opened import open_bundle
from tests import makers

EVERYTHING = ["contact", "insurance", "pension", "child", "tax", "welfare"]
BABY = {
    ("n1", "name"): "山田　さくら",
    ("n1", "name_kana"): "ヤマダ　サクラ",
    ("n1", "birth_date"): "2026-11-15",
    ("n1", "sex"): "2",
    ("n1", "birth_weight"): "2980",
    ("n1", "baby_stays_at"): "home",
    ("bundle", "wants_card"): "yes",
    ("bundle", "wants_nursery"): "no",
    ("household", "municipal_housing"): "no",
    ("household", "on_welfare"): "no",
}


@pytest.fixture
def family(ledgers):
    """山田家: the father, who has the phone, his wife and their child."""
    man = makers.man(
        "山田　太郎",
        "ヤマダ　タロウ",
        "1988-02-10",
        holds={
            "child_allow": {},
            "residence_tax": {},
            "contact": {
                "電話番号_携帯": "09012340001",
                "本人申告口座_金融機関名": "見本銀行",
            },
        },
    )
    wife = makers.wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01", holds=("contact", "pension"))
    child = makers.child("山田　一郎", "ヤマダ　イチロウ", "2019-06-15", 性別="1")
    return makers.make_household(man, wife, child)


@pytest.fixture
def taro(family):
    account = Account.objects.create(username="r-1", kind="resident", ref=family[0].pk)
    account.groups.add(Group.objects.get(name="resident"))
    return actor_of(account, terminal="", channel="online")


def begun(family, by, today, event="birth", agreed=EVERYTHING):
    bundle = bundles.start(event, family[0].pk, applicant="self", on=today, by=by, channel="online")
    bundles.agree(bundle, agreed, version=bundle.version, by=by)
    return bundle


@pytest.fixture
def birth(family, taro, today):
    bundle = begun(family, taro, today)
    replies.answer(bundle, BABY, version=bundle.version, by=taro)
    return bundle


def reaches(bundle, by):
    found = way_of(open_bundle(bundle, by=by)).reaches
    return {f"{procedure}@{subject}": reach for (procedure, subject), reach in found.items()}


def asked(bundle, by):
    asks = way_of(open_bundle(bundle, by=by)).opened.asks
    return {f"{each.question.fact}@{each.subject}" for each in asks}


def hand_in(bundle, by):
    handing_in.hand_in(bundle, version=bundle.version, by=by)


def test_each_procedure_gets_as_far_as_the_catalogue_says(birth, taro):
    found = reaches(birth, taro)

    assert found["birth.report@n1"] is Reach.COUNTER
    assert found["my.new@n1"] is Reach.VISIT
    assert found["child.allow_up@p1"] is Reach.HANDED_IN
    assert found["birth.support@p2"] is Reach.OF_ANOTHER, "her own: he cannot file it for her"


def test_a_box_nobody_knows_makes_it_a_visit(birth, taro):
    replies.answer(birth, {("p1", "contact.phone"): None}, version=birth.version, by=taro)

    assert reaches(birth, taro)["child.allow_up@p1"] is Reach.VISIT


def test_what_only_the_counter_needs_is_not_asked(family, taro, today):
    found = asked(begun(family, taro, today), taro)

    assert {"name@n1", "birth_date@n1", "sex@n1", "birth_weight@n1"} <= found
    of_the_report = {"birth_time", "place_of_birth", "legitimate", "birth_order", "register_head"}
    assert not of_the_report & {each.partition("@")[0] for each in found}


def test_nothing_is_asked_about_another_adult(family, taro, today):
    move = begun(family, taro, today, "move_within", ["insurance", "pension", "child"])

    assert not {each for each in asked(move, taro) if each.endswith(("@p2", "@p3"))}


def test_a_refused_category_is_asked_instead(family, taro, today):
    withheld = asked(begun(family, taro, today, agreed=[]), taro)

    assert "holds.child_allow@p1" in withheld
    assert "holds.child_allow@p1" not in asked(begun(family, taro, today), taro)


def test_only_what_is_complete_is_filed_and_its_values_are_frozen(birth, taro):
    hand_in(birth, taro)
    hand_in(birth, taro)

    filed = Application.objects.filter(bundle=birth)
    frozen = Submission.objects.get(pk=birth.pk).content
    assert birth.state == Bundle.State.SUBMITTED
    assert "child.allow_up" in filed.values_list("procedure", flat=True)
    assert not filed.filter(procedure__in=["birth.report", "my.new", "birth.support"]).exists()
    assert {each["code"] for each in frozen["papers"]}.isdisjoint(
        {"paper.birth_report", "paper.my_card"}
    )
    states = {each["procedure"]: each["state"] for each in handing_in.items_of(frozen)}
    assert states["birth.report"] == "visit"
    assert states["child.allow_up"] == "submitted"


def test_the_owner_reads_what_was_frozen_with_a_line_in_the_log(birth, taro):
    hand_in(birth, taro)
    before = AccessEntry.objects.filter(action="look").count()

    content = snapshots.content(birth, by=taro, action=AccessEntry.Action.LOOK)

    assert content["number"] == birth.number
    assert AccessEntry.objects.filter(action="look", channel="online").count() == before + 1


def test_the_counter_files_the_rest_and_changes_nothing_of_what_was_filed(birth, taro, sato):
    hand_in(birth, taro)
    before = Submission.objects.get(pk=birth.pk).content
    taken = bundles.take_over(birth.number, by=sato)
    bundles.identify(taken, version=taken.version, method="card", documents=[], by=sato)
    phone = {("p1", "contact.phone"): "08000000000"}
    replies.answer(taken, phone, version=taken.version, by=sato)

    finish(taken, version=taken.version, by=sato, leave_open=True)

    after = Snapshot.objects.get(pk=birth.pk).content
    papers = {each["code"]: each for each in after["papers"]}
    assert all(papers[each["code"]] == each for each in before["papers"])
    assert "paper.birth_report" in papers
    filed = Application.objects.filter(bundle=birth)
    assert filed.filter(procedure="birth.report", state="submitted").count() == 1
    assert filed.filter(procedure="child.allow_up").count() == 1
    assert snapshots.content(taken, by=sato)["papers"]


@pytest.fixture
def with_a_baby(ledgers):
    """The same family with a baby the register has already."""
    return makers.make_household(
        makers.man("山田　太郎", "ヤマダ　タロウ", "1988-02-10", holds=("child_allow", "contact")),
        makers.wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01"),
        makers.child("山田　一郎", "ヤマダ　イチロウ", "2019-06-15"),
        makers.child("山田　さくら", "ヤマダ　サクラ", "2026-11-15"),
    )


def test_a_child_the_register_has_is_chosen_and_not_asked_about(with_a_baby, today):
    account = Account.objects.create(username="r-1", kind="resident", ref=with_a_baby[0].pk)
    account.groups.add(Group.objects.get(name="resident"))
    by = actor_of(account, terminal="", channel="online")
    bundle = begun(with_a_baby, by, today)
    assert newborns.registered(open_bundle(bundle, by=by)) == ["p4"]

    newborns.choose(bundle, "p4", version=bundle.version, by=by)

    found = reaches(bundle, by)
    assert "birth.report@p4" not in found, "the 出生届 was filed"
    assert found["child.medical@p4"] is not Reach.COUNTER
    assert not {"name@p4", "birth_date@p4", "sex@p4"} & asked(bundle, by)
    newborns.choose(bundle, "n1", version=bundle.version, by=by)
    assert "birth.report@n1" in reaches(bundle, by)


def test_only_a_baby_of_the_household_can_be_chosen(with_a_baby, today, sato):
    bundle = bundles.start("birth", with_a_baby[0].pk, applicant="self", on=today, by=sato)

    newborns.choose(bundle, "p2", version=bundle.version, by=sato)

    assert newborns.chosen(open_bundle(bundle, by=sato)) == "n1"
