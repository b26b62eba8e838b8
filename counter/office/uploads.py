"""Operators hand over files of the core systems in the browser, and see how far the import is."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from consent import uploads
from consent.uploads import MOST_BYTES, Busy, Handed, MayNotHandOver
from counter.office.access import OPERATOR, OfficeRequest, office
from counter.office.deliveries import LOOK_OF
from counter.office.memory import InMemory
from counter.office.screen import show

MOST_MB = MOST_BYTES >> 20


@office(OPERATOR)
@require_safe
def new(request: OfficeRequest) -> HttpResponse:
    """The page to choose files on; its number makes a second click the same hand-over."""
    return _new(request, "")


@csrf_exempt
@office(OPERATOR)
def one(request: OfficeRequest, pk: UUID) -> HttpResponseBase:
    """How far a hand-over is; by POST, the files.

    The handler must be in place before anything reads the body, the check of the form's token too.
    """
    if request.method != "POST":
        return _standing(request, pk)
    size = _size(request)
    try:
        is_new = uploads.begin(pk, size, by=request.actor)
    except MayNotHandOver as refusal:
        raise PermissionDenied from refusal
    except Busy:
        told = _("ほかの受け渡しが続いています。終わってから、もう一度送ってください。")
        return _new(request, told, status=409)
    if not is_new:
        return _onward(request, reverse("office:upload", args=[pk]))
    handler = InMemory(MOST_BYTES, lambda reached: uploads.came(pk, reached))
    request.upload_handlers = [handler]
    try:
        return _receive(request, pk, handler)
    finally:
        # A second click breaks the first off, a page may be too old: then nothing was read.
        uploads.cut_off(pk)


@csrf_protect
def _receive(request: OfficeRequest, pk: UUID, handler: InMemory) -> HttpResponseBase:
    files = [Handed(each.name or "", each.read()) for each in request.FILES.getlist("files")]
    if not handler.is_too_large and "whole" not in request.POST:
        # The parser takes a body that ends early for a shorter file.
        uploads.cut_off(pk)
        return _onward(request, reverse("office:upload", args=[pk]))
    wrong = _wrong(files, too_large=handler.is_too_large)
    if wrong:
        uploads.refuse(pk, wrong)
        return _new(request, wrong, status=422)
    uploads.carry(pk, files)
    return _onward(request, reverse("office:upload", args=[pk]))


def _wrong(files: list[Handed], *, too_large: bool) -> str:
    """Why nothing of it is read; "" where it is."""
    if too_large:
        told = _(
            "ファイルが大きすぎます（合わせて%(n)dMBまで）。何も取り込んでいません。"
            "大きなファイルは、受け取りのフォルダーに置いてください。"
        )
        return told % {"n": MOST_MB}
    if not files:
        return _("ファイルを選んでください。")
    empty = [each.name for each in files if not each.content]
    return _("%(name)sは空です。何も取り込んでいません。") % {"name": empty[0]} if empty else ""


def _standing(request: OfficeRequest, pk: UUID) -> HttpResponse:
    found = uploads.standing(pk)
    if found is None:
        raise Http404
    if found.state == "done" and len(found.deliveries) == 1:
        return _onward(request, reverse("office:delivery", args=[found.deliveries[0].id]))
    rows = [(each, LOOK_OF.get(each.state, "")) for each in found.deliveries]
    return show(request, "office/upload.html", {"upload": found, "rows": rows}, place="deliveries")


def _onward(request: OfficeRequest, address: str) -> HttpResponse:
    """To another page, whole: htmx would follow a redirect and put that page into this one."""
    return HttpResponse(headers={"HX-Redirect": address}) if request.htmx else redirect(address)


def _new(request: OfficeRequest, wrong: str, *, status: int = 200) -> HttpResponse:
    context = {"number": uuid4(), "most": MOST_MB, "wrong": wrong}
    return show(request, "office/upload_new.html", context, place="deliveries", status=status)


def _size(request: OfficeRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isascii() and said.isdigit() else 0
