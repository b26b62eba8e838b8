"""What a bundle keeps, read at once with it: its participants and its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject

from lifeevents.models import Answer, Bundle, Participant
from lifeevents.situation import Answers, Said

SEAT = ("key", "ref", "roles", "before", "after", "taking_part", "order")
SAID = ("subject", "fact", "value", "at")


@dataclass(frozen=True, slots=True)
class Kept:
    """A bundle's participants in order, and what was said, as the situation reads it."""

    participants: tuple[Participant, ...]
    answers: Answers


def along(found: QuerySet[Bundle]) -> QuerySet[Bundle]:
    """The bundles with what they keep, so that a page asks for it with its bundle."""
    own = {"bundle": OuterRef("pk")}
    seats = Participant.objects.filter(**own).values(row=JSONObject(**_columns(SEAT)))
    said = Answer.objects.filter(**own).values(row=JSONObject(**_columns(SAID)))
    return found.annotate(
        kept_at=F("version"), kept_seats=ArraySubquery(seats), kept_answers=ArraySubquery(said)
    )


def of(bundle: Bundle) -> Kept:
    """What the bundle keeps now; read anew when it has moved on since it was found."""
    read: Any = bundle
    if getattr(bundle, "kept_at", None) != bundle.version:
        read = along(Bundle.objects.filter(pk=bundle.pk)).get()
    return Kept(
        tuple(_seat(row) for row in read.kept_seats),
        {
            (row["subject"], row["fact"]): Said(row["value"], datetime.fromisoformat(row["at"]))
            for row in read.kept_answers
        },
    )


def _seat(row: dict[str, Any]) -> Participant:
    return Participant(**{**row, "ref": row["ref"] and UUID(row["ref"])})


def _columns(names: tuple[str, ...]) -> dict[str, str]:
    return {name: name for name in names}
