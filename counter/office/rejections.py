"""Operators: the rows that could not be taken in, to read, to filter, and to send to the core system."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consent import rejected
from consent.rejected import Listed, MayNotCheck, NoSuchDelivery, Rejected
from counter.office.access import OPERATOR, OfficeRequest, office
from counter.office.deliveries import find
from counter.office.rejection_words import called, mend, mendings
from counter.office.screen import show

PAGE = 50
MOST_ROWS = 10_000
"""Of one CSV file; more rows than that are not mended by reading them."""
FORMULA = re.compile("^[\\s\0]*[=+\\-@＝＋－＠]|^[\t\r\n\0]")
"""How a cell begins that a spreadsheet could take for a formula (T-15)."""
BOM = "\ufeff"


@office(OPERATOR)
@require_safe
def listed(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The rejected rows of a delivery, of one reason where it is named."""
    delivery, page = find(pk), _page(request.GET.get("page", ""))
    reason = request.GET.get("reason", "")
    found = _read(request, pk, reason, (page - 1) * PAGE, PAGE)
    context = {
        "delivery": delivery,
        "found": found,
        "mendings": mendings(found.reasons, found.waiting_by_reason),
        "reason": reason,
        "page": page,
        "has_more": page * PAGE < found.total,
        "most": MOST_ROWS,
    }
    return show(request, "office/rejections.html", context, place="deliveries")


@office(OPERATOR)
@require_safe
def download(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """The same rows as CSV, for the core system's people; no cell of it can be a formula."""
    delivery = find(pk)
    found = _read(request, pk, request.GET.get("reason", ""), 0, MOST_ROWS)
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in _table(found.rows))
    response = HttpResponse(BOM + written.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"rejections_{delivery.feed}_{delivery.as_of:%Y%m%d%H%M%S}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def safe(cell: str) -> str:
    """A cell a spreadsheet shows and never reckons with."""
    return f"'{cell}" if FORMULA.search(cell) else cell


def _table(rows: tuple[Rejected, ...]) -> Iterator[list[str]]:
    """A heading and the rows; every item any of them has is a column."""
    names = list(dict.fromkeys(name for row in rows for name in (*row.items, *row.hidden)))
    said = [
        _("行番号"),
        _("理由"),
        _("くわしく"),
        _("直していただくこと"),
        _("解決"),
        _("理由コード"),
    ]
    yield [*said, *names]
    withheld = _("（表示しません）")
    for row in rows:
        told = {**dict.fromkeys(row.hidden, withheld), **row.items}
        resolved = _("済み") if row.is_resolved else ""
        yield [
            str(row.line), called(row.reason), row.message, mend(row.reason), resolved, row.reason,
            *(told.get(name, "") for name in names),
        ]  # fmt: skip


def _read(request: OfficeRequest, pk: UUID, reason: str, skip: int, most: int) -> Listed:
    try:
        return rejected.read(pk, by=request.actor, reason=reason, skip=skip, most=most)
    except MayNotCheck as refusal:
        raise PermissionDenied from refusal
    except NoSuchDelivery as missing:
        raise Http404 from missing


def _page(said: str) -> int:
    return max(int(said), 1) if said.isascii() and said.isdigit() and len(said) < 6 else 1
