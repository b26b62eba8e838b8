"""How far a resident gets alone: what is handed in online, what waits for a visit, what is asked (pure).

What the counter does, the counter asks; what is another adult's own, that adult says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from lifeevents import asking, prefill
from lifeevents.asking import Ask
from lifeevents.entries import BUNDLE, HOUSEHOLD, Catalogue
from lifeevents.opened import Opened, desk_of
from lifeevents.prefill import FilledPaper
from lifeevents.proposals import Proposed
from lifeevents.rules.check import facts_read
from lifeevents.rules.dates import reaches_age
from lifeevents.rules.verdict import Tri
from lifeevents.uses import behind
from residents.facts import FactType, Known

COMPLETE, COUNTER = "complete", "counter"
APPLICATION = "application"
ADULT = 18
NAMING = frozenset({"name", "name_kana", "birth_date", "sex"})
"""What is needed to say whom an application is about."""
OPEN_CELLS = frozenset({"missing", "dont_know", "withheld"})


class Reach(StrEnum):
    """How far one procedure gets when the resident hands the bundle in."""

    HANDED_IN = "handed_in"
    VISIT = "visit"
    COUNTER = "counter"
    OF_ANOTHER = "of_another"
    TOLD = "told"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Way:
    """An opened bundle as its resident sees it, and how far each (procedure, subject) gets."""

    opened: Opened
    reaches: dict[tuple[str, str], Reach]


def way_of(opened: Opened) -> Way:
    """The bundle cut to what goes online: its questions and papers, with every proposal's reach."""
    mine = tuple(each for each in opened.proposed if _goes_online(each, opened))
    desk = desk_of(opened.bundle, opened.bundle.on)
    filled = prefill.fill_papers(opened.situation, opened.catalogue, mine, desk)
    asks = tuple(_asks(opened, mine, filled))
    reaches = {
        (each.procedure.code, each.subject): _reach(each, opened, filled)
        for each in opened.proposed
        if each.verdict.value is not Tri.NO
    }
    return Way(replace(opened, filled=filled, asks=asks), reaches)


def _goes_online(each: Proposed, opened: Opened) -> bool:
    reached = each.procedure.online != COUNTER and each.procedure.kind == APPLICATION
    return reached and not is_of_another(each.subject, opened)


def is_of_another(subject: str, opened: Opened) -> bool:
    """Someone of age who does not sit here: being a relative gives no right to act for them."""
    world = opened.situation.world
    if subject in (BUNDLE, HOUSEHOLD, *world.groups["applicant"]):
        return False
    born = world.fact("birth_date", subject)
    if opened.situation.seats[subject].ref is None:
        return False
    day = born.value.latest if isinstance(born, Known) else None
    return day is None or reaches_age(day, ADULT) <= world.on


def _reach(each: Proposed, opened: Opened, filled: tuple[FilledPaper, ...]) -> Reach:
    if each.procedure.kind != APPLICATION:
        return Reach.TOLD
    if each.verdict.value is Tri.UNKNOWN:
        return Reach.UNDECIDED
    if is_of_another(each.subject, opened):
        return Reach.OF_ANOTHER
    if each.procedure.online == COUNTER:
        return Reach.COUNTER
    is_whole = each.procedure.online == COMPLETE and not _gaps(each, filled)
    return Reach.HANDED_IN if is_whole else Reach.VISIT


def _gaps(each: Proposed, filled: tuple[FilledPaper, ...]) -> bool:
    """Whether a box that must be filled is still open on one of its papers."""
    subjects = (each.subject, BUNDLE)
    return any(
        cell.required and cell.state in OPEN_CELLS
        for paper in filled
        if paper.paper.code in each.procedure.papers and paper.subject in subjects
        for cell in paper.all_cells()
    )


def _asks(
    opened: Opened, mine: tuple[Proposed, ...], filled: tuple[FilledPaper, ...]
) -> Iterator[Ask]:
    """The open questions of what goes online; a card of yes and no is asked whole, on one page."""
    found = asking.open_questions(opened.situation, opened.catalogue, mine)
    needed = _needed(mine, filled, opened.catalogue)
    kept = [each for each in found if each.question.fact in needed]
    cards = {each.question.card for each in kept if _is_tick(each)} - {""}
    return (
        each for each in found if each in kept or (_is_tick(each) and each.question.card in cards)
    )


def _is_tick(each: Ask) -> bool:
    return each.question.type is FactType.BOOL and not each.question.choices


def _needed(
    mine: tuple[Proposed, ...], filled: tuple[FilledPaper, ...], catalogue: Catalogue
) -> frozenset[str]:
    """The facts that rules, deadlines and the boxes that must be filled read."""
    boxes = (cell for paper in filled for cell in paper.all_cells() if cell.required)
    wanted = NAMING | {cell.fact for cell in boxes}
    for each in mine:
        wanted |= facts_read(each.procedure.rule) | {each.procedure.deadline.from_fact}
    return behind(wanted, catalogue)
