"""Snapshots: what was signed, shown again only as far as today's permission and protection allow."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from guardian.shortcuts import remove_perm

from consent import engagements
from consent.models import AccessEntry, Category, Engagement
from lifeevents import snapshots
from lifeevents.finishing import finish
from lifeevents.models import Snapshot
from lifeevents.printing.bundle import paper_html
from residents.models import Resident, SearchKey
from tests.makers import (
    NEWBORN,
    make_bundle,
    make_household,
    make_protection,
    make_resident,
    man,
    wife,
)

EVERYTHING = ["contact", "insurance", "pension", "child", "tax", "welfare"]
PLACES = ("北進町", "１２番３号", "0900000", "清水一丁目")
CONTACTS = ("09012340001", "home@example.jp")


@pytest.fixture
def finished(sato):
    def finished(resident, by=sato, **changes):
        bundle = make_bundle(resident, by, **{"agree": EVERYTHING, **changes})
        finish(bundle, version=bundle.version, by=by, leave_open=True)
        return bundle

    return finished


def told(content):
    """All that is shown: the content's words without the refs and fact keys that guard them."""
    return json.dumps({**content, "subjects": None, "names": None}, ensure_ascii=False)


def cell_of(content, paper, key):
    return next(each for each in content["papers"] if each["code"] == paper)["cells"][key]


def test_what_was_signed_is_printed_as_it_was_signed(finished, yamada, sato):
    bundle = finished(yamada.mother)

    Resident.objects.filter(pk=yamada.mother.pk).update(record={}, name="別　人")
    content = snapshots.content(bundle, by=sato)

    assert content["applicant"] == "山田　花子"
    assert cell_of(content, "paper.birth_report", "mother_name")["text"] == "山田　花子"
    assert cell_of(content, "paper.birth_report", "born_on")["text"] == "令和8年11月15日"
    assert all(place in told(content) for place in PLACES[:3])


def test_the_content_is_plain_json(finished, yamada, sato):
    content = snapshots.content(finished(yamada.mother), by=sato)

    assert json.loads(json.dumps(content)) == content
    assert {"number", "event", "on", "printed_at", "office", "town", "applicant"} <= set(content)


def test_looking_at_a_finished_bundle_is_logged_for_everyone_in_it(finished, yamada, sato):
    bundle = finished(yamada.mother)
    before = set(AccessEntry.objects.values_list("pk", flat=True))

    snapshots.content(bundle, by=sato)

    entry = AccessEntry.objects.exclude(pk__in=before).get()
    assert (entry.action, entry.reference) == ("print", bundle.number)
    family = {yamada.father.pk, yamada.mother.pk, yamada.child.pk}
    assert {row.ref for row in entry.subjects.all()} == family


def test_each_look_stands_on_an_engagement_of_its_own_that_is_closed_again(finished, yamada, sato):
    bundle = finished(yamada.mother)

    snapshots.content(bundle, by=sato)

    assert Engagement.objects.count() == 2
    assert not Engagement.objects.filter(closed_at=None).exists()


def test_protection_that_arrives_after_finishing_masks_every_place(finished, yamada, sato):
    bundle = finished(
        yamada.mother,
        answers={**NEWBORN, ("p2", "contact.home_phone"): "0157-23-4567"},
    )
    assert PLACES[0] in told(snapshots.content(bundle, by=sato))

    make_protection(yamada.child)

    content = snapshots.content(bundle, by=sato)
    for place in (*PLACES, *CONTACTS, "0157-23-4567"):
        assert place not in told(content)
    assert cell_of(content, "paper.birth_report", "address")["state"] == "protected"
    assert cell_of(content, "paper.birth_report", "applicant_address")["state"] == "protected"
    assert cell_of(content, "paper.birth_report", "mother_name")["text"] == "山田　花子"


def test_a_masked_snapshot_is_masked_on_every_sheet(finished, yamada, sato):
    bundle = finished(yamada.mother)
    make_protection(yamada.mother)

    content = snapshots.content(bundle, by=sato)

    sheets = "".join(str(paper_html(paper, content)) for paper in content["papers"])
    text = re.sub(r"<[^>]*>|\s", "", sheets)
    assert "山田" in text
    assert not [place for place in (*PLACES, *CONTACTS) if place in text]


def test_of_a_household_protected_from_the_start_no_place_is_ever_frozen(finished, hidden, sato):
    bundle = finished(hidden.mother)

    frozen = json.dumps(Snapshot.objects.get(pk=bundle.pk).content, ensure_ascii=False)

    for secret in ("秘町", "７番８号", "0909999", "08055550000", "hide@example.jp"):
        assert secret not in frozen
    content = snapshots.content(bundle, by=sato)
    assert cell_of(content, "paper.birth_report", "address")["state"] == "protected"


def test_what_a_senior_revealed_for_the_signature_is_masked_when_printed_again(
    finished, hidden, takahashi
):
    bundle = make_bundle(hidden.mother, takahashi, agree=EVERYTHING)
    for ref in (hidden.mother.pk, hidden.child.pk):
        engagements.reveal(bundle.engagement, ref, reason="審査のため", by=takahashi)
    finish(bundle, version=bundle.version, by=takahashi, leave_open=True)

    assert "秘町" not in told(snapshots.content(bundle, by=takahashi))


