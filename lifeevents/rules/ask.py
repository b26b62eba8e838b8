"""Which question next: only one whose answer can change a verdict, the most settling first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

from lifeevents.rules.completions import MOST, Domains, domains, truth
from lifeevents.rules.judge import judge, operand
from lifeevents.rules.nodes import Expr
from lifeevents.rules.sight import Atom, Sight
from lifeevents.rules.verdict import Tri
from lifeevents.rules.world import World
from residents.facts import Known, Reason

Rule = tuple[Expr, str]
"""A rule and the person (or "bundle", "household") it is for."""


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that may be asked for, whose it is, and the values it may have; () for any."""

    fact: str
    person: str
    domain: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Relevant questions, best first, and how often the search was too large to be exact."""

    questions: list[Question]
    beyond: int


@dataclass(frozen=True, slots=True)
class Undecided:
    """One rule not yet decided, the askable facts it waits for and their possible values."""

    expr: Expr
    self_id: str
    cells: Domains
    seen: dict[frozenset[tuple[Atom, Any]], Tri] = field(default_factory=dict)

    def truth(self, world: World, supposed: Mapping[Atom, Any]) -> Tri:
        """The verdict if these facts had these values; several questions ask for the same ones."""
        key = frozenset(supposed.items())
        if key not in self.seen:
            self.seen[key] = truth(self.expr, world, self.self_id, supposed)
        return self.seen[key]


def relevant(rules: Sequence[Rule], world: World, askable: Sequence[Question]) -> list[Question]:
    """The questions worth asking, best first; empty when no answer can change any verdict."""
    return rank(rules, world, askable).questions


def rank(rules: Sequence[Rule], world: World, askable: Sequence[Question]) -> Ranking:
    """The relevant questions in the order of how many verdicts an answer is expected to settle.

    A question is relevant if two answers give different verdicts in some completion of the other
    unknowns. Beyond 4,096 completions of a rule Kleene's answer stands: what an undecided rule still
    reads is relevant; such cases are counted in `beyond`.
    """
    open_ = {(q.fact, world.home(q.fact, q.person)): q for q in reversed(askable)}
    open_ = {atom: open_[atom] for atom in reversed(open_) if _may_be_asked(atom, world)}
    undecided = list(_undecided(rules, world, open_))
    kept, beyond = [], 0
    for atom, question in open_.items():
        waiting = [rule for rule in undecided if atom in rule.cells]
        matters, exhausted = _matters(atom, waiting, world)
        beyond += exhausted
        if matters:
            kept.append((sum(_settling(atom, rule, world) for rule in waiting), question))
    kept.sort(key=lambda scored: -scored[0])
    return Ranking([question for _, question in kept], beyond)


def _may_be_asked(atom: Atom, world: World) -> bool:
    """Neither known (derived included) nor already answered with わからない."""
    value = world.fact(*atom)
    if isinstance(value, Known):
        return False
    held = world.held(*atom)
    return isinstance(held, Known) or held.reason is not Reason.DONT_KNOW


def _undecided(
    rules: Sequence[Rule], world: World, open_: Mapping[Atom, Question]
) -> Iterator[Undecided]:
    for expr, self_id in rules:
        tri, grounds = judge(expr, Sight(world, operand), self_id, self_id)
        atoms = tuple(dict.fromkeys(ground[0] for ground in grounds if ground[0] in open_))
        if tri is Tri.UNKNOWN and atoms:
            cells = domains(expr, world, self_id, atoms)
            yield Undecided(
                expr, self_id, {atom: _allowed(cells[atom], open_[atom]) for atom in atoms}
            )


def _allowed(cells: tuple[Any, ...], question: Question) -> tuple[Any, ...]:
    """The cells' values that may be answered, and one answer that no constant names."""
    if not question.domain:
        return cells
    named = [value for value in cells if value in question.domain]
    other = [value for value in question.domain if value not in cells]
    return (*named, *other[:1])


def _matters(atom: Atom, waiting: Sequence[Undecided], world: World) -> tuple[bool, int]:
    """Whether the answer can change a verdict, and for how many rules that stayed unproved."""
    unproved = 0
    for rule in waiting:
        changes = _changes(atom, rule, world)
        if changes:
            return True, unproved
        unproved += changes is None
    return unproved > 0, unproved


def _changes(atom: Atom, rule: Undecided, world: World) -> bool | None:
    """Whether some completion of the others makes the answer decisive; None if too many to try."""
    if prod(len(values) for values in rule.cells.values()) > MOST:
        return None
    others = [other for other in rule.cells if other != atom]
    waiting: list[dict[Atom, Any]] = [{}]
    while waiting:
        supposed = waiting.pop()
        outcomes = {rule.truth(world, {**supposed, atom: value}) for value in rule.cells[atom]}
        complete = len(supposed) == len(others)
        if len(outcomes - {Tri.UNKNOWN}) > 1 or (complete and len(outcomes) > 1):
            return True
        if not complete and Tri.UNKNOWN in outcomes:
            following = others[len(supposed)]
            waiting.extend(
                {**supposed, following: value} for value in reversed(rule.cells[following])
            )
    return False


def _settling(atom: Atom, rule: Undecided, world: World) -> float:
    """The share of answers that would decide the rule at once."""
    values = rule.cells[atom]
    decided = sum(rule.truth(world, {atom: value}) is not Tri.UNKNOWN for value in values)
    return decided / len(values)
