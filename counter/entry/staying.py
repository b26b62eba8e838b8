"""What a page asks by itself: how long the session lasts, and that it goes on."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from counter.entry import session
from counter.entry.access import StaffRequest, any_staff
from counter.entry.guard import passive


@passive
@any_staff
@require_safe
def left(request: StaffRequest) -> HttpResponse:
    """Seconds until the session ends; asking does not keep it."""
    return JsonResponse({"seconds": session.left(request.session)})


@any_staff
@require_POST
def stay(request: StaffRequest) -> HttpResponse:
    """Someone is still there."""
    session.stay(request.session)
    return HttpResponse(status=204)
