"""The catalogue's papers as frozen objects: their fields, and the tables of people (pure)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperField:
    """One field: a fact's path (`or_path` where it is unknown), a fixed `value`, `pen` or `unused`.

    `required_unless` is the path of a fact that makes it needless when yes, `only_if` that of one
    without whose yes it stays empty.
    """

    key: str
    label: str
    path: str = ""
    required: bool = False
    print: str = "text"
    pen: bool = False
    section: str = ""
    or_path: str = ""
    value: str = ""
    required_unless: str = ""
    only_if: str = ""
    unused: bool = False


@dataclass(frozen=True, slots=True)
class PaperRows:
    """A table of a paper: a row for each member of `over`, `max` on one sheet.

    `over` is groups joined by + or taken away by -; `where` is a fact of the members shown, or "".
    """

    key: str
    label: str
    over: str
    max: int
    where: str
    fields: tuple[PaperField, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """様式: its layout and the facts it prints."""

    code: str
    title: str
    form_number: str
    layout: str
    department: str
    addressee: str
    per: str
    size: str
    fields: tuple[PaperField, ...]
    rows: tuple[PaperRows, ...]
