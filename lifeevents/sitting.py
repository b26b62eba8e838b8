"""What a screen shows of an opened bundle: people, proposals, questions and check rows, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from consent.actors import Actor
from lifeevents import moving, roles, snapshots
from lifeevents.asked import Asked as Asked
from lifeevents.asked import asked_of
from lifeevents.asking import question_for
from lifeevents.entries import Event
from lifeevents.finishing import missing_labels
from lifeevents.models import Bundle
from lifeevents.opened import Offer, Opened, open_bundle
from lifeevents.people import PersonView, label_of, people_of
from lifeevents.prefill import Cell, question_for_choices
from lifeevents.printed_values import printed
from lifeevents.proposals import Proposed
from lifeevents.rules.verdict import Tri
from residents.facts import FactType, Known, Source


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal in words: whether it is needed, why, until when, and what to bring."""

    code: str
    name: str
    summary: str
    verdict: str
    subject: str
    subject_label: str
    because: tuple[str, ...]
    missing: tuple[str, ...]
    deadline: date | None
    deadline_text: str
    days_left: int | None
    documents: tuple[str, ...]
    department: str
    department_name: str
    place: str
    kind: str
    papers: tuple[str, ...]
    law: str


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer given in this bundle, which can be taken back."""

    fact: str
    subject: str
    label: str
    subject_label: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One value of the check page: what will be printed, where it came from, on how many papers."""

    fact: str
    subject: str
    label: str
    text: str
    kana: str
    state: str
    origin: str
    source: str
    papers: int
    required: bool
    editable: bool
    type: str
    choices: tuple[tuple[Any, str], ...]
    unit: str
    help: str
    corrected: bool


@dataclass(frozen=True, slots=True)
class Section:
    """The check rows of one person, of the household or of the bundle."""

    subject: str
    title: str
    rows: tuple[CheckRow, ...]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One bundle as its page shows it."""

    opened: Opened
    bundle: Bundle
    people: dict[str, PersonView]
    proposals: tuple[Proposal, ...]
    questions: tuple[Asked, ...]
    answered: tuple[Answered, ...]
    sections: tuple[Section, ...]
    missing_labels: tuple[str, ...]
    counts: dict[str, int]
    categories: tuple[Offer, ...]
    notice: str
    agreed: bool
    protected: bool

    @property
    def event(self) -> Event:
        """The life event of the bundle's own catalogue version."""
        return self.opened.event

    @property
    def missing(self) -> tuple[CheckRow, ...]:
        """The required rows without a value that can still be asked for."""
        return tuple(
            row
            for section in self.sections
            for row in section.rows
            if row.required and row.state == "missing"
        )


def sit(bundle: Bundle, *, by: Actor) -> Sitting:
    """The page of a started bundle; one door call. Raises EngagementClosed when its time is over."""
    return sitting_of(open_bundle(bundle, by=by))


def sitting_of(opened: Opened) -> Sitting:
    """An opened bundle in words (pure)."""
    cells = [cell for filled in opened.filled for cell in filled.all_cells()]
    return Sitting(
        opened=opened,
        bundle=opened.bundle,
        people=people_of(opened),
        proposals=tuple(_proposal(each, opened) for each in opened.proposed),
        questions=tuple(asked_of(each, opened) for each in opened.asks),
        answered=tuple(_answered(opened)),
        sections=tuple(_sections(opened)),
        missing_labels=tuple(missing_labels(opened)),
        counts=snapshots.count(cells),
        categories=opened.offers,
        notice=opened.notice,
        agreed=opened.agreed,
        protected=opened.protected,
    )


