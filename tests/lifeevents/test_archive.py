"""The archive: files into one document, and the document into its entries."""

import json
from copy import deepcopy
from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from consent import door
from lifeevents import archive, versions
from lifeevents.archive import ArchiveRefused
from lifeevents.rules.nodes import And
from residents.facts import FactType, Of

SHIPPED = archive.load(versions.STARTER)


@pytest.fixture
def document():
    return deepcopy(SHIPPED)


@pytest.fixture(scope="module")
def catalogue():
    return archive.read(SHIPPED)


def write(folder, name, sections):
    (folder / name).write_text(json.dumps(sections, ensure_ascii=False), encoding="utf-8")


def refusal(call, *args):
    with pytest.raises(ArchiveRefused) as refused:
        call(*args)
    return " ".join(refused.value.mistakes)


def test_files_of_a_folder_become_one_document(tmp_path):
    write(tmp_path, "a.json", {"cards": {"wishes": {"title": "希望"}}})
    write(tmp_path, "b.json", {"cards": {"newborn": {"title": "お子さま"}}, "papers": {}})

    assert archive.load(tmp_path) == {
        "cards": {"wishes": {"title": "希望"}, "newborn": {"title": "お子さま"}}
    }


def test_a_code_in_two_files_is_refused_naming_both(tmp_path):
    write(tmp_path, "a.json", {"cards": {"wishes": {"title": "希望"}}})
    write(tmp_path, "b.json", {"cards": {"wishes": {"title": "希望"}}})

    assert refusal(archive.load, tmp_path) == "b.json: cardsの「wishes」はa.jsonにもあります。"


def test_a_code_twice_in_one_file_is_refused(tmp_path):
    (tmp_path / "a.json").write_text('{"cards": {"wishes": {}, "wishes": {}}}', encoding="utf-8")

    assert "a.json" in refusal(archive.load, tmp_path)
    assert "「wishes」が2回あります" in refusal(archive.load, tmp_path)


@pytest.mark.parametrize("text", ["[1]", '{"cards": []}', "{"])
def test_a_file_of_another_shape_is_refused_by_name(tmp_path, text):
    (tmp_path / "a.json").write_text(text, encoding="utf-8")

    assert refusal(archive.load, tmp_path).startswith("a.json: ")


def test_situations_are_part_of_the_document_with_plain_dates(document):
    situation = document["situations"]["会社員の夫婦の第1子で、父の所得が高い"]

    assert situation["on"] == "2026-11-24"
    assert json.loads(json.dumps(document)) == document


def test_the_digest_is_of_the_content_not_of_its_order(document):
    reordered = {section: document[section] for section in reversed(document)}
    changed = deepcopy(document)
    changed["events"]["birth"]["order"] = 99

    assert archive.digest(reordered) == archive.digest(document)
    assert archive.digest(changed) != archive.digest(document)
    assert len(archive.digest(document)) == 64


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda d: d["procedures"]["housing"].pop("law"), "procedures → housing: lawがありません"),
        (lambda d: d["procedures"]["housing"].update(fee=1), "feeという項目は使えません"),
        (lambda d: d["procedures"]["housing"].update(online="fax"), "「fax」は使えません"),
        (lambda d: d["procedures"]["housing"].update({"for": 3}), "値の種類が違います"),
        (lambda d: d["procedures"]["housing"].update(rule={"op": "xor"}), "procedures → housing"),
        (lambda d: d["derived"]["foreign"].update(rule={"op": "eq"}), "derived → foreign"),
        (lambda d: d["procedures"]["housing"].update(deadline={"text": "x", "days": 3}), "housing"),
        (lambda d: d["questions"]["sex"].pop("choices"), "choicesがありません"),
        (lambda d: d.pop("events"), "eventsがありません"),
        (
            lambda d: d["events"]["household_change"].update(
                includes=[{"event": "birth", "guard": True}]
            ),
            "自分自身に戻ります",
        ),
    ],
)
def test_a_wrong_document_is_refused_naming_the_key(document, spoil, told):
    spoil(document)

    assert told in refusal(archive.read, document)


def test_entries_cannot_be_changed(catalogue):
    with pytest.raises(FrozenInstanceError):
        catalogue.procedures["housing"].name = "別の手続"


def test_inherited_procedures_follow_under_their_guard(catalogue):
    own = catalogue.events["birth"].procedures
    codes = [each.code for each in catalogue.procedures_of("birth")]
    guard = catalogue.events["birth"].includes[0].guard

    assert codes == [*own, "res.household_change", "nhi.change"]
    inherited = catalogue.procedures_of("birth")[-1]
    assert inherited.rule == And((guard, catalogue.procedures["nhi.change"].rule))


def test_the_seeds_birth_procedures_are_all_there(catalogue):
    assert {each.code for each in catalogue.procedures_of("birth")} == {
        *("birth.report", "my.new", "nhi.join", "nhi.high_cost", "nhi.birth_lump"),
        *("nhi.maternity", "pen.maternity", "child.allow", "child.allow_up", "child.medical"),
        *("child.nursery", "birth.low_weight", "birth.ticket", "birth.support", "birth.visit"),
        *("birth.gift", "birth.vaccine", "birth.stay_status", "housing"),
        *("res.household_change", "nhi.change"),
    }


def test_a_procedure_not_yet_in_force_is_left_out(catalogue):
    before = {each.code for each in catalogue.procedures_of("birth", date(2025, 3, 31))}
    after = {each.code for each in catalogue.procedures_of("birth", date(2025, 4, 1))}

    assert after - before == {"birth.support"}


def test_one_vocabulary_holds_register_answers_and_derived_facts(catalogue):
    facts = catalogue.vocabulary(door.vocabulary())

    assert facts["birth_date"].source.startswith("住民基本台帳")
    assert facts["lump_sum_payment"].type is FactType.CHOICE
    assert dict(facts["lump_sum_payment"].choices)["not_used"]
    assert facts["on_welfare"].of is Of.HOUSEHOLD
    assert facts["foreign"].of is Of.PERSON
