import re
import subprocess

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from consent.models import Purpose
from lifeevents import archive, versions

CATALOGUE = archive.read(archive.load(versions.STARTER))
APPS = ("counter", "lifeevents", "consent", "residents")
NAMES_THAT_SAY_NOTHING = {
    "utils", "util", "helpers", "helper", "common", "misc", "services", "service",
    "managers", "mixins", "constants", "base", "core",
}  # fmt: skip
LONGEST_MODULE = 300
EDITABLE = {
    "residents": {
        "BeforeImage",
        "DeliveryStep",
        "HeldRow",
        "InboxLook",
        "InboxObject",
        "LineChanges",
        "LineHashes",
        "Delivery", "Holding", "Household", "ManualProtection", "Protection", "Rejection",
        "Resident", "SearchKey", "StagedRow",
    },
    "consent": {
        "Account", "AdverseParty", "Category", "CoveredPerson", "Decision", "Department",
        "Engagement", "FactorReset",
        "Measure", "MeasureStep", "MeasureTransfer", "ReferenceGrant", "RetentionHold", "Upload",
    },
    "lifeevents": {"Answer", "Application", "Bundle", "Draft", "Opinion", "Participant"},
}  # fmt: skip
APPEND_ONLY = {
    "consent": {"AccessEntry", "AccessSubject", "Disposal", "Purpose"},
    "lifeevents": {"CatalogueVersion", "DraftEvent", "Publication"},
}
"""Rows that are never changed nor removed; the database refuses it."""
WRITTEN_ONCE = {"residents": {"Identity", "RecordItem"}, "lifeevents": {"Snapshot", "Submission"}}
"""Rows no code of ours changes: one 宛名番号 keeps one ref, one item its place in a resident's text; what
was signed goes with its bundle."""


def _files(*patterns):
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [path for name in listed if name and (path := settings.BASE_DIR / name).exists()]


def _modules():
    return [
        path
        for path in _files(*(f"{app}/*.py" for app in APPS), "tests/*.py")
        if "migrations" not in path.parts
    ]


def _name(path):
    return str(path.relative_to(settings.BASE_DIR))


def test_no_module_is_longer_than_a_reader_can_hold():
    lengths = {
        _name(path): len(path.read_text().splitlines())
        for path in _modules()
        if path.relative_to(settings.BASE_DIR).parts[0] in APPS
    }

    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_every_module_is_named_for_what_it_holds():
    assert [_name(path) for path in _modules() if path.stem in NAMES_THAT_SAY_NOTHING] == []


def test_every_module_of_the_apps_says_in_one_line_what_it_is():
    silent = [
        _name(path)
        for path in _modules()
        if path.parts[-1] != "__init__.py"
        and "tests" not in path.relative_to(settings.BASE_DIR).parts
        and not path.read_text().startswith('"""')
    ]

    assert silent == []


def test_no_model_is_reached_by_name_above_consent():
    offenders = [
        _name(path)
        for app in ("counter", "lifeevents")
        for path in _modules()
        if path.is_relative_to(settings.BASE_DIR / app) and "get_model(" in path.read_text()
    ]

    assert offenders == []


def test_every_variable_of_the_settings_is_in_the_example():
    read = set(
        re.findall(r'env\.\w+\(\s*"(\w+)"', (settings.BASE_DIR / "counter/settings.py").read_text())
    )
    listed = set(
        re.findall(r"^(\w+)=", (settings.BASE_DIR / ".env.example").read_text(), re.MULTILINE)
    )

    assert read == listed


def test_every_requirement_is_pinned_and_says_what_it_is_for():
    for name in ("requirements.txt", "requirements-dev.txt"):
        for line in (settings.BASE_DIR / name).read_text().splitlines():
            if line and not line.startswith("#"):
                assert re.fullmatch(r"[\w\[\],.-]+==[\w.]+ +# .+", line), line


def test_requirements_agree_with_their_constraints():
    constraints = {
        line.lower() for line in (settings.BASE_DIR / "constraints.txt").read_text().splitlines()
    }

    for name in ("requirements.txt", "requirements-dev.txt"):
        for pin in re.findall(
            r"^([\w-]+)(?:\[.+\])?(==\S+)", (settings.BASE_DIR / name).read_text(), re.MULTILINE
        ):
            assert "".join(pin).lower() in constraints


def test_screens_and_papers_spell_the_same_word_the_same():
    """公用文における漢字使用等について 2(2)イ: 手続 has no 送り仮名."""
    spelt = "手続" + "き"
    shown = _files("*.html", "*.json", "counter/*.py", "lifeevents/*.py", "consent/*.py")

    assert [_name(path) for path in shown if spelt in path.read_text(encoding="utf-8")] == []


def test_every_link_of_the_documentation_leads_to_a_file():
    broken = [
        f"{_name(page)}: {target}"
        for page in _files("*.md")
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
        if "://" not in target and not (page.parent / target).exists()
    ]

    assert broken == []


def test_decisions_are_numbered_once():
    numbers = [path.name[:4] for path in _files("docs/adr/*.md")]

    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("name", ["admin", "sites", "flatpages"])
def test_apps_that_open_other_ways_to_the_data_are_not_installed(name):
    assert not apps.is_installed(f"django.contrib.{name}")


@pytest.mark.parametrize("command", ["setup", "demo", "test", "check", "fix"])
def test_every_command_can_be_run_from_anywhere(command):
    script = settings.BASE_DIR / "bin" / command

    assert script.stat().st_mode & 0o111
    assert 'cd "$(dirname "$0")/.."' in script.read_text()


def test_every_model_is_listed_as_editable_or_not():
    for app in APPS:
        listed = [kind.get(app, set()) for kind in (EDITABLE, APPEND_ONLY, WRITTEN_ONCE)]
        found = {model.__name__ for model in apps.get_app_config(app).get_models()}

        assert set.union(*listed) == found
        assert sum(map(len, listed)) == len(found)


def test_the_database_keeps_what_is_append_only(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger"
            " WHERE tgname LIKE 'append_only_%' AND tgenabled = 'A' GROUP BY 1"
        )
        guarded = dict(cursor.fetchall())

    tables = {
        apps.get_model(app, name)._meta.db_table
        for app, names in APPEND_ONLY.items()
        for name in names
    }
    assert guarded == dict.fromkeys(tables, 2)


def test_every_paper_has_a_layout_and_every_layout_a_paper():
    layouts = {paper.layout for paper in CATALOGUE.papers.values()}
    folder = settings.BASE_DIR / "templates/papers"

    assert layouts == {path.name for path in folder.glob("[!_]*.html")}


def test_every_procedure_names_its_law_or_its_source():
    unfounded = [
        code for code, each in CATALOGUE.procedures.items() if not (each.law or each.sources)
    ]

    assert unfounded == []


def test_every_event_that_can_be_started_has_a_purpose(db):
    offered = {code for code, event in CATALOGUE.events.items() if event.offered}

    assert offered <= set(Purpose.objects.values_list("code", flat=True))
