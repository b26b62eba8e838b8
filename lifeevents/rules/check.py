"""Checks a rule against the vocabulary of facts and groups, and names every mistake."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lifeevents.rules.nodes import (
    Add,
    All,
    And,
    Between,
    Birthday,
    Compare,
    Count,
    EventDate,
    Exists,
    Expr,
    FactOf,
    In,
    Literal,
    NextMarch31,
    Not,
    Or,
    ReachesAge,
    SamePerson,
    Scalar,
)
from residents.facts import Fact, FactType, Of

BOOL, NUMBER, DATE = "はい・いいえ", "数", "日付"
TEXT, CODES = "文字または選択肢", "コードの並び"
KINDS = {
    FactType.BOOL: BOOL,
    FactType.NUMBER: NUMBER,
    FactType.DATE: DATE,
    FactType.CODES: CODES,
    FactType.TEXT: TEXT,
    FactType.NAME: TEXT,
    FactType.CHOICE: TEXT,
}
OWNERS = {Of.PERSON: "人", Of.HOUSEHOLD: "世帯", Of.BUNDLE: "手続全体"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a rule: the place as a JSON pointer, and what is wrong in plain Japanese."""

    path: str
    message: str


@dataclass(slots=True)
class Checking:
    """What the rule may name, and the mistakes found so far."""

    vocabulary: Mapping[str, Fact]
    groups: frozenset[str]
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, path: str, message: str) -> None:
        """Note a mistake and go on, so that an author sees all of them at once."""
        self.problems.append(Problem(path, message))


def check(
    expr: Expr,
    vocabulary: Mapping[str, Fact],
    groups: frozenset[str],
    result: FactType = FactType.BOOL,
) -> list[Problem]:
    """Every mistake in a rule, or in a derived fact of type `result`; empty when there is none."""
    checking = Checking(vocabulary, groups)
    _expect(checking, expr, KINDS[result], "", False)
    return checking.problems


def check_derived(
    derived: Mapping[str, Expr], vocabulary: Mapping[str, Fact], groups: frozenset[str]
) -> list[Problem]:
    """Mistakes in derived facts, each path starting with the fact's key; circles included."""
    problems = []
    for key, expr in derived.items():
        if key not in vocabulary:
            problems.append(Problem(f"/{key}", f"導出項目「{key}」が項目一覧にありません。"))
            continue
        found = check(expr, vocabulary, groups, vocabulary[key].type)
        problems += [Problem(f"/{key}{problem.path}", problem.message) for problem in found]
        if key in _reached(key, derived):
            problems.append(
                Problem(f"/{key}", f"「{vocabulary[key].label}」が自分自身に戻ります。")
            )
    return problems


def facts_read(expr: Expr) -> frozenset[str]:
    """The keys of the facts an expression names."""
    if isinstance(expr, FactOf):
        return frozenset({expr.key})
    return frozenset(key for child in _children(expr) for key in facts_read(child))


def _children(expr: Expr) -> Iterable[Expr]:
    match expr:
        case And() | Or():
            return expr.of
        case Not():
            return (expr.of,)
        case Compare():
            return (expr.left, expr.right)
        case In():
            return (expr.value,)
        case Between():
            return (expr.value, expr.low, expr.high)
        case Exists() | All() | Count():
            return (expr.where,)
        case ReachesAge() | Birthday() | NextMarch31() | Add():
            return (expr.date,)
    return ()


def _reached(key: str, derived: Mapping[str, Expr]) -> set[str]:
    reached: set[str] = set()
    waiting = [key]
    while waiting:
        for named in facts_read(derived[waiting.pop()]) - reached:
            reached.add(named)
            waiting += [named] if named in derived else []
    return reached


def _expect(checking: Checking, node: Expr, kind: str, path: str, member: bool) -> None:
    found = _kind(checking, node, path, member)
    if found and found != kind:
        checking.wrong(path, f"ここには{kind}が必要ですが、{found}が書かれています。")


def _kind(checking: Checking, node: Expr, path: str, member: bool) -> str:
    """The kind of value a node gives; "" when that is already reported."""
    return KIND_OF[type(node)](checking, node, path, member)


def _literal(checking: Checking, node: Literal, path: str, member: bool) -> str:
    return _kind_of_literal(node.value)


