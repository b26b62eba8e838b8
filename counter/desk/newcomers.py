"""新しく来た人: starting 転入 for people nobody knows yet, adding more of them, reading 転出証明書."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.forms import StartForm, VersionForm
from counter.desk.screen import show
from counter.desk.start import newcomers_of, offered
from lifeevents import arrivals, bundles, certificate, roles
from lifeevents.answering import BadAnswers
from lifeevents.certificate import Certificate, NotACertificate
from lifeevents.entries import Event
from lifeevents.models import Bundle

LARGEST = 200_000
APPLICANTS = (
    ("self", gettext_lazy("転入する本人"), gettext_lazy("1人目に入力する方")),
    ("proxy", gettext_lazy("代理人"), gettext_lazy("委任された方、法定代理人")),
)
ENCODINGS = (
    ("utf-8-sig", gettext_lazy("UTF-8")),
    ("cp932", gettext_lazy("Shift_JIS（Excelの標準）")),
)


class BeginForm(StartForm):
    """A start without anyone of the register."""

    ref: Any = None


class CertificateForm(VersionForm):
    """転出証明書: a pasted table or an uploaded file, and the file's encoding as its sender says."""

    table = forms.CharField(required=False, max_length=LARGEST, strip=False)
    file = forms.FileField(required=False, allow_empty_file=True)
    encoding = forms.ChoiceField(required=False, choices=ENCODINGS)

    def read(self) -> Certificate:
        """What was sent; the file counts before the table. Raises NotACertificate."""
        sent = self.cleaned_data["file"]
        if sent is None:
            return certificate.read(self.cleaned_data["table"])
        if sent.size > LARGEST:
            raise NotACertificate(_("ファイルが大きすぎます。転出証明書の表だけを選んでください。"))
        encoding = self.cleaned_data["encoding"] or ENCODINGS[0][0]
        return certificate.read(certificate.decode(sent.read(), encoding))


@staff(*WINDOW)
def begin(request: DeskRequest) -> HttpResponse:
    """Start the bundle of people who are not in the register."""
    events = [event for event in offered() if event.starts_from == roles.NOBODY]
    form = BeginForm(request.POST or None, events=events, applicants=APPLICANTS)
    if not form.is_valid():
        return _page(request, form, events)
    asked = form.cleaned_data
    bundle = bundles.start(
        asked["event"],
        None,
        applicant=asked["applicant"],
        on=asked["on"] or timezone.localdate(),
        by=request.actor,
        token=asked["token"],
        newcomers=newcomers_of(asked["event"], asked["newcomers"], events),
    )
    return redirect("desk:bundle", bundle.number)


@staff(*WINDOW)
@require_POST
def add(request: DeskRequest, number: str) -> HttpResponse:
    """One more person arrives."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            arrivals.add(bundle, version=form.cleaned_data["version"], by=request.actor)
        except arrivals.TooMany:
            messages.warning(request, _("一つの受付に加えられる人数を超えました。"))
    return redirect("desk:bundle", number)


@staff(*WINDOW)
@require_POST
def remove(request: DeskRequest, number: str, key: str) -> HttpResponse:
    """Someone does not arrive after all; what was said of them goes too."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            version = form.cleaned_data["version"]
            arrivals.remove(bundle, key, version=version, by=request.actor)
        except arrivals.LastOne:
            messages.warning(request, _("最後の1人は外せません。受付をやめるときは「取消」です。"))
    return redirect("desk:bundle", number)


@staff(*WINDOW)
@require_POST
def take(request: DeskRequest, number: str) -> HttpResponse:
    """Read 転出証明書 into the bundle; the numbers of people are dropped, and the page says so."""
    bundle = bundles.find(number, by=request.actor)
    form = CertificateForm(request.POST, request.FILES)
    if not form.is_valid():
        return redirect("desk:bundle", number)
    try:
        found = form.read()
        _take(request, bundle, found, form.cleaned_data["version"])
    except NotACertificate as problem:
        messages.warning(request, str(problem))
    except (BadAnswers, arrivals.TooMany):
        messages.warning(request, _("表の内容を受け付けられません。手で入力してください。"))
    return redirect("desk:bundle", number)


def _take(request: DeskRequest, bundle: Bundle, found: Certificate, version: int) -> None:
    if found.people:
        arrivals.take(bundle, found, version=version, by=request.actor)
    count = len(found.people)
    messages.info(request, _("%(count)s人を読み込みました。") % {"count": count})
    if found.dropped:
        names = "、".join(found.dropped)
        messages.info(request, _("%(names)sの列は、読み込まずに捨てました。") % {"names": names})
    for problem in found.problems:
        messages.warning(request, problem)


def _page(request: DeskRequest, form: BeginForm, events: list[Event]) -> HttpResponse:
    form.initial = {"token": uuid4(), "event": events[0].code if events else ""}
    context = {
        "form": form,
        "events": events,
        "applicants": APPLICANTS,
        "today": timezone.localdate(),
    }
    return show(request, "desk/newcomers.html", context, status=422 if form.is_bound else 200)
