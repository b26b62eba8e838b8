"""Every shipped paper: its layout, its fields and the facts they ask for agree."""

import pytest

from consent import door
from lifeevents.printing.layout import load_layout
from tests.lifeevents.printing.samples import PAPERS, catalogue_part, whose_papers

CODES = sorted(PAPERS)
PEN_ONLY = {"custody", "livelihood", "maintained", "next_of_kin"}
PATHS = ("path", "or_path", "required_unless", "only_if")
NOT_ASKED = {"pen", "value", "unused"}


def fields_of(paper):
    rows = (field for table in paper["rows"] for field in table["fields"])
    return [*paper["fields"], *rows]


@pytest.fixture(scope="module")
def vocabulary():
    return {*door.vocabulary(), *catalogue_part("questions"), *catalogue_part("derived")}


def test_there_is_a_paper_for_every_paper_a_procedure_names():
    assert set(whose_papers()) == set(PAPERS)
    assert len({paper["layout"] for paper in PAPERS.values()}) >= 50


@pytest.mark.parametrize("code", CODES)
def test_a_layout_prints_exactly_the_fields_of_its_paper(code):
    layout = load_layout(PAPERS[code]["layout"])

    assert layout.keys == {field["key"] for field in PAPERS[code]["fields"]}


@pytest.mark.parametrize("code", CODES)
def test_a_layout_repeats_exactly_the_rows_of_its_paper(code):
    layout = load_layout(PAPERS[code]["layout"])

    assert {rows.key: (rows.count, rows.keys) for rows in layout.rows} == {
        table["key"]: (table["max"], {field["key"] for field in table["fields"]})
        for table in PAPERS[code]["rows"]
    }


@pytest.mark.parametrize("code", CODES)
def test_a_field_asks_for_a_fact_of_the_vocabulary(code, vocabulary):
    paths = [field[name] for field in fields_of(PAPERS[code]) for name in PATHS if name in field]

    assert all(NOT_ASKED & field.keys() for field in fields_of(PAPERS[code]) if "path" not in field)
    assert [path for path in paths if path.split(".", 1)[1] not in vocabulary] == []


@pytest.mark.parametrize("code", CODES)
def test_a_list_chooses_its_rows_by_a_fact_of_the_vocabulary(code, vocabulary):
    wheres = [table["where"] for table in PAPERS[code]["rows"] if "where" in table]

    assert [where for where in wheres if where not in vocabulary] == []


@pytest.mark.parametrize("code", CODES)
def test_an_individual_number_is_twelve_boxes_for_the_pen(code):
    numbers = [field for field in fields_of(PAPERS[code]) if "個人番号" in field["label"]]
    layout = load_layout(PAPERS[code]["layout"])
    boxes = {
        part.attrib["data-pen"]: part.get("data-count")
        for part in layout.root.iter()
        if "data-pen" in part.attrib
    }

    assert all(field.get("pen") and "path" not in field for field in numbers)
    assert all(boxes[field["key"]] == "12" for field in numbers)


@pytest.mark.parametrize("code", CODES)
def test_a_field_of_the_pen_never_stands_in_a_place_that_prints(code):
    layout = load_layout(PAPERS[code]["layout"])
    pens = {field["key"] for field in fields_of(PAPERS[code]) if field.get("pen")}
    places = {part.get("data-pen") for part in layout.root.iter() if "data-pen" in part.attrib}

    assert places == pens


def test_custody_and_livelihood_are_stated_by_the_claimant_alone():
    stated = [
        field for paper in PAPERS.values() for field in fields_of(paper) if field["key"] in PEN_ONLY
    ]

    assert stated
    assert all(field.get("pen") for field in stated)


def test_an_account_is_that_of_the_person_who_is_paid():
    claimant = {"paper.child_allow": "self", "paper.child_medical": "claimant"}

    for code, who in claimant.items():
        accounts = [
            field["path"] for field in PAPERS[code]["fields"] if field["key"].startswith("bank_")
        ]
        assert len(accounts) == 5
        assert all(path.startswith(f"{who}.contact.bank_") for path in accounts)


@pytest.mark.parametrize("code", CODES)
def test_what_a_paper_always_says_is_a_choice_of_its_layout(code):
    layout = load_layout(PAPERS[code]["layout"])
    choices = {part.get("data-choice") for part in layout.root.iter()}
    said = [field for field in PAPERS[code]["fields"] if "value" in field]

    assert all(f"{field['key']}={field['value']}" in choices for field in said)


@pytest.mark.parametrize("code", ["paper.nhi_funeral", "paper.late_funeral"])
def test_the_funeral_is_paid_to_the_chief_mourner_and_not_to_whoever_stands_here(code):
    fields = {field["key"]: field for field in PAPERS[code]["fields"]}
    of_the_mourner = [key for key in fields if key.startswith(("mourner_", "bank_"))]

    assert fields["is_mourner"]["path"] == "applicant.is_mourner"
    assert len(of_the_mourner) == 9
    assert all(fields[key]["path"].startswith("mourner.") for key in of_the_mourner)


def test_an_account_is_not_needed_where_the_public_one_is_used():
    for code, paper in PAPERS.items():
        accounts = [field for field in paper["fields"] if field["key"].startswith("bank_")]
        public = [field["path"] for field in paper["fields"] if field["key"] == "public_account"]
        assert {field.get("required_unless") for field in accounts} <= {*public, None}, code
        assert not public or all("required_unless" in field for field in accounts), code
