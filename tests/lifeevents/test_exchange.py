"""Taking over another town's catalogue: as a draft, asking where both have something different."""

import json
from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lifeevents import approval, archive, editions, exchange, versions
from lifeevents.models import Draft, Publication

SHIPPED = archive.load(versions.STARTER)
CARD = "procedures/birth.card"


@pytest.fixture
def theirs():
    """Another town's catalogue: its own procedure, another law for ours, none of our gift."""
    document = deepcopy(SHIPPED)
    gift = document["procedures"].pop("birth.gift")
    document["procedures"]["birth.card"] = {**gift, "name": "お祝いはがき"}
    listed = document["events"]["birth"]["procedures"]
    listed[listed.index("birth.gift")] = "birth.card"
    document["procedures"]["housing"]["law"] = "となりの市の条例"
    return document


def taken(theirs, choice):
    return exchange.taken_over(SHIPPED, theirs, lambda key: choice)


def test_only_what_both_have_differently_collides(theirs):
    assert exchange.collisions(SHIPPED, theirs) == ["procedures/housing"]


def test_what_is_new_comes_in_and_enters_its_event_and_nothing_of_ours_goes(theirs):
    changed = taken(theirs, "skip")

    assert set(changed) == {CARD, "events/birth"}
    listed = changed["events/birth"]["procedures"]
    assert {"birth.card", "birth.gift"} <= set(listed)
    assert listed[:-1] == SHIPPED["events"]["birth"]["procedures"]


def test_what_collides_is_replaced_or_copied_as_was_decided(theirs):
    assert taken(theirs, "replace")["procedures/housing"]["law"] == "となりの市の条例"
    copied = taken(theirs, "copy")
    assert "procedures/housing" not in copied
    assert copied["procedures/housing_2"]["name"].endswith("（取込）")
    assert copied["procedures/housing_2"]["law"] == "となりの市の条例"
    assert "housing_2" in copied["events/birth"]["procedures"]


def test_the_same_catalogue_brings_nothing():
    assert exchange.taken_over(SHIPPED, deepcopy(SHIPPED), lambda key: "replace") == {}


@pytest.fixture
def run(tmp_path, staff):
    """The command on a document, and what it printed."""

    def run(document, *args):
        file = tmp_path / "となり.json"
        file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
        out = StringIO()
        call_command("catalogue", "import", str(file), *args, stdout=out)
        return out.getvalue()

    return run


def test_an_import_is_a_draft_that_somebody_approves_like_any_other(run, theirs):
    report = json.loads(run(theirs, "--on-collision", "replace", "--json"))

    draft = Draft.objects.get(pk=report["draft"])
    assert (report["collisions"], draft.author.username) == (1, "admin")
    assert draft.changes["procedures/housing"]["law"] == "となりの市の条例"
    assert not approval.readiness(draft).problems
    assert Publication.objects.count() == 1


def test_an_import_asks_where_nobody_can_answer_by_naming_the_option(run, theirs):
    with pytest.raises(CommandError, match="--on-collision"):
        run(theirs)

    assert not Draft.objects.exists()


def test_only_an_admin_imports(run, theirs):
    with pytest.raises(CommandError, match="変えられません"):
        run(theirs, "--on-collision", "skip", "--as", "sato")


def test_what_is_no_catalogue_is_refused_with_its_mistakes(run, theirs):
    theirs["procedures"]["housing"]["kind"] = "zoo"

    with pytest.raises(CommandError, match="誤りがあります"):
        run(theirs, "--on-collision", "skip")


def test_what_a_town_exports_it_can_import_without_a_change(run, staff, tmp_path):
    file = tmp_path / "ours.json"
    call_command("catalogue", "export", str(file), stdout=StringIO())

    exported = json.loads(file.read_text(encoding="utf-8"))
    assert "取り込む変更はありません" in run(exported)
    assert editions.edition_of(exported).digest == versions.shipped_digest()
