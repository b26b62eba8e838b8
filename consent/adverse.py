"""相手方: whom an engagement may learn nothing of, because it was begun for someone they flee."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from consent import measure_sent
from consent.actors import Actor
from consent.models import Account, AdverseParty, CoveredPerson, Engagement
from residents import register


def served(ground: Engagement, by: Actor) -> set[UUID]:
    """For whom an engagement is: those it was begun for; on a phone whoever holds it, whatever it names."""
    if by.kind == Account.Kind.RESIDENT:
        own = Account.objects.filter(pk=by.account_id).values_list("ref", flat=True).first()
        return {own} if own else set()
    return set(ground.named or ground.refs)


def hidden_from(ground: Engagement, refs: Collection[UUID], *, by: Actor) -> frozenset[UUID]:
    """Those of `refs` whose every fact stays shut in this engagement (trust: D1, D2, R6).

    That is whoever a standing measure covers, where someone the engagement was begun for is the
    measure's 相手方 or lives with one. Who is covered by the measure too does not count as living
    with them, so that a person who has not moved out yet can still be served; but when another has
    come in their place, that may be the 相手方 they live with.
    """
    covered = _covered(refs)
    if not covered:
        return frozenset()
    adverse = defaultdict(set)
    rows = AdverseParty.objects.filter(measure__in=covered, ref__isnull=False)
    for measure, ref in rows.values_list("measure_id", "ref"):
        adverse[measure].add(ref)
    named = served(ground, by)
    mates = register.housemates(named)
    shut: set[UUID] = set()
    for measure, against in adverse.items():
        everyone = covered[measure]
        from_home = named if ground.by_another else named - everyone
        near = named.union(*(mates.get(ref, ()) for ref in from_home))
        if near & against:
            shut |= everyone
    return frozenset(shut & set(refs) - set(ground.revealed))


def _covered(refs: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """{measure: everyone it covers} of the standing measures that cover any of these people."""
    standing = CoveredPerson.objects.filter(measure_sent.covers())
    measures = list(standing.filter(ref__in=refs).values_list("measure_id", flat=True))
    found: dict[UUID, set[UUID]] = defaultdict(set)
    if measures:
        for measure, ref in standing.filter(measure__in=measures).values_list("measure_id", "ref"):
            found[measure].add(ref)
    return found
