"""Replies: the answers of a bundle, given several at once, taken back one by one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from consent import door
from consent.actors import Actor
from lifeevents import answering, asking, kept, versions
from lifeevents.answering import BadAnswers, Unreadable
from lifeevents.bundles import changing
from lifeevents.entries import Question
from lifeevents.models import Answer, Bundle
from lifeevents.situation import BUNDLE, HOUSEHOLD, Answers

NEAR_FUTURE = timedelta(days=2 * 365)  # 入所を希望する日 and the like


def answer(
    bundle: Bundle,
    answers: Mapping[tuple[str, str], Any],
    *,
    version: int,
    by: Actor,
    typed: int = 0,
) -> None:
    """Keep what the person said: {(subject, fact): text, or None for わからない}, all or none.

    `typed` counts the characters someone had to write. Raises BadAnswers with a sentence for each
    field, NotYours or Stale.
    """
    values = read_all(bundle, answers)
    with changing(bundle, version, by):
        bundle.typed_chars += typed
        bundle.save(update_fields=["typed_chars"])
        for (subject, fact), value in values.items():
            Answer.objects.update_or_create(
                bundle=bundle,
                subject=subject,
                fact=fact,
                defaults={"value": value, "by_id": by.account_id},
            )


def take_back(bundle: Bundle, subject: str, fact: str, *, version: int, by: Actor) -> None:
    """Take one answer back, so that it is asked again or the register's value stands again."""
    with changing(bundle, version, by):
        bundle.answers.filter(subject=subject, fact=fact).delete()


def of(bundle: Bundle) -> Answers:
    """The answers of a bundle as the situation reads them."""
    return kept.of(bundle).answers


def read_all(bundle: Bundle, answers: Mapping[tuple[str, str], Any]) -> dict[tuple[str, str], Any]:
    """Read every answer by its question's type; raises BadAnswers naming all that cannot be read."""
    subjects = {BUNDLE, HOUSEHOLD, *bundle.participants.values_list("key", flat=True)}
    catalogue = versions.of(bundle).for_event(bundle.event)
    vocabulary = catalogue.vocabulary(door.vocabulary())
    until = bundle.on + NEAR_FUTURE
    values, messages = {}, {}
    for (subject, fact), raw in answers.items():
        question = asking.question_for(fact, catalogue, vocabulary)
        if subject not in subjects or question is None:
            messages[subject, fact] = "この項目は受け付けられません。"
            continue
        try:
            values[subject, fact] = None if raw is None else _read(question, raw, until)
        except Unreadable as problem:
            messages[subject, fact] = str(problem)
    if messages:
        raise BadAnswers(messages)
    return values


def _read(question: Question, raw: Any, until: date) -> Any:
    choices = tuple(str(choice.value) for choice in question.choices)
    return answering.read(
        question.fact, question.type, raw, choices, question.max_length, until=until
    )
