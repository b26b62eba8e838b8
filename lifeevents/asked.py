"""A question as a form shows it, and one that was answered put again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lifeevents import roles
from lifeevents.asking import Ask, question_for
from lifeevents.opened import Opened
from lifeevents.people import label_of
from residents.facts import Known


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as a form shows it; `suggestion` is what the family already answers (氏).

    A newborn takes it; people who arrive together mostly share it (`may_differ`).
    """

    fact: str
    subject: str
    subject_label: str
    text: str
    help: str
    type: str
    choices: tuple[tuple[Any, str], ...]
    unit: str
    card: str
    card_title: str
    card_help: str
    suggestion: str
    may_differ: bool
    max_length: int


def asked_of(each: Ask, opened: Opened) -> Asked:
    """A question about one subject, in words."""
    question = each.question
    card = opened.catalogue.cards.get(question.card) if question.card else None
    return Asked(
        fact=question.fact,
        subject=each.subject,
        subject_label=label_of(each.subject, opened),
        text=question.text,
        help=question.help,
        type=question.type,
        choices=tuple((choice.value, choice.label) for choice in question.choices),
        unit=question.unit,
        card=question.card,
        card_title=card.title if card else "",
        card_help=card.help if card else "",
        suggestion=_suggestion(each, opened),
        may_differ=_arrive(opened),
        max_length=question.max_length,
    )


def _suggestion(each: Ask, opened: Opened) -> str:
    """The 氏 and its reading the others share: the parents', whose child takes it (民法790条), or that
    of those who arrive together.
    """
    fact = each.question.fact
    if fact not in ("name", "name_kana"):
        return ""
    world, seats = opened.situation.world, opened.situation.seats
    arriving = [key for key in world.groups["subjects"] if not seats[key].ref]
    others = arriving if _arrive(opened) else world.groups["parents"]
    names = [world.fact(fact, one) for one in others]
    families = {
        name.value.split("\u3000")[0]
        for name in names
        if isinstance(name, Known) and "\u3000" in name.value
    }
    return families.pop() if len(families) == 1 else ""


def _arrive(opened: Opened) -> bool:
    return opened.event.starts_from == roles.NOBODY


def asked_again(subject: str, fact: str, opened: Opened) -> Asked | None:
    """The question that was answered, to be answered otherwise; None where nothing was answered."""
    if (subject, fact) not in opened.situation.answers:
        return None
    question = question_for(fact, opened.catalogue, opened.situation.world.vocabulary)
    return asked_of(Ask(question, subject), opened) if question else None
