"""Asking: which facts a person is asked for now; never one that is known, never one twice (pure)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lifeevents.entries import Catalogue, Question
from lifeevents.proposals import Proposed
from lifeevents.rules import ask
from lifeevents.rules.verdict import Tri
from lifeevents.situation import BUNDLE, HOUSEHOLD, Situation
from residents.facts import Fact, FactType, Known, Reason, Value

ASKED_INSTEAD = frozenset({Reason.WITHHELD, Reason.SOURCE_DOWN, Reason.STALE})
NEVER_ASKED = frozenset({Reason.DONT_KNOW, Reason.PROTECTED})


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to put about one subject."""

    question: Question
    subject: str


def open_questions(
    situation: Situation, catalogue: Catalogue, proposed: tuple[Proposed, ...]
) -> tuple[Ask, ...]:
    """What to ask next, best first: the event's own cards, then what can still change a verdict.

    All open questions of the first one's card follow it, so that they stand in one form.
    """
    askable = list(_askable(situation, catalogue, proposed))
    cards = situation.event.asks.values()
    first = [each for each in askable if each.question.card in cards]
    rules = [(p.procedure.rule, p.subject) for p in proposed if p.verdict.value is Tri.UNKNOWN]
    by_atom = {(each.question.fact, each.subject): each for each in askable}
    ranked = ask.relevant(
        rules,
        situation.world,
        [ask.Question(e.question.fact, e.subject, _domain(e.question)) for e in askable],
    )
    relevant = [by_atom[q.fact, q.person] for q in ranked]
    return tuple(dict.fromkeys(_with_their_cards([*first, *relevant], askable)))


def question_for(
    fact: str, catalogue: Catalogue, vocabulary: Mapping[str, Fact]
) -> Question | None:
    """The catalogue's question for a fact, else a plain one made from the register fact's label."""
    return catalogue.questions.get(fact) or _plain(fact, vocabulary)


def may_be_asked(value: Value) -> bool:
    """Whether an unknown may be asked for: not if already answered わからない, and no protected place."""
    return not isinstance(value, Known) and value.reason not in NEVER_ASKED


def _askable(
    situation: Situation, catalogue: Catalogue, proposed: tuple[Proposed, ...]
) -> Iterator[Ask]:
    world = situation.world
    for question in catalogue.questions.values():
        for subject in subjects_of(question, situation):
            if may_be_asked(world.fact(question.fact, subject)):
                yield Ask(question, subject)
    missing = (atom for each in proposed for atom in each.verdict.missing)
    for fact, subject in dict.fromkeys(missing):
        value = world.fact(fact, subject)
        if isinstance(value, Known) or _is_asked(fact, subject, situation, catalogue):
            continue
        plain = _plain(fact, world.vocabulary)
        if plain and value.reason in ASKED_INSTEAD:
            yield Ask(plain, subject)


def subjects_of(question: Question, situation: Situation) -> tuple[str, ...]:
    """Whom a question is asked about: the members of its group, the household or the bundle."""
    if question.of in (BUNDLE, HOUSEHOLD):
        return (question.of,)
    return situation.world.groups.get(question.of, ())


def _is_asked(fact: str, subject: str, situation: Situation, catalogue: Catalogue) -> bool:
    """Whether the catalogue's own question for the fact is put about this subject."""
    question = catalogue.questions.get(fact)
    return question is not None and subject in subjects_of(question, situation)


def _plain(fact: str, vocabulary: Mapping[str, Fact]) -> Question | None:
    declared = vocabulary.get(fact)
    if declared is None or declared.type is FactType.CODES:
        return None
    text = f"{declared.label}ですか" if declared.type is FactType.BOOL else declared.label
    return Question.plain(fact, text, declared)


def _domain(question: Question) -> tuple[object, ...]:
    if question.type is FactType.BOOL:
        return (True, False)
    return tuple(choice.value for choice in question.choices)


def _with_their_cards(asks: list[Ask], askable: list[Ask]) -> Iterator[Ask]:
    for each in asks:
        if each.question.card:
            yield from (
                other
                for other in askable
                if other.question.card == each.question.card and other.subject == each.subject
            )
        else:
            yield each