def _kind_of_literal(value: Scalar) -> str:
    kinds = ((bool, BOOL), (int, NUMBER), (date, DATE), (str, TEXT), (tuple, CODES))
    return next(kind for python, kind in kinds if isinstance(value, python))


def _fact(checking: Checking, node: FactOf, path: str, member: bool) -> str:
    declared = checking.vocabulary.get(node.key)
    if declared is None:
        checking.wrong(path, f"「{node.key}」という項目はありません。")
        return ""
    if node.of in ("bundle", "household") and node.of != declared.of.value:
        whose = OWNERS[declared.of]
        checking.wrong(f"{path}/of", f"「{declared.label}」は{whose}についての項目です。")
    return KINDS[declared.type]


def _same_person(checking: Checking, node: SamePerson, path: str, member: bool) -> str:
    if not member:
        checking.wrong(path, "「same_person」は exists・all・count の中でだけ使えます。")
    return BOOL


def _junction(checking: Checking, node: And | Or, path: str, member: bool) -> str:
    for place, child in enumerate(node.of):
        _expect(checking, child, BOOL, f"{path}/of/{place}", member)
    return BOOL


def _not(checking: Checking, node: Not, path: str, member: bool) -> str:
    _expect(checking, node.of, BOOL, f"{path}/of", member)
    return BOOL


def _compare(checking: Checking, node: Compare, path: str, member: bool) -> str:
    left = _kind(checking, node.left, f"{path}/left", member)
    right = _kind(checking, node.right, f"{path}/right", member)
    if left and right and left != right:
        checking.wrong(path, f"{left}と{right}は比べられません。")
    elif left not in (NUMBER, DATE, "") and node.op not in ("eq", "ne"):
        checking.wrong(path, f"{left}に大小はありません。eq か ne で比べてください。")
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(other, Literal):
            _choice(checking, one, other.value, path)
    return BOOL


def _choice(checking: Checking, node: Expr, value: Scalar, path: str) -> None:
    declared = checking.vocabulary.get(node.key) if isinstance(node, FactOf) else None
    if declared and declared.type is FactType.CHOICE and isinstance(value, str):
        codes = [code for code, _ in declared.choices]
        if codes and value not in codes:
            checking.wrong(path, f"「{value}」は「{declared.label}」の選択肢にありません。")


def _in(checking: Checking, node: In, path: str, member: bool) -> str:
    kind = _kind(checking, node.value, f"{path}/value", member)
    for place, value in enumerate(node.of):
        found = _kind_of_literal(value)
        if kind and found != kind:
            checking.wrong(f"{path}/of/{place}", f"{kind}と{found}は比べられません。")
        _choice(checking, node.value, value, f"{path}/of/{place}")
    return BOOL


def _between(checking: Checking, node: Between, path: str, member: bool) -> str:
    kind = _kind(checking, node.value, f"{path}/value", member)
    if kind not in (NUMBER, DATE, ""):
        checking.wrong(f"{path}/value", f"{kind}に大小はありません。")
    elif kind:
        _expect(checking, node.low, kind, f"{path}/low", member)
        _expect(checking, node.high, kind, f"{path}/high", member)
    return BOOL


def _quantifier(checking: Checking, node: Exists | All | Count, path: str, member: bool) -> str:
    if node.over not in checking.groups:
        checking.wrong(f"{path}/over", f"「{node.over}」という人の集まりはありません。")
    _expect(checking, node.where, BOOL, f"{path}/where", True)
    return NUMBER if isinstance(node, Count) else BOOL


def _step(checking: Checking, node: Any, path: str, member: bool) -> str:
    _expect(checking, node.date, DATE, f"{path}/date", member)
    return DATE


KIND_OF: dict[type, Callable[[Checking, Any, str, bool], str]] = {
    Literal: _literal,
    EventDate: lambda checking, node, path, member: DATE,
    FactOf: _fact,
    SamePerson: _same_person,
    And: _junction,
    Or: _junction,
    Not: _not,
    Compare: _compare,
    In: _in,
    Between: _between,
    Exists: _quantifier,
    All: _quantifier,
    Count: _quantifier,
    ReachesAge: _step,
    Birthday: _step,
    NextMarch31: _step,
    Add: _step,
}
