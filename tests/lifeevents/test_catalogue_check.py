"""The check of a whole catalogue, and the command that runs it."""

import json
from copy import deepcopy
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consent import door
from lifeevents import archive, catalogue_check, versions, wording

SHIPPED = archive.load(versions.STARTER)


@pytest.fixture
def document():
    return deepcopy(SHIPPED)


def problems(document):
    return catalogue_check.problems(archive.read(document), door.vocabulary())


def test_the_shipped_catalogue_has_no_problem(document):
    assert problems(document) == []


@pytest.mark.parametrize(
    ("section", "code", "change", "told"),
    [
        ("procedures", "housing", {"department": "zoo"}, "担当「zoo」がありません"),
        ("procedures", "housing", {"papers": ["paper.zoo"]}, "様式「paper.zoo」がありません"),
        ("procedures", "housing", {"for": "uncles"}, "人の集まり「uncles」がありません"),
        ("procedures", "housing", {"requires": ["zoo"]}, "先に必要な手続「zoo」がありません"),
        ("procedures", "housing", {"law": ""}, "根拠（law）がありません"),
        ("procedures", "housing", {"sources": []}, "出典（sources）がありません"),
        ("procedures", "housing", {"rule": True}, "必要な理由（because）の文がありません"),
        ("procedures", "housing", {"rule": {"op": "fact", "key": "zoo"}}, "「zoo」という項目は"),
        ("procedures", "housing", {"rule": {"op": "fact", "key": "name"}}, "はい・いいえが必要"),
        (
            "procedures",
            "housing",
            {"effective": {"from": "2027-01-01", "until": "2026-01-01"}},
            "施行の終わり",
        ),
        (
            "procedures",
            "housing",
            {"deadline": {"text": "14日", "days": 14, "from": {"fact": "name", "of": "self"}}},
            "期限の起算日「name」",
        ),
        ("questions", "wants_card", {"card": "zoo"}, "質問の画面「zoo」がありません"),
        ("questions", "wants_card", {"label": "性別"}, "台帳の項目（sex）"),
        ("questions", "sex", {"type": "text"}, "台帳の項目と種類が違います"),
        ("derived", "on_welfare", {"of": "bundle"}, "だれの項目かが違います"),
        ("derived", "foreign", {"rule": {"op": "fact", "key": "foreign"}}, "自分自身に戻ります"),
        ("events", "birth", {"procedures": ["zoo"]}, "手続「zoo」がありません"),
        ("events", "birth", {"asks": {"newborn": {"card": "zoo"}}}, "質問の画面「zoo」"),
        ("papers", "paper.birth_report", {"layout": "zoo.html"}, "様式の型「zoo.html」"),
        ("papers", "paper.birth_report", {"department": "zoo"}, "担当「zoo」がありません"),
        (
            "papers",
            "paper.birth_report",
            {"fields": [{"key": "shoes", "label": "靴", "path": "self.shoe_size"}]},
            "項目「shoe_size」は、台帳にも質問にもありません",
        ),
        (
            "papers",
            "paper.birth_report",
            {"fields": [{"key": "shoes", "label": "靴", "path": "uncle.name"}]},
            "「uncle」という人はいません",
        ),
        (
            "papers",
            "paper.birth_report",
            {"rows": [{"key": "all", "over": "siblings+uncles", "fields": []}]},
            "人の集まり「uncles」がありません",
        ),
    ],
)
def test_a_mistake_is_told_with_the_entry_it_is_in(document, section, code, change, told):
    document[section][code] |= change

    found = problems(document)

    assert [each for each in found if each.startswith(f"{section} → {code}") and told in each]


def test_a_question_nothing_needs_is_told(document):
    question = {"of": "bundle", "text": "靴の大きさ", "type": "number", "label": "靴の大きさ"}
    document["questions"]["shoe_size"] = {**question, "order": 1, "category": "basic"}

    assert problems(document) == [
        "questions → shoe_size: どの条件からも様式からも使われていません。"
    ]


def run(*args):
    out = StringIO()
    call_command("catalogue", *args, stdout=out)
    return out.getvalue()


def test_the_check_command_prints_one_object_and_plays_the_situations():
    report = json.loads(run("check", "--json"))

    assert set(report) == {"events", "procedures", "papers", "situations", "problems"}
    assert report["events"]["birth"]["birth.report"] == "出生届"
    assert "res.household_change" in report["events"]["birth"]
    assert report["situations"] == {"passed": len(SHIPPED["situations"]), "failed": 0}
    assert report["problems"] == []


@pytest.mark.django_db
def test_an_exported_catalogue_is_the_same_catalogue(tmp_path):
    file = tmp_path / "catalogue.json"
    run("export", str(file))

    exported = json.loads(file.read_text(encoding="utf-8"))
    assert archive.digest(exported) == archive.digest(SHIPPED)


def test_a_failing_situation_is_a_problem_and_the_exit_code_says_so(tmp_path, document, capsys):
    next(iter(document["situations"].values()))["yes"].append("birth.stay_status")
    file = tmp_path / "catalogue.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("catalogue", "check", str(file), "--json", stdout=out)

    report = json.loads(out.getvalue())
    assert ended.value.code == 1
    assert report["situations"]["failed"] == 1
    assert "situations → " in report["problems"][0]


@pytest.mark.parametrize("text", ["[]", "{", '{"events": 3}'])
def test_a_file_that_is_no_catalogue_is_refused_in_words(tmp_path, text):
    file = tmp_path / "catalogue.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises((CommandError, SystemExit)):
        run("check", str(file), "--json")


def test_facts_are_listed_with_whose_they_are_and_where_they_come_from():
    facts = json.loads(run("facts", "--json"))["facts"]

    assert facts["birth_date"]["type"] == "date"
    assert facts["birth_date"]["source"].startswith("住民基本台帳")
    assert facts["wants_card"] == {
        "of": "bundle",
        "type": "bool",
        "category": "basic",
        "source": "本人申告",
        "label": "マイナンバーカードの申請",
        "choices": [],
    }
    assert {"name", "name_kana", "birth_date", "sex", "relationship", "address"} <= facts.keys()


def test_every_group_of_an_event_has_a_name_in_the_office(document):
    events = document["events"].values()
    groups = {name for each in events for part in ("roles", "asks") for name in each.get(part, ())}

    assert [name for name in sorted(groups) if wording.group(name) == name] == []
