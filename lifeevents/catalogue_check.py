"""Checks a whole catalogue: that every entry names only what exists and every rule says its why."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lifeevents.entries import (
    BUNDLE,
    HOUSEHOLD,
    Catalogue,
    Derived,
    Event,
    Procedure,
    Question,
)
from lifeevents.paper_entries import Paper, PaperField, PaperRows
from lifeevents.rules.check import check, check_derived, facts_read
from lifeevents.rules.nodes import Condition, Expr
from residents.facts import Fact, FactType, Of

LAYOUTS = Path(__file__).parent.parent / "templates" / "papers"
SHARED = frozenset({BUNDLE, HOUSEHOLD})
GROUPS = frozenset(
    {
        "subjects",
        "applicant",
        "participants",
        "head",
        "parents",
        "mother",
        "father",
        "siblings",
        "spouse",
        "children",
        "outsider",
        "joined",
        "remaining",
        "household.before",
        "household.after",
    }
)
OF_THE_DESK = frozenset(
    {"bundle.number", "bundle.on", "bundle.office", "town.name", "town.mayor"}
)  # printed without a fact


@dataclass(frozen=True, slots=True)
class Names:
    """What the catalogue's entries may name: its facts, and its groups of people."""

    catalogue: Catalogue
    register: Mapping[str, Fact]
    facts: Mapping[str, Fact]
    groups: frozenset[str]


def problems(catalogue: Catalogue, vocabulary: Mapping[str, Fact]) -> list[str]:
    """Every mistake in a catalogue, in Japanese, each beginning with the entry's key.

    `vocabulary` is what the register supplies (door.vocabulary()). A catalogue with a problem may
    not be published.
    """
    roles = {name for event in catalogue.events.values() for name in event.roles}
    subjects = {event.subject_role for event in catalogue.events.values()}
    names = Names(
        catalogue, vocabulary, catalogue.vocabulary(vocabulary), GROUPS | roles | subjects
    )
    return [
        *_of_events(names),
        *_of_procedures(names, catalogue.procedures),
        *_of_facts(names, catalogue.questions, catalogue.derived),
        *_of_papers(names),
        *(each for event in catalogue.events for each in _of_wordings(event, names)),
    ]


def _of_wordings(event: str, names: Names) -> Iterator[str]:
    """The entries one event has its own way, looked at as that event sees the catalogue."""
    own, seen = names.catalogue.wordings.get(event), names.catalogue.for_event(event)
    if own is None:
        return
    facts = seen.vocabulary(names.register)
    there = Names(seen, names.register, facts, names.groups)
    found = [
        *_of_procedures(there, own.procedures),
        *_of_facts(there, own.questions, own.derived),
    ]
    yield from (f"{each}（{event}）" for each in found)


def _of_events(names: Names) -> Iterator[str]:
    for code, event in names.catalogue.events.items():
        yield from (f"events → {code}: {each}" for each in _event(event, names))


def _event(event: Event, names: Names) -> Iterator[str]:
    catalogue = names.catalogue
    yield from _absent("手続", event.procedures, catalogue.procedures)
    yield from _absent("ライフイベント", [i.event for i in event.includes], catalogue.events)
    yield from _absent("質問の画面", event.asks.values(), catalogue.cards)
    yield from _absent("人の集まり", [r.over for r in event.roles.values()], names.groups)
    yield from _absent("人の集まり", event.asks, names.groups | SHARED)
    for expr in (*(r.where for r in event.roles.values()), *(i.guard for i in event.includes)):
        yield from _rule(expr, names)
    for code in event.procedures:
        procedure = catalogue.procedures.get(code)
        if procedure and event.code not in procedure.events:
            yield f"手続{code}のeventsに{event.code}がありません。"


def _of_procedures(names: Names, procedures: Mapping[str, Procedure]) -> Iterator[str]:
    for code, procedure in procedures.items():
        yield from (f"procedures → {code}: {each}" for each in _procedure(procedure, names))