def _proposal(each: Proposed, opened: Opened) -> Proposal:
    procedure = each.procedure
    department = opened.catalogue.departments[procedure.department]
    return Proposal(
        code=procedure.code,
        name=procedure.name,
        summary=procedure.summary,
        verdict=each.verdict.value.value,
        subject=each.subject,
        subject_label=label_of(each.subject, opened),
        because=each.reasons,
        missing=tuple(_missing(each, opened)),
        deadline=each.deadline,
        deadline_text=procedure.deadline.text if procedure.deadline else "",
        days_left=(each.deadline - opened.bundle.on).days if each.deadline else None,
        documents=each.documents,
        department=department.code,
        department_name=department.name,
        place=department.place,
        kind=procedure.kind,
        papers=tuple(opened.catalogue.papers[code].title for code in procedure.papers),
        law=procedure.law,
    )


def _missing(each: Proposed, opened: Opened) -> Iterator[str]:
    if each.verdict.value is not Tri.UNKNOWN:
        return
    vocabulary = opened.situation.world.vocabulary
    for fact, subject in each.verdict.missing:
        who = label_of(subject, opened)
        label = vocabulary[fact].label if fact in vocabulary else fact
        yield f"{who}：{label}" if who else label


def _answered(opened: Opened) -> Iterator[Answered]:
    world = opened.situation.world
    for (subject, fact), said in opened.situation.answers.items():
        if fact not in world.vocabulary:
            continue
        value = world.fact(fact, subject)
        text = _words(fact, value.value, opened) if isinstance(value, Known) else "わからない"
        label = world.vocabulary[fact].label
        yield Answered(fact, subject, label, label_of(subject, opened), text, said.at)


def _words(fact: str, value: Any, opened: Opened) -> str:
    choices = question_for_choices(fact, opened.catalogue, opened.situation)
    return printed(value, opened.situation.world.vocabulary[fact].type, choices).text


def _sections(opened: Opened) -> Iterator[Section]:
    cells: dict[str, dict[str, list[Cell]]] = {}
    for filled in opened.filled:
        for cell in filled.all_cells():
            if cell.fact and cell.subject and cell.state != "pen":
                cells.setdefault(cell.subject, {}).setdefault(cell.fact, []).append(cell)
    order = [*opened.situation.seats, "household", "bundle"]
    for subject in sorted(cells, key=order.index):
        rows = tuple(_row(fact, same, opened) for fact, same in cells[subject].items())
        yield Section(subject, label_of(subject, opened) or "この受付", rows)


def _row(fact: str, same: list[Cell], opened: Opened) -> CheckRow:
    first, world = same[0], opened.situation.world
    declared = world.vocabulary[fact]
    question = question_for(fact, opened.catalogue, world.vocabulary)
    answered = (first.subject, fact) in opened.situation.answers
    seat = opened.situation.seats.get(first.subject)
    return CheckRow(
        fact=fact,
        subject=first.subject,
        label=_label(fact, declared.label, opened.event),
        text=first.text.text,
        kana=first.text.kana,
        state=first.state,
        origin=_origin(first),
        source=first.origin.source if first.origin else "",
        papers=len(same),
        required=any(cell.required for cell in same),
        editable=question is not None and declared.type is not FactType.CODES,
        type=question.type if question else declared.type,
        choices=question_for_choices(fact, opened.catalogue, opened.situation),
        unit=question.unit if question else "",
        help=question.help if question else "",
        corrected=answered and bool(seat and seat.ref) and _is_held(first, opened),
    )


def _label(fact: str, usual: str, event: Event) -> str:
    return moving.WITHIN.get(fact, usual) if event.starts_from == roles.MOVER else usual


def _is_held(cell: Cell, opened: Opened) -> bool:
    record = opened.situation.seats[cell.subject].record
    return record is not None and isinstance(record.facts.get(cell.fact), Known)


def _origin(cell: Cell) -> str:
    if cell.origin is None:
        return ""
    if cell.origin.source is Source.REGISTER and cell.origin.as_of:
        return f"{cell.origin.label}（{cell.origin.as_of.month}月{cell.origin.as_of.day}日現在）"
    return cell.origin.label
