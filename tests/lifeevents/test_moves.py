"""転居, おくやみ and 転入 by the commands: from the register's household to a finished bundle."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consent.protection import is_masked
from lifeevents import bundles, replies
from lifeevents.guards import guards_of
from lifeevents.models import Bundle
from lifeevents.opened import open_bundle
from tests.makers import make_household, man

pytestmark = pytest.mark.django_db
ON = "--on=2026-11-12"


def run(*arguments, **files):
    printed = StringIO()
    call_command(*arguments, "--json", ON, stdout=printed, **files)
    return json.loads(printed.getvalue())


def by_code(result, verdict="yes"):
    return {each["procedure"] for each in result["proposals"] if each["verdict"] == verdict}


@pytest.fixture
def answered(tmp_path):
    def write(**document):
        path = tmp_path / "answers.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return f"--answers={path}"

    return write


@pytest.fixture
def family(staff, ledgers):
    return make_household()


def test_whoever_of_a_household_moves_is_told_of_the_household(family, answered):
    father, mother, son = family
    said = answered(
        answers=[
            {"fact": "new_address", "subject": "bundle", "value": "緑町一丁目2番3号"},
            {"fact": "moved_on", "subject": mother.number, "value": "2026-11-08"},
        ]
    )

    whole = run("propose", "転居", f"--resident={mother.number}", said)
    part = run(
        "propose", "move_within", f"--resident={mother.number}", f"--with={son.number}", said
    )

    assert {"res.move_within", "nhi.change", "child.allow_switch"} <= by_code(whole)
    [notice] = [each for each in whole["proposals"] if each["procedure"] == "res.move_within"]
    assert notice["deadline"] == "2026-11-24"
    cards = {each["subject"] for each in part["proposals"] if each["procedure"] == "my.update"}
    assert cards == {"p2", "p3"}


def test_a_household_joined_gives_its_address(family, answered):
    [grandfather] = make_household(man("山田　春夫", "ヤマダ　ハルオ", "1944-05-01"))
    said = answered(answers=[{"fact": "moved_on", "subject": "bundle", "value": "2026-11-08"}])

    found = run(
        "propose",
        "move_within",
        f"--resident={grandfather.number}",
        f"--with={family[0].number}",
        said,
    )

    assert "res.head_consent" in by_code(found)
    assert not [each for each in found["questions"] if each["fact"] == "new_address"]


def test_a_death_is_finished_from_a_file(family, answered):
    father = family[0]
    said = answered(
        answers=[
            {"fact": "died_on", "subject": "deceased", "value": "2026-11-10"},
            {"fact": "drew_pension", "subject": "deceased", "value": False},
        ]
    )

    found = run("propose", "おくやみ", f"--resident={father.number}", said)
    made = run("start_bundle", "death", f"--resident={father.number}", "--finish", said)

    assert {"death.report", "nhi.leave", "nhi.funeral", "nhi.change"} <= by_code(found)
    assert made["state"] == "finished"
    applicant = Bundle.objects.get(number=made["bundle"]).participants.get(key="p2")
    assert applicant.roles == ["spouse", "applicant"]


def test_who_lived_alone_is_reported_by_someone_outside_the_household(staff, ledgers, answered):
    [alone] = make_household(man("見本　一人", "ミホン　ヒトリ", "1944-01-01"))
    said = answered(
        participants=[{"id": "a1", "role": "applicant", "facts": {"name": "見本　甥"}}],
        answers=[{"fact": "died_on", "subject": "bundle", "value": "2026-11-10"}],
    )

    made = run("start_bundle", "death", f"--resident={alone.number}", said)

    bundle = Bundle.objects.get(number=made["bundle"])
    assert bundle.participants.get(key="a1").roles == ["outsider", "applicant"]
    assert bundle.answers.get(fact="died_on").subject == "p1"


def test_where_a_mover_went_and_left_is_guarded_as_their_place(family, sato):
    father = family[0]
    bundle = bundles.start(
        "move_within", father.pk, applicant="self", on=date(2026, 11, 12), by=sato
    )
    said = {("bundle", "new_address"): "緑町一丁目2番3号", ("bundle", "moved_on"): "2026-11-08"}
    replies.answer(bundle, said, version=0, by=sato)

    situation = open_bundle(bundle, by=sato).situation

    for subject, fact in [
        ("bundle", "new_address"),
        ("bundle", "old_address"),
        ("p1", "address"),
        ("p1", "previous_address"),
    ]:
        guards = guards_of(fact, subject, situation)
        assert [guard.ref for guard in guards] == [father.pk]
        assert all(is_masked(guard.fact) for guard in guards)


def test_an_event_that_starts_from_someone_needs_them(staff):
    with pytest.raises(CommandError, match="--resident"):
        run("propose", "death")


NEWCOMERS = [
    {
        "id": "n1",
        "role": "mover",
        "facts": {
            "name": "転入　太郎",
            "name_kana": "テンニュウ　タロウ",
            "birth_date": "1986-05-10",
            "sex": "1",
            "relationship": "世帯主",
            "address": "緑町一丁目2番3号",
            "previous_address": "東京都杉並区清水一丁目9番9号",
            "moved_on": "2026-11-08",
        },
    },
    {
        "id": "n2",
        "role": "mover",
        "facts": {
            "name": "転入　花子",
            "birth_date": "1988-08-21",
            "sex": "女",
            "relationship": "妻",
            "insurance_now": "nhi",
        },
    },
    {
        "id": "n3",
        "role": "mover",
        "facts": {"name": "転入　一郎", "birth_date": "2017-07-01", "relationship": "子"},
    },
]


def test_newcomers_are_served_from_a_file_alone(staff, answered):
    said = answered(participants=NEWCOMERS)

    found = run("propose", "転入", said)
    made = run("start_bundle", "move_in", "--finish", said)

    assert {"res.move_in", "waste"} <= by_code(found)
    joining = {
        each["subject"]: each["verdict"]
        for each in found["proposals"]
        if each["procedure"] == "nhi.join"
    }
    assert joining == {"n1": "unknown", "n2": "yes", "n3": "unknown"}
    [claim] = [each for each in found["proposals"] if each["procedure"] == "child.allow"]
    assert claim["subject"] in ("n1", "n2")
    asked = {(each["fact"], each["subject"]) for each in found["questions"]}
    assert ("new_address", "bundle") not in asked
    assert ("old_address", "bundle") not in asked
    assert ("moved_on", "bundle") not in asked
    assert made["state"] == "finished"


def test_newcomers_join_a_household_of_the_register(family, answered):
    said = answered(
        participants=[
            {
                "id": "n1",
                "role": "mover",
                "facts": {"name": "山田　ハル", "relationship": "母", "moved_on": "2026-11-08"},
            }
        ]
    )

    found = run("propose", "move_in", f"--resident={family[0].number}", said)

    assert "res.head_consent" in by_code(found)
    assert [each["role"] for each in found["subjects"][:2]] == ["mover", "joined"]
    assert not [each for each in found["questions"] if each["fact"] == "new_address"]


def test_newcomers_are_read_from_a_certificate(staff, tmp_path):
    path = tmp_path / "certificate.csv"
    path.write_text(
        "氏名,生年月日,続柄,個人番号,転出前住所\n"
        "転入　太郎,1986-05-10,世帯主,123456789012,東京都杉並区清水1-9-9\n"
        "転入　一郎,2017-07-01,長男,123456789013,\n",
        encoding="utf-8",
    )

    found = run("propose", "move_in", f"--certificate={path}")

    assert [each["id"] for each in found["subjects"][:2]] == ["n1", "n2"]
    medical = {e["subject"]: e["verdict"] for e in found["proposals"]
               if e["procedure"] == "child.medical"}  # fmt: skip
    assert medical == {"n1": "no", "n2": "unknown"}


def test_a_child_is_asked_about_the_card_but_not_about_a_signature_it_cannot_have(family, sato):
    bundle = bundles.start(
        "move_within", family[0].pk, applicant="self", on=date(2026, 11, 12), by=sato
    )
    said = {("bundle", "new_address"): "緑町一丁目2番3号", ("bundle", "moved_on"): "2026-11-08"}
    replies.answer(bundle, said, version=0, by=sato)

    asked = {(ask.question.fact, ask.subject) for ask in open_bundle(bundle, by=sato).asks}

    assert {("has_my_number_card", "p3"), ("uses_signature", "p1")} <= asked
    assert ("uses_signature", "p3") not in asked
