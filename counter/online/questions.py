"""One question a page: the next open one, or one answered before."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpResponse, QueryDict

from counter import answers
from counter.answers import Answers
from counter.online.access import OnlineRequest
from counter.online.page import show
from counter.online.pages import Item, Page, as_day, compose, page_of, with_errors
from lifeevents.asked import Asked, asked_again, asked_of
from lifeevents.asking import Ask, question_for
from lifeevents.online import is_of_another
from lifeevents.opened import Opened
from lifeevents.sitting import CheckRow, Sitting
from lifeevents.situation import SHARED_BY_HOUSEHOLD

Errors = dict[tuple[str, str], str]


def open_pages(sitting: Sitting) -> list[Page]:
    """What is still to be asked: questions, then the gaps of the papers that go online."""
    items = [
        Item(answers.of_question(each), each.subject_label, _label(each.fact, sitting))
        for each in sitting.questions
    ]
    names = {item.field.name for item in items}
    items += [
        Item(answers.of_question(each), each.subject_label, _label(each.fact, sitting))
        for each in gaps(sitting)
        if f"{each.subject}:{each.fact}" not in names
    ]
    return compose(items)


def gaps(sitting: Sitting) -> list[Asked]:
    """The boxes that must be filled and are not: also what the person will not have looked up.

    A mover's address follows from the question where they move to, so it is none while that is open.
    """
    opened = sitting.opened
    follows = SHARED_BY_HOUSEHOLD if "new_address" in {q.fact for q in sitting.questions} else ()
    rows = (
        row
        for section in sitting.sections
        for row in section.rows
        if row.required and row.fact not in follows
    )
    found = []
    for row in rows:
        question = question_for(row.fact, opened.catalogue, opened.situation.world.vocabulary)
        if question and _is_gap(row, opened):
            found.append(asked_of(Ask(question, row.subject), opened))
    return found


def show_page(
    request: OnlineRequest, sitting: Sitting, page: Page, remaining: int, back: str
) -> HttpResponse:
    """A question's page; `remaining` counts it and what follows."""
    wrong = any(item.field.error for item in page.items)
    context = {"bundle": sitting.bundle, "page": page, "remaining": remaining, "back": back}
    return show(request, "online/ask.html", context, status=422 if wrong else 200)


def answered_before(name: str, sitting: Sitting) -> Page | None:
    """The page of an answered question, with what was said."""
    return page_of(name, _answered(sitting))


def before(name: str, sitting: Sitting) -> str:
    """The name of the page answered before this one (the last for ""); "" before the first."""
    pages = [page.name for page in _answered(sitting)]
    current = page_of(name, _answered(sitting)) if name else None
    if current:
        pages = pages[: pages.index(current.name)]
    return pages[-1] if pages else ""


def sent_again(page: Page, post: QueryDict, errors: Errors) -> Page:
    """The page with everything that was sent and each mistake where it was made."""
    fields = answers.answered_again([item.field for item in page.items], post, errors)
    return with_errors(page, {field.name: field for field in fields})


def read(post: QueryDict) -> Answers:
    """What was answered; on a list, わからない leaves open what was not ticked."""
    given = answers.read(post)
    if "dont_know" in post:
        unsure = {answers.split(name) for name in post.getlist("ticks") if post.get(name) == "no"}
        given |= dict.fromkeys(unsure)
    return given


def _is_gap(row: CheckRow, opened: Opened) -> bool:
    withheld = row.state == "withheld" and not is_of_another(row.subject, opened)
    return row.editable and (row.state == "missing" or withheld)


def _answered(sitting: Sitting) -> list[Page]:
    """The pages answered so far, in the order of their first answers."""
    said = {(each.subject, each.fact): each.text for each in sitting.answered}
    items = []
    for each in sitting.bundle.answers.order_by("pk"):
        asked = asked_again(each.subject, each.fact, sitting.opened)
        text = said.get((each.subject, each.fact))
        if asked is None or text is None:
            continue
        field = answers.with_answer(answers.of_question(asked), "" if each.value is None else text)
        if field.look == "date":
            field = replace(field, value=as_day(str(each.value)))
        items.append(Item(field, asked.subject_label, _label(each.fact, sitting)))
    return compose(items)


def _label(fact: str, sitting: Sitting) -> str:
    return sitting.opened.situation.world.vocabulary[fact].label
