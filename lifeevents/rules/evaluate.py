"""Yes, no or unknown, with the facts that decided it or are missing: none of them removable."""

from __future__ import annotations

from lifeevents.rules.completions import irreducible_missing
from lifeevents.rules.explain import event_sentence, sentence
from lifeevents.rules.judge import Ground, judge, operand
from lifeevents.rules.nodes import Expr
from lifeevents.rules.sight import Atom, Sight
from lifeevents.rules.verdict import Because as Because
from lifeevents.rules.verdict import Tri as Tri
from lifeevents.rules.verdict import Verdict as Verdict
from lifeevents.rules.world import World


def evaluate(expr: Expr, world: World, self_id: str) -> Verdict:
    """A rule for one person (or "bundle", "household"), on the event's date.

    `because` alone, everything else unknown, still forces the verdict; once everything in
    `missing` is exactly known, the verdict is decided whatever the values. Neither has an element
    that could be left out. Where no fact decided, `because` names the event itself.
    """
    sight = Sight(world, operand)
    tri, grounds = judge(expr, sight, self_id, self_id)
    atoms = tuple(dict.fromkeys(ground[0] for ground in grounds))
    if (len(atoms) > 1 and sight.read_twice) or sight.counted:
        atoms = (
            irreducible_missing(expr, world, self_id, atoms)
            if tri is Tri.UNKNOWN
            else _irreducible_because(expr, world, self_id, tri, atoms)
        )
    if tri is Tri.UNKNOWN:
        return Verdict(tri, missing=atoms)
    return Verdict(tri, because=_because(expr, world, self_id, tri, grounds, atoms))


def _because(
    expr: Expr,
    world: World,
    self_id: str,
    tri: Tri,
    grounds: tuple[Ground, ...],
    atoms: tuple[Atom, ...],
) -> tuple[Because, ...]:
    if not atoms:
        return (Because("event", "bundle", event_sentence(expr, tri, world, self_id)),)
    told: dict[Atom, list[str]] = {atom: [] for atom in atoms}
    for ground in grounds:
        if ground[0] in told:
            told[ground[0]].append(sentence(ground, world, self_id))
    return tuple(
        Because(fact, person, "、".join(dict.fromkeys(texts)))
        for (fact, person), texts in told.items()
    )


def _irreducible_because(
    expr: Expr, world: World, self_id: str, tri: Tri, atoms: tuple[Atom, ...]
) -> tuple[Atom, ...]:
    kept = list(atoms)
    for atom in reversed(atoms):
        fewer = [other for other in kept if other != atom]
        sight = Sight(world, operand, only=frozenset(fewer))
        if judge(expr, sight, self_id, self_id)[0] is tri:
            kept = fewer
    return tuple(kept)
