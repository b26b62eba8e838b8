"""The versions of the catalogue: what each changed, which is in force, and going back to one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from counter.office.access import READERS, WRITERS, OfficeRequest, office
from counter.office.screen import show
from lifeevents import changes, comparison, drafts, versions, wording
from lifeevents.editions import Edition
from lifeevents.models import Bundle, Publication


@office(*READERS)
@require_safe
def versions_list(request: OfficeRequest) -> HttpResponse:
    """Every version, newest first, with how many running bundles are bound to it."""
    in_force = versions.in_force(timezone.localdate())
    running = {
        digest: Bundle.objects.filter(catalogue=digest, state=Bundle.State.OPEN).count()
        for digest in Publication.objects.values_list("catalogue", flat=True)
    }
    found = Publication.objects.select_related("drafted_by", "approved_by")
    context = {
        "rows": [(each, running[each.catalogue_id]) for each in found],
        "in_force": in_force,
        "offered": versions.offered(),
    }
    return show(request, "office/versions.html", context, place="versions")


@office(*READERS)
@require_safe
def version(request: OfficeRequest, number: int) -> HttpResponse:
    """What a version changed against the one before, in words."""
    found = _find(number)
    after = _edition(found)
    before = _edition(found.based_on) if found.based_on else after
    keys = changes.difference(before.document, after.document)
    told = comparison.differences(before, after, keys)
    latest = versions.latest()
    context = {
        "found": found,
        "changed": [each for each in told if each.section != wording.SECTIONS["situations"]],
        "situations": comparison.alike(
            each for each in told if each.section == wording.SECTIONS["situations"]
        ),
        "in_force": versions.in_force(timezone.localdate()),
        "draft": getattr(found, "draft", None),
        "can_go_back": found.catalogue_id != latest.catalogue_id,
        "latest": latest,
    }
    return show(request, "office/version.html", context, place="versions")


@office(*WRITERS)
@require_POST
def roll_back(request: OfficeRequest, number: int) -> HttpResponse:
    """Draft going back to a version; a second person approves it like any other draft."""
    draft = drafts.roll_back_to(_find(number), by=request.actor)
    return redirect("office:draft", draft.pk)


@office(*WRITERS)
@require_POST
def bring(request: OfficeRequest) -> HttpResponse:
    """Draft taking over what the maker changed."""
    draft = drafts.bring_shipped(by=request.actor)
    if draft is None:
        messages.info(request, _("取り込む更新はありません。"))
        return redirect("office:versions")
    return redirect("office:draft", draft.pk)


def _find(number: int) -> Publication:
    found = Publication.objects.select_related("drafted_by", "approved_by", "based_on")
    publication = found.filter(number=number).first()
    if publication is None:
        raise Http404
    return publication


def _edition(publication: Publication) -> Edition:
    digest = publication.catalogue_id
    return Edition(digest, versions.document(digest))
