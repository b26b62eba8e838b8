"""How residents found it: one tap after handing in, kept as a count and linked to nobody."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from lifeevents.models import Bundle, Opinion

ANSWERS = Opinion.Answer.choices


def add(bundle: Bundle, answer: str, *, on: date) -> None:
    """Count one answer for the bundle's life event, channel and month; nothing says whose it was."""
    counted, _is_new = Opinion.objects.get_or_create(
        month=on.replace(day=1), event=bundle.event, channel=bundle.channel, answer=answer
    )
    Opinion.objects.filter(pk=counted.pk).update(count=F("count") + 1)
