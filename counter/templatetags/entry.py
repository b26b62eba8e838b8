"""The warning before a session ends, for the frames of desk and office."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from counter.entry import guard, session

register = template.Library()


@register.inclusion_tag("entry/_idle.html", takes_context=True)
def idle_warning(context: RequestContext) -> dict[str, Any]:
    """A box, hidden until the session is about to end, and the script that watches."""
    request = context["request"]
    return {
        "seconds": session.left(request.session),
        "warning": session.WARNING,
        "page": guard.page_of(request),
        "csrf_token": context.get("csrf_token"),
    }
