"""What each category of register data is used for in an event: the procedures that read it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lifeevents.entries import Catalogue, Procedure
from lifeevents.opened import Opened
from lifeevents.prefill import fact_of
from lifeevents.rules.check import facts_read


def of_categories(opened: Opened) -> dict[str, tuple[str, ...]]:
    """{category: names of the event's procedures whose rule or papers read a fact of it}."""
    vocabulary, catalogue = opened.situation.world.vocabulary, opened.catalogue
    found: dict[str, dict[str, None]] = {}
    for procedure in catalogue.procedures_of(opened.event.code, opened.bundle.on):
        for fact in _facts(procedure, catalogue):
            if fact in vocabulary:
                found.setdefault(vocabulary[fact].category, {})[procedure.name] = None
    return {category: tuple(names) for category, names in found.items()}


def behind(facts: Iterable[str], catalogue: Catalogue) -> frozenset[str]:
    """These facts, and for derived ones everything they are derived from."""
    found = set(facts)
    waiting = list(found)
    while waiting:
        derived = catalogue.derived.get(waiting.pop())
        more = facts_read(derived.rule) - found if derived else frozenset()
        found |= more
        waiting += more
    return frozenset(found)


def _facts(procedure: Procedure, catalogue: Catalogue) -> frozenset[str]:
    printed = (fact for code in procedure.papers for fact in _printed(code, catalogue))
    return behind({*facts_read(procedure.rule), *printed}, catalogue)


def _printed(code: str, catalogue: Catalogue) -> Iterator[str]:
    paper = catalogue.papers[code]
    fields = [*paper.fields, *(each for rows in paper.rows for each in rows.fields)]
    return (fact_of(path) for each in fields for path in (each.path, each.or_path) if "." in path)
