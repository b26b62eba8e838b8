"""propose, start_bundle and print_bundle: one JSON object each, with exactly the keys operators rely on."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consent.models import AccessEntry, Engagement
from lifeevents.models import Answer, Application, Bundle, Participant, Snapshot
from tests.makers import NEWBORN

SUBJECT = {"id", "kind", "role", "number"}
PROPOSAL = {
    "procedure", "name", "subject", "verdict", "because", "missing", "deadline", "deadline_text",
    "documents",
}  # fmt: skip
QUESTION = {"fact", "subject", "text", "type", "choices"}


@pytest.fixture
def run(staff):
    """Runs a command with --json and reads the one object it prints."""

    def run(*arguments, **options):
        printed = StringIO()
        call_command(*arguments, "--json", stdout=printed, **options)
        return json.loads(printed.getvalue())

    return run


@pytest.fixture
def answers(tmp_path):
    def answers(*stated, participants=()):
        document = {
            "participants": list(participants),
            "answers": [
                {"subject": subject, "fact": fact, "value": value}
                for (subject, fact), value in stated
            ],
        }
        path = tmp_path / "answers.json"
        path.write_text(json.dumps(document, ensure_ascii=False))
        return str(path)

    return answers


def test_propose_prints_every_verdict_with_exactly_the_documented_keys(run, yamada):
    printed = run("propose", "birth", "--resident", yamada.mother.number, "--on", "2026-11-22")

    assert set(printed) == {"event", "on", "catalogue", "subjects", "proposals", "questions"}
    assert (printed["event"], printed["on"]) == ("birth", "2026-11-22")
    assert all(set(each) == SUBJECT for each in printed["subjects"])
    assert all(set(each) == PROPOSAL for each in printed["proposals"])
    assert all(set(each) == QUESTION for each in printed["questions"])
    assert all(set(why) == {"fact", "text"} for p in printed["proposals"] for why in p["because"])
    assert {each["verdict"] for each in printed["proposals"]} == {"yes", "no", "unknown"}


def test_propose_names_everyone_by_kind_and_residents_by_number(run, yamada):
    subjects = run("propose", "出生", "--resident", yamada.mother.number)["subjects"]

    kinds = {each["id"]: (each["kind"], each["number"]) for each in subjects}
    assert kinds == {
        "n1": ("participant", None),
        "p1": ("resident", yamada.father.number),
        "p2": ("resident", yamada.mother.number),
        "p3": ("resident", yamada.child.number),
        "household": ("household", None),
        "bundle": ("bundle", None),
    }


def test_propose_keeps_nothing_but_a_closed_engagement_and_its_log(run, yamada):
    run("propose", "birth", "--resident", yamada.mother.number)

    assert not Bundle.objects.exists()
    assert not Participant.objects.exists()
    ground = Engagement.objects.get()
    assert ground.purpose.code == "trial"
    assert ground.closed_at is not None
    assert [each.action for each in AccessEntry.objects.order_by("at")] == ["search", "open"]
    assert {each.channel for each in AccessEntry.objects.all()} == {"command"}


def test_propose_reckons_with_the_answers_of_a_file(run, yamada, answers):
    path = answers(
        (("bundle", "wants_card"), True),
        (("n1", "birth_weight"), None),
        participants=[
            {"id": "n1", "role": "newborn", "facts": {"birth_date": "2026-11-15", "sex": "2"}}
        ],
    )

    printed = run("propose", "birth", "--resident", yamada.mother.number, "--answers", path)

    verdicts = {each["procedure"]: each for each in printed["proposals"]}
    assert verdicts["my.new"]["verdict"] == "yes"
    assert verdicts["birth.report"]["deadline"] == "2026-11-30"
    assert verdicts["birth.low_weight"]["verdict"] == "unknown"
    assert "birth_weight" not in {each["fact"] for each in printed["questions"]}


def test_propose_tells_of_a_protected_family_no_place(run, hidden):
    printed = run("propose", "birth", "--resident", hidden.mother.number)

    told = json.dumps(printed, ensure_ascii=False)
    assert not [secret for secret in ("秘町", "0909999", "08055550000") if secret in told]


@pytest.mark.parametrize("command", ["propose", "start_bundle"])
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nonsense", "--resident", "1"], "ライフイベントはありません"),
        (["household_change", "--resident", "1"], "ライフイベントはありません"),
        (["birth"], "--resident"),
        (["birth", "--resident", "999"], "見つかりません"),
        (["birth", "--resident", "999", "--as", "nobody"], "操作者はいません"),
        (["birth", "--resident", "999", "--as", "admin"], "検索できません"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(run, yamada, command, arguments, says):
    with pytest.raises(CommandError, match=says):
        run(command, *arguments)

    assert not Bundle.objects.exists()


def test_an_unreadable_answers_file_is_refused_without_repeating_it(run, yamada, answers):
    path = answers((("n1", "birth_weight"), "おもい"), (("n1", "nonsense"), "1"))

    for command in ("propose", "start_bundle"):
        with pytest.raises(CommandError) as refusal:
            run(command, "birth", "--resident", yamada.mother.number, "--answers", path)
        assert "おもい" not in str(refusal.value)


def test_a_command_without_an_account_is_refused_in_production(settings, run, yamada):
    settings.MODE = "production"

    with pytest.raises(CommandError, match="--as"):
        run("propose", "birth", "--resident", yamada.mother.number)


def test_a_bundle_is_served_printed_and_told_with_exactly_the_documented_keys(
    run, yamada, answers, tmp_path
):
    path = answers(*((key, value) for key, value in NEWBORN.items()))
    output = tmp_path / "papers.pdf"

    printed = run(
        "start_bundle", "birth", "--resident", yamada.mother.number, "--answers", path, "--finish"
    )
    call_command("print_bundle", printed["bundle"], "-o", str(output), stdout=StringIO())

    assert set(printed) == {"bundle", "state", "papers", "fields", "prefilled", "typed_chars"}
    assert printed["state"] == "finished"
    assert Bundle.objects.get().number == printed["bundle"]
    assert all(
        set(each) == {"paper", "procedure", "subject", "pages"} and each["pages"] >= 1
        for each in printed["papers"]
    )
    assert {each["procedure"] for each in printed["papers"]} >= {"birth.report", "nhi.join"}
    assert printed["fields"] > printed["prefilled"] > 0
    assert printed["typed_chars"] == sum(len(value) for value in NEWBORN.values())
    assert Answer.objects.count() == len(NEWBORN)
    assert Snapshot.objects.exists()
    assert Application.objects.exists()
    assert output.read_bytes().startswith(b"%PDF")
    assert AccessEntry.objects.filter(action="print").count() == 2


def test_without_finish_a_bundle_stays_open_agreed_as_told_and_is_not_printed(
    run, yamada, tmp_path
):
    arguments = ["--resident", yamada.mother.number, "--agree", "tax,contact,school"]
    output = tmp_path / "papers.pdf"

    printed = run("start_bundle", "birth", *arguments)

    assert printed["state"] == "open"
    assert Engagement.objects.get().agreed == ["contact", "tax"]
    assert not Snapshot.objects.exists()
    with pytest.raises(CommandError, match="完了していない"):
        call_command("print_bundle", printed["bundle"], "-o", str(output))
    with pytest.raises(CommandError, match="見つからない"):
        call_command("print_bundle", printed["bundle"], "-o", str(output), "--as", "suzuki")
    with pytest.raises(CommandError, match="見つからない"):
        call_command("print_bundle", "20261122-9999", "-o", str(output))
    assert not output.exists()


def test_the_demos_family_is_served_from_its_exports_to_its_pdf(run, town, tmp_path):
    """The whole way once: exports, import, proposals, papers."""
    showcase = json.loads((town / "showcase.json").read_text())
    number = next(each["number"] for each in showcase if each["key"] == "birth_family")

    printed = run("start_bundle", "birth", "--resident", number, "--finish")

    made = {each["paper"] for each in printed["papers"]}
    assert {"paper.birth_report", "paper.nhi_join", "paper.child_allow_up"} <= made


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[]", "全体（{…} で書いてください）"),
        ('{"participants": {"id": "n1"}}', "participants（[…] で書いてください）"),
        ('{"participants": [{"facts": {}}]}', "participants[0]（「id」がありません）"),
        ('{"participants": [{"id": "n1", "facts": []}]}', "participants[0].facts（{…} で"),
        ('{"answers": [{"fact": "sex"}]}', "answers[0]（「subject」「value」がありません）"),
        ('{"answers": [{"fact": 1, "subject": "n1", "value": "1"}]}', "answers[0].fact（文字列 で"),
        ('{"answers": [{"fact": "sex", "subject": "n1", "value": {"秘": 1}}]}', "answers[0].value"),
        ('{"answer": []}', "全体（使えるのは participants と answers だけです）"),
    ],
)
@pytest.mark.parametrize("command", ["propose", "start_bundle"])
def test_a_malformed_answers_file_is_refused_naming_the_place(
    command, written, told, run, yamada, tmp_path
):
    path = tmp_path / "answers.json"
    path.write_text(written)

    with pytest.raises(CommandError) as refusal:
        run(command, "birth", "--resident", yamada.mother.number, "--answers", path)

    assert told in str(refusal.value)
    assert "秘" not in str(refusal.value)


def test_propose_for_people_from_abroad_leaves_out_the_certificate_of_moving_out(
    run, ledgers, answers
):
    path = answers(
        (("bundle", "entry_stamped"), False),
        (("bundle", "register_in_town"), False),
        participants=[{"id": "n1", "facts": {"resident_kind": "1", "insurance_now": "nhi"}}],
    )

    found = run("propose", "move_in_abroad", "--answers", path)

    notice = next(each for each in found["proposals"] if each["procedure"] == "res.move_in")
    brought = "、".join(notice["documents"])
    assert "戸籍の附票" in brought
    assert "航空券" in brought
    assert "転出証明書" not in brought
