"""Kleene evaluation: a truth value with the facts that force it, or with those that are missing.

For a decided node the smallest ready set is passed up (one member, one alternative); for an
unknown one, everything that could still settle it. `evaluate` makes both irreducible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from lifeevents.rules import dates
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
)
from lifeevents.rules.order import MIRRORED, compare, enough, within
from lifeevents.rules.sight import Atom, Comparison, Reading, Sight
from lifeevents.rules.verdict import Tri

YES, NO, UNKNOWN = Tri.YES, Tri.NO, Tri.UNKNOWN
Ground = tuple[Atom, Any, str]
"""A fact, what speaks of it (an author's sentence or the comparison), the member looked at."""
Judged = tuple[Tri, tuple[Ground, ...]]


def judge(node: Any, sight: Sight, me: str, it: str) -> Judged:
    """A boolean node's truth value and its grounds, for `me`, looking at `it`."""
    kind = type(node)
    tri, grounds = JUDGES[kind](node, sight, me, it)
    said = own_sentence(node, tri)
    if said and kind is not Exists and kind is not All:
        return tri, tuple((ground[0], said, it) for ground in grounds)
    return tri, grounds


def operand(node: Any, sight: Sight, me: str, it: str) -> Reading:
    """Any node as a value between two bounds."""
    reader = OPERANDS.get(type(node))
    if reader is not None:
        return reader(node, sight, me, it)
    tri, grounds = judge(node, sight, me, it)
    atoms = tuple(ground[0] for ground in grounds)
    return (None, None, (), atoms) if tri is UNKNOWN else (tri is YES, tri is YES, atoms, ())


def own_sentence(node: Any, tri: Tri) -> str:
    """The sentence the rule's author gave a boolean node for this outcome, or ""."""
    said: str = node.because if tri is YES else node.because_no if tri is NO else ""
    return said


def _settle(judgements: Iterable[Judged], decisive: Tri) -> Judged:
    """The and (decisive: no) or the or (decisive: yes), with the smallest decisive grounds."""
    best: tuple[Ground, ...] | None = None
    agreed: list[Ground] = []
    missing: list[Ground] = []
    unknown = False
    for tri, grounds in judgements:
        if tri is decisive:
            if best is None or len(grounds) < len(best):
                best = grounds
        elif tri is UNKNOWN:
            unknown = True
            missing.extend(grounds)
        else:
            agreed.extend(grounds)
    if best is not None:
        return decisive, best
    if unknown:
        return UNKNOWN, tuple(missing)
    return (YES if decisive is NO else NO), tuple(agreed)


def _and(node: And, sight: Sight, me: str, it: str) -> Judged:
    return _settle([judge(child, sight, me, it) for child in node.of], NO)


def _or(node: Or, sight: Sight, me: str, it: str) -> Judged:
    return _settle([judge(child, sight, me, it) for child in node.of], YES)


def _not(node: Not, sight: Sight, me: str, it: str) -> Judged:
    tri, grounds = judge(node.of, sight, me, it)
    return (NO if tri is YES else YES if tri is NO else UNKNOWN), grounds


def _exists(node: Exists, sight: Sight, me: str, it: str) -> Judged:
    return _settle(_members(node, sight, me), YES)


def _all(node: All, sight: Sight, me: str, it: str) -> Judged:
    return _settle(_members(node, sight, me), NO)


def _members(node: Exists | All | Count, sight: Sight, me: str) -> list[Judged]:
    members = sight.groups.get(node.over, ())
    judged = [judge(node.where, sight, me, member) for member in members]
    if isinstance(node, Count) or not (node.because or node.because_no):
        return judged
    return [
        (tri, tuple((atom, own_sentence(node, tri) or told, member) for atom, told, _ in grounds))
        for member, (tri, grounds) in zip(members, judged, strict=True)
    ]


def _literal(node: Literal, sight: Sight, me: str, it: str) -> Judged:
    return (YES if node.value is True else NO), ()


def _same_person(node: SamePerson, sight: Sight, me: str, it: str) -> Judged:
    return (YES if me == it else NO), ()


def _fact(node: FactOf, sight: Sight, me: str, it: str) -> Judged:
    value, _, atoms, vague = _read(node, sight, me, it)
    if value is None:
        return UNKNOWN, tuple((atom, node, it) for atom in vague)
    return (YES if value is True else NO), tuple((atom, node, it) for atom in atoms)


def _compare(node: Compare, sight: Sight, me: str, it: str) -> Judged:
    if type(node.left) is Count:
        return _counted(node, node.op, node.left, node.right, sight, me, it)
    if type(node.right) is Count:
        return _counted(node, MIRRORED[node.op], node.right, node.left, sight, me, it)
    left, right = operand(node.left, sight, me, it), operand(node.right, sight, me, it)
    sight.note(Comparison(node.op, node.left, node.right, me, it))
    return _told(compare(node.op, left, right), (left, right), node, it)


def _in(node: In, sight: Sight, me: str, it: str) -> Judged:
    value = operand(node.value, sight, me, it)
    sight.note(Comparison("in", node.value, node, me, it))
    return _told(within(value, node.of), (value,), node, it)


def _between(node: Between, sight: Sight, me: str, it: str) -> Judged:
    if type(node.value) is Count:
        low, high = Compare("ge", node.value, node.low), Compare("le", node.value, node.high)
        return judge(And((low, high)), sight, me, it)
    value = operand(node.value, sight, me, it)
    parts = []
    for op, bound in (("ge", node.low), ("le", node.high)):
        limit = operand(bound, sight, me, it)
        sight.note(Comparison(op, node.value, bound, me, it))
        parts.append(_told(compare(op, value, limit), (value, limit), node, it))
    return _settle(parts, NO)


def _told(tri: Tri, readings: tuple[Reading, ...], node: Any, it: str) -> Judged:
    side = 3 if tri is UNKNOWN else 2
    return tri, tuple((atom, node, it) for reading in readings for atom in reading[side])


def _counted(
    node: Compare, op: str, count: Count, bound: Expr, sight: Sight, me: str, it: str
) -> Judged:
    judged = _members(count, sight, me)
    other = operand(bound, sight, me, it)
    sight.note(Comparison(op, count, bound, me, it))
    yes = sorted((grounds for tri, grounds in judged if tri is YES), key=len)
    no = sorted((grounds for tri, grounds in judged if tri is NO), key=len)
    open_ = [ground for tri, grounds in judged if tri is UNKNOWN for ground in grounds]
    tri = compare(op, (len(yes), len(judged) - len(no), (), ()), other)
    if tri is UNKNOWN:
        return tri, (*open_, *((atom, node, it) for atom in other[3]))
    from_yes, from_no = enough(op, tri, len(yes), other, len(judged))
    chosen = [ground for grounds in yes[:from_yes] + no[:from_no] for ground in grounds]
    return tri, (*chosen, *((atom, node, it) for atom in other[2]))


def _count(node: Count, sight: Sight, me: str, it: str) -> Reading:
    judged = _members(node, sight, me)
    sight.counted = True
    known = [ground[0] for tri, grounds in judged if tri is not UNKNOWN for ground in grounds]
    open_ = [ground[0] for tri, grounds in judged if tri is UNKNOWN for ground in grounds]
    yes = sum(tri is YES for tri, _ in judged)
    return yes, yes + sum(tri is UNKNOWN for tri, _ in judged), tuple(known), tuple(open_)


def _read(node: FactOf, sight: Sight, me: str, it: str) -> Reading:
    return sight.read(node.key, it if node.of == "it" else me if node.of == "self" else node.of)


def _stepped(
    step: Callable[[Any, date], date],
) -> Callable[[Any, Sight, str, str], Reading]:
    def read(node: Any, sight: Sight, me: str, it: str) -> Reading:
        low, high, atoms, vague = operand(node.date, sight, me, it)
        if low is None:
            return None, None, (), vague
        return step(node, low), step(node, high), atoms, vague

    return read


Judge = Callable[[Any, Sight, str, str], Judged]
JUDGES: dict[type, Judge] = {
    Literal: _literal,
    FactOf: _fact,
    SamePerson: _same_person,
    And: _and,
    Or: _or,
    Not: _not,
    Compare: _compare,
    In: _in,
    Between: _between,
    Exists: _exists,
    All: _all,
}
OPERANDS: dict[type, Callable[[Any, Sight, str, str], Reading]] = {
    Literal: lambda node, sight, me, it: (node.value, node.value, (), ()),
    EventDate: lambda node, sight, me, it: (sight.on, sight.on, (), ()),
    FactOf: _read,
    Count: _count,
    ReachesAge: _stepped(lambda node, day: dates.reaches_age(day, node.years)),
    Birthday: _stepped(lambda node, day: dates.birthday(day, node.years)),
    NextMarch31: _stepped(lambda node, day: dates.next_march_31(day)),
    Add: _stepped(lambda node, day: dates.add(day, node.years, node.months, node.days)),
}
