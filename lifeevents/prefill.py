"""Prefill: the papers of a bundle, each field filled from what is held or was answered (pure).

Every cell knows its value's origin, or why it is empty; nothing is ever left to look blank by chance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lifeevents.asking import question_for
from lifeevents.entries import Catalogue
from lifeevents.guards import Guard, guards_of
from lifeevents.paper_entries import Paper, PaperField, PaperRows
from lifeevents.printed_values import CellText, printed
from lifeevents.proposals import Proposed
from lifeevents.situation import BUNDLE, HOUSEHOLD, Situation
from residents.facts import Known, Origin, Reason, Source, Unknown, Value

PEN, BLANK, MISSING = "pen", "blank", "missing"
TICK = "✓"
STATES = {
    Reason.PROTECTED: "protected",
    Reason.WITHHELD: "withheld",
    Reason.DONT_KNOW: "dont_know",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one paper: whose fact it shows, its text ready to print, and where it came from."""

    key: str
    label: str
    subject: str
    fact: str
    print: str
    state: str
    text: CellText
    origin: Origin | None
    required: bool
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class FilledPaper:
    """One paper for one subject of one procedure."""

    paper: Paper
    procedure: str
    subject: str
    cells: tuple[Cell, ...]
    rows: tuple[tuple[str, tuple[tuple[Cell, ...], ...]], ...]

    def all_cells(self) -> Iterator[Cell]:
        """The single fields, then those of every row."""
        yield from self.cells
        for _, rows in self.rows:
            for row in rows:
                yield from row


@dataclass(frozen=True, slots=True)
class Desk:
    """What papers print of the town and the bundle itself, by path (`bundle.number`, `town.mayor`)."""

    values: dict[str, str]


def fill_papers(
    situation: Situation, catalogue: Catalogue, proposed: tuple[Proposed, ...], desk: Desk
) -> tuple[FilledPaper, ...]:
    """The papers of every procedure that is due, in the departments' order; one paper once a subject."""
    order = {code: department.order for code, department in catalogue.departments.items()}
    papers: dict[tuple[str, str], FilledPaper] = {}
    for each in proposed:
        for code in each.procedure.papers if each.due else ():
            paper = catalogue.papers[code]
            subject = each.subject if paper.per == "subject" else BUNDLE
            if (code, subject) not in papers:
                filled = _fill(paper, each, situation, catalogue, desk)
                papers[code, subject] = filled
    return tuple(sorted(papers.values(), key=lambda filled: order[filled.paper.department]))


def _fill(
    paper: Paper, each: Proposed, situation: Situation, catalogue: Catalogue, desk: Desk
) -> FilledPaper:
    def cell(field: PaperField, it: str | None = None) -> Cell:
        def look(path: str) -> tuple[str, str]:
            return fact_of(path), _whose(path, each.subject, it, situation)

        return _looked_up(field, look, catalogue, situation)

    def own(field: PaperField) -> Cell:
        if field.value:
            return _constant(field, CellText(TICK, raw=field.value))
        text = desk.values.get(field.path)
        return _constant(field, CellText(text)) if text is not None else cell(field)

    rows = tuple(
        (table.key, tuple(_row(table, member, cell) for member in _members(table, situation)))
        for table in paper.rows
    )
    cells = tuple(own(field) for field in paper.fields)
    return FilledPaper(paper, each.procedure.code, each.subject, cells, rows)


def _looked_up(
    field: PaperField,
    look: Callable[[str], tuple[str, str]],
    catalogue: Catalogue,
    situation: Situation,
) -> Cell:
    """A field filled from its path, or from its other one where the first gives nothing."""
    if field.pen:
        return _for_the_pen(field)
    if field.unused or (field.only_if and not _is_yes(*look(field.only_if), situation)):
        return replace(_for_the_pen(field), state=BLANK)
    if field.required_unless and _is_yes(*look(field.required_unless), situation):
        field = replace(field, required=False)
    made = _cell(field, *look(field.path), catalogue, situation)
    if made.state == "known" or not field.or_path:
        return made
    other = _cell(field, *look(field.or_path), catalogue, situation)
    return other if other.state == "known" else made