@pytest.mark.parametrize(
    ("category", "gone"),
    [
        ("insurance", ("北見０００１２３", "国民健康保険に加入しているため")),
        ("child", ("児童手当を受けていて",)),
        ("welfare", ("生活保護を受けていない",)),
        ("contact", CONTACTS[:1]),
        ("basic", ("山田　花子", "山田　太郎", "山田　一郎", *PLACES[:3])),
    ],
)
def test_what_permission_no_longer_covers_is_withheld(finished, yamada, sato, category, gone):
    bundle = finished(yamada.mother)
    before = told(snapshots.content(bundle, by=sato))
    assert all(words in before for words in gone)

    remove_perm("consent.see", Group.objects.get(name="clerk"), Category.objects.get(code=category))

    after = told(snapshots.content(bundle, by=sato))
    assert not [words for words in gone if words in after]


def test_what_the_person_said_instead_of_agreeing_is_printed(finished, yamada, sato):
    bundle = finished(
        yamada.mother,
        agree=[],
        answers={**NEWBORN, ("p2", "contact.phone"): "0157-23-4567"},
    )

    content = snapshots.content(bundle, by=sato)

    phone = cell_of(content, "paper.birth_report", "phone")
    assert (phone["state"], phone["text"], phone["origin"]) == ("known", "0157-23-4567", "本人申告")


def test_what_was_not_agreed_to_is_frozen_nowhere(finished, yamada, sato):
    bundle = finished(yamada.mother, agree=[])

    frozen = json.dumps(Snapshot.objects.get(pk=bundle.pk).content, ensure_ascii=False)

    for secret in ("北見０００１２３", *CONTACTS, "3000000"):
        assert secret not in frozen


def test_a_derived_value_is_withheld_with_what_it_was_derived_from(finished, sato, ledgers):
    _, mother = make_household(
        man("山田　太郎", "ヤマダ　タロウ", "1988-02-10", holds=("welfare",)),
        wife("山田　花子", "ヤマダ　ハナコ", "1990-05-01"),
    )
    bundle = finished(mother, answers={**NEWBORN, ("bundle", "wants_nursery"): "yes"})
    before = snapshots.content(bundle, by=sato)
    on_welfare = [
        key
        for key, cell in cell_section(before, "paper.nursery").items()
        if any(guard["category"] == "welfare" for guard in cell["guards"])
    ]
    assert on_welfare

    remove_perm(
        "consent.see", Group.objects.get(name="clerk"), Category.objects.get(code="welfare")
    )

    after = cell_section(snapshots.content(bundle, by=sato), "paper.nursery")
    assert {after[key]["state"] for key in on_welfare} == {"withheld"}
    assert {after[key]["text"] for key in on_welfare} == {""}


def cell_section(content, paper):
    return next(each for each in content["papers"] if each["code"] == paper)["cells"]


def test_whoever_may_see_nothing_is_shown_no_register_data(finished, yamada, staff, sato):
    bundle = finished(yamada.mother, answers={})
    for category in Category.objects.all():
        remove_perm("consent.see", Group.objects.get(name="clerk"), category)

    words = told(snapshots.content(bundle, by=sato))

    for secret in ("山田", *PLACES, *CONTACTS, "北見０００１２３"):
        assert secret not in words


def test_dont_know_prints_for_the_pen(finished, yamada, sato):
    bundle = finished(yamada.mother, answers={**NEWBORN, ("n1", "place_of_birth"): None})

    cell = cell_of(snapshots.content(bundle, by=sato), "paper.birth_report", "born_in")

    assert (cell["state"], cell["text"]) == ("pen", "")


def test_no_cell_that_is_not_known_has_a_text(finished, yamada, hidden, sato):
    for resident in (yamada.mother, hidden.mother):
        content = snapshots.content(finished(resident), by=sato)
        for cell in snapshots.cells_of(content):
            assert (cell["state"] == "known") == bool(cell["text"])


def test_names_outside_the_bmp_and_with_variation_selectors_are_frozen_as_they_are(
    finished, yoshida, katsuragi, sato
):
    for family, name in ((yoshida, "𠮷田　由美"), (katsuragi, "葛󠄀城　恵")):
        content = snapshots.content(finished(family.mother), by=sato)
        assert content["applicant"] == name
        assert cell_of(content, "paper.birth_report", "mother_name")["text"] == name


def test_counts_say_how_much_the_clerk_did_not_have_to_write(finished, yamada, sato):
    content = snapshots.content(finished(yamada.mother), by=sato)

    counts = content["counts"]
    assert counts["fields"] >= counts["filled"] >= counts["prefilled"] > 0
    cells = list(snapshots.cells_of(content))
    assert counts["fields"] == sum(cell["state"] != "blank" for cell in cells)
    assert counts["filled"] == sum(cell["state"] == "known" for cell in cells)


def test_someone_the_register_lost_is_printed_masked(finished, sato, ledgers):
    mother = make_resident("見本　花子", 性別="2")
    bundle = finished(mother)
    SearchKey.objects.filter(resident=mother).delete()
    mother.delete()

    assert "北進町" not in told(snapshots.content(bundle, by=sato))