def _procedure(procedure: Procedure, names: Names) -> Iterator[str]:
    catalogue = names.catalogue
    yield from _absent("人の集まり", [procedure.for_], names.groups | SHARED)
    yield from _absent("ライフイベント", procedure.events, catalogue.events)
    yield from _absent("担当", [procedure.department], catalogue.departments)
    yield from _absent("様式", procedure.papers, catalogue.papers)
    yield from _absent("先に必要な手続", procedure.requires, catalogue.procedures)
    yield from _rule(procedure.rule, names)
    for document in procedure.documents:
        yield from _rule(document.when, names) if document.when is not None else ()
    if not any(node.because for node in _conditions(procedure.rule)):
        yield "必要な理由（because）の文がありません。"
    if not procedure.law:
        yield "根拠（law）がありません。"
    if not procedure.sources:
        yield "出典（sources）がありません。"
    yield from _period(procedure, names)


def _period(procedure: Procedure, names: Names) -> Iterator[str]:
    start, end = procedure.effective_from, procedure.effective_until
    if start and end and end < start:
        yield "施行の終わり（until）が始まり（from）より前です。"
    if not procedure.deadline.from_fact:
        return
    declared = names.facts.get(procedure.deadline.from_fact)
    if declared is None or declared.type is not FactType.DATE:
        yield f"期限の起算日「{procedure.deadline.from_fact}」は日付の項目ではありません。"
    yield from _absent("起算日の人", [procedure.deadline_of], names.groups | SHARED | {"self"})


def _of_facts(
    names: Names, questions: Mapping[str, Question], derived_facts: Mapping[str, Derived]
) -> Iterator[str]:
    catalogue = names.catalogue
    labels = {fact.label: key for key, fact in names.register.items()}
    views = [catalogue, *(catalogue.for_event(code) for code in catalogue.events)]
    needed = set().union(*(_facts_needed(view) for view in views))
    for key, question in questions.items():
        if key not in needed and question.card not in _first_cards(catalogue):
            yield f"questions → {key}: どの条件からも様式からも使われていません。"
        found = _question(question, labels, names)
        yield from (f"questions → {key}: {each}" for each in found)
    for key, derived in derived_facts.items():
        yield from (f"derived → {key}: {each}" for each in _derived(derived, names))
    stated = {key: each.stated for key, each in catalogue.derived.items()}
    for problem in check_derived(stated, names.facts, names.groups):
        yield f"derived → {problem.path.removeprefix('/')}: {problem.message}"


def _first_cards(catalogue: Catalogue) -> set[str]:
    return {card for event in catalogue.events.values() for card in event.asks.values()}


def _facts_needed(catalogue: Catalogue) -> set[str]:
    """The facts some rule, deadline or paper reads."""
    rules: list[Expr] = [each.stated for each in catalogue.derived.values()]
    fields: list[PaperField] = []
    needed = set()
    for event in catalogue.events.values():
        rules += [role.where for role in event.roles.values()]
        rules += [inclusion.guard for inclusion in event.includes]
    for procedure in catalogue.procedures.values():
        rules += [procedure.rule, *(d.when for d in procedure.documents if d.when is not None)]
        needed.add(procedure.deadline.from_fact)
    for paper in catalogue.papers.values():
        needed |= {table.where for table in paper.rows}
        fields += [*paper.fields, *(field for table in paper.rows for field in table.fields)]
    needed |= {path.partition(".")[2] for field in fields for path in _paths(field)}
    return needed.union(*(facts_read(rule) for rule in rules))


def _question(question: Question, labels: Mapping[str, str], names: Names) -> Iterator[str]:
    yield from _absent("人の集まり", [question.of], names.groups | SHARED)
    yield from _absent(
        "質問の画面", [question.card] if question.card else (), names.catalogue.cards
    )
    values = [choice.value for choice in question.choices]
    if len(values) != len(set(values)):
        yield "同じ値の選択肢があります。"
    held = names.register.get(question.fact)
    twin = labels.get(question.label)
    if held is None and twin is not None:
        yield f"「{question.label}」は台帳の項目（{twin}）です。別の名前で聞くことはできません。"
    if held is not None and not _same_kind(question.type, held.type):
        yield f"台帳の項目と種類が違います（台帳は{held.type}）。"
    if held is not None and held.choices:
        codes = {code for code, _ in held.choices}
        yield from _absent("台帳のコード", [str(value) for value in values], codes)


