"""Which questions stand on one page: one question, a name with its reading, or a list to tick (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from counter import answers
from counter.answers import Field

EXAMPLE = "例："
SHARED = ("bundle", "household")
ACCOUNT = ":contact.bank_"


@dataclass(frozen=True, slots=True)
class Item:
    """One question as a field, with whom it is about and what its fact is called."""

    field: Field
    about: str = ""
    label: str = ""

    @property
    def is_tick(self) -> bool:
        """A plain yes or no about the family: several of them make one list."""
        words = [choice.label for choice in self.field.choices]
        return words == [_("はい"), _("いいえ")] and answers.split(self.field.name)[0] in SHARED


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked at once; `look` is choice, text, date or ticks."""

    title: str
    look: str
    items: tuple[Item, ...]
    about: str = ""
    help: str = ""
    errors: tuple[str, ...] = field(default=())

    @property
    def name(self) -> str:
        """The first field's name: how the page is named in addresses."""
        return self.items[0].field.name

    @property
    def names(self) -> frozenset[str]:
        """Every field's name."""
        return frozenset(item.field.name for item in self.items)


def compose(items: Iterable[Item]) -> list[Page]:
    """The pages that ask these, in order."""
    waiting = list(items)
    ticks = [item for item in waiting if item.is_tick]
    pages = []
    while waiting:
        first = waiting[0]
        together = ticks if first.is_tick and len(ticks) > 1 else _belonging(first, waiting)
        waiting = [item for item in waiting if item not in together]
        pages.append(_page(together))
    return pages


def page_of(name: str, pages: Iterable[Page]) -> Page | None:
    """The page that asks for a field."""
    return next((page for page in pages if name in page.names), None)


def with_errors(page: Page, fields: Mapping[str, Field]) -> Page:
    """The page with what was sent, each mistake at its field."""
    items = tuple(
        replace(item, field=fields.get(item.field.name, item.field)) for item in page.items
    )
    return replace(page, items=items)


def as_day(value: str) -> str:
    """What a date picker takes: the day, or "" where no whole day is known."""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def _belonging(first: Item, waiting: list[Item]) -> list[Item]:
    """A name with its reading, an account with all its parts; else the question alone."""
    name = first.field.name
    if ACCOUNT in name:
        start = name.partition(ACCOUNT)[0] + ACCOUNT
        return [each for each in waiting if each.field.name.startswith(start)]
    return [first, *(each for each in waiting if each.field.name == f"{name}_kana")]


def _page(items: list[Item]) -> Page:
    first = items[0].field
    if len(items) > 1 and items[0].is_tick:
        return Page(
            _("「はい」のものを選んでください"),
            "ticks",
            tuple(items),
            help=_("「いいえ」のものは、そのままで「次へ」を押してください。"),
        )
    look = "choice" if first.look == "choice" else "text"
    help_text = "" if first.look == "date" and first.help.startswith(EXAMPLE) else first.help
    if len(items) == 1:
        return Page(first.label, look, tuple(items), items[0].about, help_text)
    fields = tuple(
        replace(item, field=replace(item.field, help="")) if item is items[0] else item
        for item in items
    )
    title = _("振込先の口座") if ACCOUNT in first.name else first.label
    return Page(title, "text", fields, items[0].about, help_text)
