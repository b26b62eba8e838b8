"""Step 1, 本人確認: the documents shown, a proxy's authority, and who takes part."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from consent import cautions
from consent.cautions import Caution
from counter.desk.access import WINDOW, DeskRequest, staff
from counter.desk.documents import DOCUMENTS, Document, method_of
from counter.desk.forms import IdentifyForm, VersionForm
from counter.desk.page import show_step
from lifeevents import arrivals, bundles, moving, roles
from lifeevents.models import Bundle
from lifeevents.people import PersonView
from lifeevents.seating import OUTSIDER
from lifeevents.sitting import Sitting, sit


@dataclass(frozen=True, slots=True)
class DocumentGroup:
    """Documents of which one, or two, are enough."""

    title: str | Promise
    documents: tuple[Document, ...]


GROUPS = (
    DocumentGroup(
        gettext_lazy("顔写真付き（1点で確認）"),
        tuple(document for document in DOCUMENTS if document.has_face),
    ),
    DocumentGroup(
        gettext_lazy("顔写真なし（2点で確認）"),
        tuple(document for document in DOCUMENTS if not document.has_face),
    ),
)


def show(request: DeskRequest, bundle: Bundle, form: IdentifyForm | None = None) -> HttpResponse:
    """The step's page, with the mistakes of `form` if it had any."""
    sitting = sit(bundle, by=request.actor)
    people = sitting.people.values()
    applicant = next((person for person in people if "applicant" in person.roles), None)
    context = {
        "form": form
        or IdentifyForm(by_proxy=OUTSIDER in sitting.people, caution=sitting.protected),
        "document_groups": GROUPS,
        "may_leave": _may_leave(sitting),
        "arriving": _arriving(sitting),
        "certificate": _brings_certificate(sitting),
        "moves": moving.is_move(sitting.event),
        "joined": [person for person in people if "joined" in person.roles],
        "applicant_name": _called(applicant),
    }
    status = 422 if form else 200
    return show_step(request, sitting, "desk/identify.html", context, status=status)


@staff(*WINDOW)
@require_POST
def identify(request: DeskRequest, number: str) -> HttpResponse:
    """Record how the applicant's identity was confirmed."""
    bundle = bundles.find(number, by=request.actor)
    caution = cautions.needed(bundle.engagement)
    form = IdentifyForm(request.POST, by_proxy=is_by_proxy(bundle), caution=caution)
    if not form.is_valid():
        return show(request, bundle, form)
    if caution:
        cautions.confirm(bundle.engagement, Caution.SPEAK, by=request.actor)
    documents = form.cleaned_data["documents"]
    bundles.identify(
        bundle,
        version=form.cleaned_data["version"],
        method=method_of(documents) or "",
        documents=documents,
        authority=form.cleaned_data.get("authority", ""),
        by=request.actor,
    )
    return redirect("desk:bundle", number)


@staff(*WINDOW)
@require_POST
def taking_part(request: DeskRequest, number: str, key: str) -> HttpResponse:
    """Take one member of the household into the bundle, or out of it."""
    bundle = bundles.find(number, by=request.actor)
    form = VersionForm(request.POST)
    if form.is_valid():
        joins = request.POST.get("taking_part") == "yes"
        version = form.cleaned_data["version"]
        bundles.set_taking_part(bundle, key, joins, version=version, by=request.actor)
    return redirect("desk:bundle", number)


def is_by_proxy(bundle: Bundle) -> bool:
    """Whether someone outside the household came, so that authority must be shown.

    死亡届 is filed by relatives and others in their own right (戸籍法87条).
    """
    if arrivals.event_of(bundle).starts_from == roles.DECEASED:
        return False
    return bundle.participants.filter(key=OUTSIDER).exists()


def _called(applicant: PersonView | None) -> str:
    if applicant is None or not applicant.name:
        return _("方")
    return _("%(name)sさん") % {"name": applicant.name}


def _may_leave(sitting: Sitting) -> set[str]:
    """Whose part can be ticked off and on: at a move any of several who move, else the others' only."""
    people = [person for person in sitting.people.values() if not person.is_new]
    if sitting.event.starts_from == roles.MOVER:
        moving = [person for person in people if roles.MOVER in person.roles]
        staying = {person.key for person in moving if not person.taking_part}
        several = len(moving) - len(staying) > 1
        return {person.key for person in moving} if several else staying
    needed = {"applicant", "joined", roles.DECEASED}
    return {person.key for person in people if not needed & set(person.roles)}


def _brings_certificate(sitting: Sitting) -> bool:
    """Whether 転出証明書 is read at this event: its 転出予定日 is asked on a card there."""
    asked = sitting.opened.catalogue.questions.get("planned_move_on")
    return asked is not None and bool(asked.card)


def _arriving(sitting: Sitting) -> list[PersonView]:
    """Who comes new at an event for people nobody knows yet; more of them can be added."""
    if sitting.event.starts_from != roles.NOBODY:
        return []
    return [p for p in sitting.people.values() if p.is_new and "subjects" in p.roles]
