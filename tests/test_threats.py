"""docs/threats.md names tests that exist."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
DOC = TESTS.parent / "docs" / "threats.md"
NAMED = re.compile(r"`([\w/]*\.py)?::(test_\w+)`")
ROWS = {*(f"T-{number}" for number in range(15, 25)), "T-64", "§9.2"}


def _named():
    """(row, file, test); a test without a file is of the one named before it."""
    for line in DOC.read_text(encoding="utf-8").splitlines():
        file = ""
        for path, test in NAMED.findall(line):
            file = path or file
            yield line.split("|")[1].strip(), file, test


def test_every_threat_is_proved_by_tests_that_exist():
    named = list(_named())

    assert {row for row, _, _ in named} == ROWS
    for file in {file for _, file, _ in named}:
        tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
        there = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
        assert {test for _, of, test in named if of == file} <= there, file
