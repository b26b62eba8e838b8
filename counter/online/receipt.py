"""The receipt to keep: as PDF, and its days as a calendar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from icalendar import Alarm, Calendar, Event

from counter.online import steps
from counter.online.access import OnlineRequest, resident
from counter.online.draft import own
from counter.online.status import frozen_of
from lifeevents.opened import TOWN
from lifeevents.printing.bundle import print_bundle

DAYS_BEFORE = 3


@resident
@require_safe
def pdf(request: OnlineRequest, number: str) -> HttpResponse:
    """The 受付票: number, what is done, what needs a visit; none of the papers' values."""
    frozen = frozen_of(own(request, number), request)
    if frozen is None:
        return redirect("online:bundle", number)
    printed = print_bundle({**frozen, "papers": []})
    return _file(printed.pdf, "application/pdf", f"{number}.pdf")


@resident
@require_safe
def calendar(request: OnlineRequest, number: str) -> HttpResponse:
    """The days by which to come, each with a reminder; what to bring stands in its text."""
    frozen = frozen_of(own(request, number), request)
    if frozen is None:
        return redirect("online:bundle", number)
    days = Calendar()
    days.add("prodid", "-//kakanai//online//JA")
    days.add("version", "2.0")
    for item in steps.of(frozen["checklist"])["visits"]:
        if item["day"]:
            days.add_component(_entry(item, number))
    return _file(days.to_ical(), "text/calendar; charset=utf-8", f"{number}.ics")


def _entry(item: dict[str, Any], number: str) -> Event:
    """One day, all day long. The text names nobody: calendars are shared."""
    day: date = item["day"]
    bring = _("持ち物：") + "、".join(item["documents"]) if item["documents"] else ""
    entry = Event()
    entry.add("uid", f"{number}-{item['procedure']}-{item['subject_id']}")
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", _("%(name)sの期限（%(town)s）") % {"name": item["name"], "town": TOWN})
    entry.add("description", "\n".join(filter(None, (_("受付番号：") + number, bring))))
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", str(entry["summary"]))
    reminder.add("trigger", timedelta(days=-DAYS_BEFORE))
    entry.add_component(reminder)
    return entry


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
