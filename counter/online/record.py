"""わたしの情報を見た記録: a resident's own page of the access log."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from consent import disclosure
from counter.online.access import OnlineRequest, resident
from counter.online.page import show


@resident
@require_safe
def record(request: OnlineRequest) -> HttpResponse:
    """Who looked at the person's data, why, and at what; by day, newest first."""
    if request.user.ref is None:
        return redirect("online:home")
    told = disclosure.of(request.user.ref, account_id=request.user.pk)
    days = [(day, list(looks)) for day, looks in groupby(told.looks, key=lambda look: look.day)]
    return show(request, "online/record.html", {"days": days, "searches": told.searches})