def _row(table: PaperRows, member: str, cell: Any) -> tuple[Cell, ...]:
    return tuple(cell(field, member) for field in table.fields)


def _members(table: PaperRows, situation: Situation) -> tuple[str, ...]:
    """The rows' members: `over` adds groups (+) and takes groups away (-); `where` must be known yes."""
    groups, found = situation.world.groups, dict[str, None]()
    for sign, name in re.findall(r"([+-]?)([^+-]+)", table.over):
        for member in groups.get(name, ()):
            found.pop(member, None) if sign == "-" else found.setdefault(member)
    if not table.where:
        return tuple(found)
    wanted = ((member, situation.world.fact(table.where, member)) for member in found)
    return tuple(m for m, value in wanted if isinstance(value, Known) and value.value is True)


def _whose(path: str, own: str, it: str | None, situation: Situation) -> str:
    """The subject a path speaks of: self, it, bundle, household, or the first of a group ("" if none)."""
    who = path.rpartition(".")[0] if path.count(".") == 1 else path.split(".", 1)[0]
    if who == "it":
        return it or ""
    if who == "self":
        return own
    if who in (BUNDLE, HOUSEHOLD):
        return who
    members = situation.world.groups.get(who, ())
    return members[0] if members else ""


def fact_of(path: str) -> str:
    """The fact key of a path: `self.name` is name, `mother.nhi.symbol` is nhi.symbol."""
    return path.split(".", 1)[1]


def _is_yes(fact: str, subject: str, situation: Situation) -> bool:
    value = situation.world.fact(fact, subject) if subject else None
    return isinstance(value, Known) and value.value is True


def _constant(field: PaperField, shown: CellText) -> Cell:
    origin = Origin(Source.DERIVED, "この受付")
    return Cell(field.key, field.label, BUNDLE, "", field.print, "known", shown, origin, False, ())


def _for_the_pen(field: PaperField) -> Cell:
    nothing = CellText("")
    return Cell(field.key, field.label, "", "", field.print, PEN, nothing, None, False, ())


def _cell(
    field: PaperField, fact: str, subject: str, catalogue: Catalogue, situation: Situation
) -> Cell:
    if not subject:
        # Whoever the field speaks of is not seated: what the paper needs must be written by hand.
        return replace(_for_the_pen(field), fact=fact, state=PEN if field.required else BLANK)
    value = situation.world.fact(fact, subject)
    if isinstance(value, Known):
        kana = situation.world.fact(f"{fact}_kana", subject) if field.print == "name" else None
        text = printed(value.value, field.print, question_for_choices(fact, catalogue, situation))
        if isinstance(kana, Known):
            text = CellText(text.text, str(kana.value), text.raw)
        state, origin = "known", value.origin
    else:
        text, origin = CellText(""), None
        state = _unknown_state(value, field, fact, catalogue, situation)
    return Cell(
        field.key,
        field.label,
        subject,
        fact,
        field.print,
        state,
        text,
        origin,
        field.required,
        guards_of(fact, subject, situation) if state == "known" else (),
    )


def _unknown_state(
    value: Value, field: PaperField, fact: str, catalogue: Catalogue, situation: Situation
) -> str:
    assert isinstance(value, Unknown)
    if value.reason in STATES:
        return STATES[value.reason]
    if value.reason is Reason.NOT_HELD and not field.required and fact not in catalogue.questions:
        return BLANK  # the ledger says there is none (通称, 在留資格 …): nothing to ask for
    askable = question_for(fact, catalogue, situation.world.vocabulary)
    return MISSING if askable else BLANK


def question_for_choices(
    fact: str, catalogue: Catalogue, situation: Situation
) -> tuple[tuple[Any, str], ...]:
    """The (value, label) pairs a fact's codes are written with."""
    question = catalogue.questions.get(fact)
    if question and question.choices:
        return tuple((choice.value, choice.label) for choice in question.choices)
    declared = situation.world.vocabulary.get(fact)
    return declared.choices if declared else ()