def _same_kind(asked: FactType, held: FactType) -> bool:
    """A text of the register may be asked for as a name, or chosen from a list of words (続柄)."""
    if {asked, held} == {FactType.TEXT, FactType.NAME}:
        return True
    return asked is held or (asked is FactType.CHOICE and held is FactType.TEXT)


def _derived(derived: Derived, names: Names) -> Iterator[str]:
    if derived.key in names.register:
        yield "台帳の項目を導出することはできません。"
    question = names.catalogue.questions.get(derived.key)
    if question and question.declaration.of is not derived.declaration.of:
        yield "質問と導出で、だれの項目かが違います。"
    if question and question.type is not derived.type:
        yield "質問と導出で、種類が違います。"


def _of_papers(names: Names) -> Iterator[str]:
    views = [names.catalogue, *map(names.catalogue.for_event, names.catalogue.events)]
    used = {code for view in views for each in view.procedures.values() for code in each.papers}
    for code, paper in names.catalogue.papers.items():
        if code not in used:
            yield f"papers → {code}: どの手続からも使われていません。"
        yield from (f"papers → {code}: {each}" for each in _paper(paper, names))


def _paper(paper: Paper, names: Names) -> Iterator[str]:
    yield from _absent("担当", [paper.department], names.catalogue.departments)
    if not (LAYOUTS / paper.layout).is_file():
        yield f"様式の型「{paper.layout}」がありません。"
    keys = [field.key for field in paper.fields] + [table.key for table in paper.rows]
    yield from (f"欄「{key}」が2回あります。" for key in sorted(keys) if keys.count(key) > 1)
    for field in paper.fields:
        yield from _field(field, names, names.groups | SHARED | {"self"})
    for table in paper.rows:
        yield from _table(table, names)


def _table(table: PaperRows, names: Names) -> Iterator[str]:
    yield from _absent("人の集まり", table.over.replace("-", "+").split("+"), names.groups)
    if table.where:
        yield from _absent("項目", [table.where], names.facts)
    for field in table.fields:
        yield from _field(field, names, names.groups | SHARED | {"self", "it"})


def _field(field: PaperField, names: Names, whose: Collection[str]) -> Iterator[str]:
    for path in () if field.pen or field.path in OF_THE_DESK else _paths(field):
        yield from _path(path, field.key, names, whose)


def _paths(field: PaperField) -> tuple[str, ...]:
    paths = (field.path, field.or_path, field.required_unless, field.only_if)
    return tuple(path for path in paths if path)


def _path(path: str, key: str, names: Names, whose: Collection[str]) -> Iterator[str]:
    who, _, fact = path.partition(".")
    declared = names.facts.get(fact)
    if who not in whose:
        yield f"欄「{key}」の「{who}」という人はいません。"
    if declared is None:
        yield f"欄「{key}」の項目「{fact}」は、台帳にも質問にもありません。"
    elif declared.of is not Of.PERSON and who != declared.of.value:
        yield f"欄「{key}」の「{declared.label}」は{declared.of.value}の項目です。"


def _rule(expr: Expr, names: Names) -> Iterator[str]:
    for problem in check(expr, names.facts, names.groups):
        yield f"{problem.path} {problem.message}".strip()


def _absent(what: str, named: Collection[str], known: Collection[str]) -> Iterator[str]:
    return (f"{what}「{each}」がありません。" for each in named if each not in known)


def _conditions(expr: object) -> Iterator[Condition]:
    """Every condition of a rule, from the outside in."""
    if isinstance(expr, tuple):
        for each in expr:
            yield from _conditions(each)
    elif dataclasses.is_dataclass(expr):
        if isinstance(expr, Condition):
            yield expr
        for part in dataclasses.fields(expr):
            yield from _conditions(getattr(expr, part.name))
