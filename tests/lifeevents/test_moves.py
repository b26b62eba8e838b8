"""転居, おくやみ and 転入 by the commands: from the register's household to a finished bundle."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from lifeevents.models import Bundle
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
    [grandfather] = make_household(
        man("山田　春夫", "ヤマダ　ハルオ", "1944-05-01")
    )
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


def test_an_event_that_starts_from_someone_needs_them(staff):
    with pytest.raises(CommandError, match="--resident"):
        run("propose", "death")
