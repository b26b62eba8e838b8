"""The catalogue's entries as frozen objects: events, procedures, questions (pure).

What a paper prints is in `paper_entries`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from lifeevents.paper_entries import Paper
from lifeevents.rules.deadline import Deadline
from lifeevents.rules.nodes import And, Expr
from residents.facts import Fact, FactType, Of

BUNDLE, HOUSEHOLD = "bundle", "household"
OWNERS = {BUNDLE: Of.BUNDLE, HOUSEHOLD: Of.HOUSEHOLD}
ANSWERED, DERIVED = "本人申告", "導出"


@dataclass(frozen=True, slots=True)
class Department:
    """担当課 and where its window is."""

    code: str
    name: str
    place: str
    order: int


@dataclass(frozen=True, slots=True)
class Role:
    """A group an event defines by a rule: the member of `over` for whom `where` is yes, else the first.

    With `many` it is everyone for whom it is yes, with `maybe` everyone for whom it is not no (who
    may still be asked); with `relation` (parents, children, spouse) it is those who stand so to them.
    """

    over: str
    where: Expr
    relation: str = ""
    many: bool = False
    maybe: bool = False


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An event whose procedures another inherits, and the guard they are inherited under."""

    event: str
    guard: Expr


@dataclass(frozen=True, slots=True)
class Event:
    """ライフイベント: its own procedures in order, what it inherits, and what it asks first.

    `asks` is {group: card of questions}; an event that is not `offered` is only inherited from.
    `starts_from` says who the bundle is started for: a parent, a mover, the deceased, or none of the
    register; `online` how far a resident may go alone (complete, pre_application, or "" for not).
    """

    code: str
    name: str
    order: int
    common: bool
    offered: bool
    description: str
    subject_role: str
    procedures: tuple[str, ...]
    asks: Mapping[str, str]
    roles: Mapping[str, Role]
    includes: tuple[Inclusion, ...]
    starts_from: str = "parent"
    online: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Something to bring, always or when a condition is met."""

    name: str
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Procedure:
    """手続: for whom, when it is needed, by when, where, with which documents and papers.

    `deadline_of` is the group whose first member's day the deadline counts from, or "self".
    `verified` and `law_verified` say whether a source and the law's text were seen.
    """

    code: str
    name: str
    summary: str
    for_: str
    events: tuple[str, ...]
    rule: Expr
    effective_from: date | None
    effective_until: date | None
    law: str
    sources: tuple[str, ...]
    verified: bool
    law_verified: bool
    local: bool
    deadline: Deadline
    deadline_of: str
    department: str
    documents: tuple[Document, ...]
    papers: tuple[str, ...]
    online: str
    kind: str
    requires: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose, with its words."""

    value: str | bool
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """Asks for one fact of each member of a group (`of`), of the household or of the bundle."""

    fact: str
    of: str
    text: str
    type: FactType
    label: str
    category: str
    help: str = ""
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    card: str = ""
    order: int = 0
    max_length: int = 0
    required_for_paper: bool = False

    @classmethod
    def plain(cls, fact: str, text: str, declared: Fact) -> Question:
        """A question for a register fact the catalogue has no wording for."""
        choices = tuple(Choice(value, label) for value, label in declared.choices)
        of = "participants" if declared.of is Of.PERSON else declared.of.value
        return cls(fact, of, text, declared.type, declared.label, declared.category, "", choices)

    @property
    def declaration(self) -> Fact:
        """The fact an answer gives."""
        of = OWNERS.get(self.of, Of.PERSON)
        choices = tuple((str(choice.value), choice.label) for choice in self.choices)
        known = choices if self.type is FactType.CHOICE else ()
        return Fact(self.fact, of, self.type, self.label, self.category, ANSWERED, known)


@dataclass(frozen=True, slots=True)
class Derived:
    """A fact that follows from others: `rule` as rules use it, `stated` as the archive says it."""

    key: str
    of: str
    type: FactType
    label: str
    category: str
    rule: Expr
    stated: Expr

    @property
    def declaration(self) -> Fact:
        """The fact that is derived."""
        of = OWNERS.get(self.of, Of.PERSON)
        return Fact(self.key, of, self.type, self.label, self.category, DERIVED)


@dataclass(frozen=True, slots=True)
class Card:
    """Questions shown together in one form."""

    code: str
    title: str
    help: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Entries as one event has them, also by what it inherits (`per_event`): another rule, other words."""

    procedures: Mapping[str, Procedure]
    questions: Mapping[str, Question]
    derived: Mapping[str, Derived]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the catalogue; every mapping is by code."""

    departments: Mapping[str, Department]
    events: Mapping[str, Event]
    procedures: Mapping[str, Procedure]
    questions: Mapping[str, Question]
    derived: Mapping[str, Derived]
    papers: Mapping[str, Paper]
    cards: Mapping[str, Card]
    situations: Mapping[str, Mapping[str, Any]]
    wordings: Mapping[str, Wording] = field(default_factory=dict)

    def for_event(self, event: str) -> Catalogue:
        """The catalogue with every entry as this event has it. Raises KeyError for an unknown event."""
        own = self.wordings[event]
        return replace(
            self,
            procedures={**self.procedures, **own.procedures},
            questions={**self.questions, **own.questions},
            derived={**self.derived, **own.derived},
        )

    def procedures_of(self, event: str, on: date | None = None) -> tuple[Procedure, ...]:
        """An event's procedures in order, then those it inherits, each under its guard, each once.

        With `on`, only those in force that day. What the archive does not have is left out here and
        named by catalogue_check. Raises KeyError for an unknown event.
        """
        own = self.events[event].procedures
        found = {code: self.procedures[code] for code in own if code in self.procedures}
        for inclusion in self.events[event].includes:
            for each in (
                self.procedures_of(inclusion.event) if inclusion.event in self.events else ()
            ):
                guarded = replace(each, rule=And((inclusion.guard, each.rule)))
                found.setdefault(each.code, guarded)
        return tuple(each for each in found.values() if on is None or _in_force(each, on))

    def vocabulary(self, register: Mapping[str, Fact]) -> dict[str, Fact]:
        """Every fact that can be known: the register's, then answers, then derived ones."""
        asked = {key: question.declaration for key, question in self.questions.items()}
        derived = {key: each.declaration for key, each in self.derived.items()}
        return {**asked, **derived, **register}


def _in_force(procedure: Procedure, on: date) -> bool:
    started = procedure.effective_from is None or procedure.effective_from <= on
    return started and (procedure.effective_until is None or on < procedure.effective_until)
