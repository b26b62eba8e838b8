"""The column of Resident.record: a record to Python, one text to the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import models

from residents import record_items

if TYPE_CHECKING:
    _TextField = models.TextField[Mapping[str, str], dict[str, str]]
else:
    _TextField = models.TextField


class RecordField(_TextField):
    """{item name: text} without blank items, stored as record_text has it; asked by no lookup."""

    def from_db_value(self, value: str | None, *_: Any) -> dict[str, str] | None:
        """The record of a stored text."""
        return None if value is None else record_items.decode(value)

    def get_prep_value(self, value: Mapping[str, str] | None) -> str | None:
        """The text to store. Raises record_text.UnknownItem."""
        return None if value is None else record_items.encode(value)
