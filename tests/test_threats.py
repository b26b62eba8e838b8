"""docs/threats.md names tests that exist, and for each threat one that goes through the command.

So does docs/privacy.md for the rules of 支援措置.
"""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
DOC = TESTS.parent / "docs" / "threats.md"
RULES = TESTS.parent / "docs" / "privacy.md"
NAMED = re.compile(r"`([\w/]*\.py)?::(test_\w+)`")
ROWS = {*(f"T-{number}" for number in range(15, 25)), "T-64", "§9.2", "AC-9.3", "AC-9.4"}
COMMAND = {"import_exports", "refused"}
"""What sends files through manage.py import_exports (tests/residents/operator.py)."""


def _named(doc=DOC):
    """(row, file, test); a test without a file is of the one named before it."""
    for line in doc.read_text(encoding="utf-8").splitlines():
        file = ""
        for path, test in NAMED.findall(line):
            file = path or file
            yield line.split("|")[1].strip(), file, test


def test_every_threat_is_proved_by_tests_that_exist():
    assert {row for row, _, _ in _named()} == ROWS
    _are_there(_named())


def test_every_rule_of_protection_is_proved_by_tests_that_exist():
    assert {row for row, _, _ in _named(RULES)} == {"§6.2", *(f"R{n}" for n in range(1, 9))}
    _are_there(_named(RULES))


def _are_there(named):
    named = list(named)
    for file in {file for _, file, _ in named}:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        there = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
        assert {test for _, of, test in named if of == file} <= there, file


def test_each_threat_is_met_through_the_command():
    """An operator's way in, not a shortcut beside it, stops each of them."""
    met = {row for row, file, test in _named() if COMMAND & _called(file, test)}

    assert met == ROWS


def _called(file, test):
    """The names a test calls, and those that its module's own helpers call for it."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    there = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}
    found, waiting = set(), {test}
    while waiting:
        name = waiting.pop()
        found.add(name)
        calls = (each for each in ast.walk(there[name]) if isinstance(each, ast.Call))
        names = {each.func.id for each in calls if isinstance(each.func, ast.Name)}
        waiting |= (names & there.keys()) - found
        found |= names
    return found
