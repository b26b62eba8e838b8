"""Finishing: freeze the values, file the applications, close the engagement — once."""

from __future__ import annotations

from django.utils import timezone

from consent import engagements
from consent.actors import Actor
from lifeevents import checklist, handing_in, snapshots
from lifeevents.bundles import changing, refuse_others
from lifeevents.models import Application, Bundle, Snapshot
from lifeevents.opened import Opened, open_bundle
from lifeevents.rules.verdict import Tri


class NotReady(Exception):
    """The applicant was not identified, or the agreement not recorded: nothing can be filed yet."""


class MissingValues(Exception):
    """Required fields have no value yet and were not left for the pen; `labels` names them."""

    def __init__(self, labels: list[str]) -> None:
        self.labels = labels
        super().__init__(f"{len(labels)} missing")


def finish(bundle: Bundle, *, version: int, by: Actor, leave_open: bool = False) -> None:
    """Finish a bundle: snapshot and applications stand together or not at all.

    Finishing one's own finished bundle changes nothing. `leave_open` leaves missing fields for the pen.
    Raises NotReady, MissingValues, NotYours or Stale.
    """
    refuse_others(bundle, by=by)
    bundle.refresh_from_db()
    if bundle.state == Bundle.State.FINISHED:
        return
    opened = open_bundle(bundle, by=by)
    if not (bundle.identified and opened.agreed):
        raise NotReady
    missing = missing_labels(opened)
    if missing and not leave_open:
        raise MissingValues(missing)
    now = timezone.now()
    content = handing_in.joined(bundle, snapshots.freeze(opened))
    with changing(bundle, version, by):
        Snapshot.objects.create(bundle=bundle, content=content, signed_at=now)
        Application.objects.bulk_create(_applications(opened))
        Bundle.objects.filter(pk=bundle.pk).update(
            state=Bundle.State.FINISHED, step=Bundle.Step.DONE, finished_at=now
        )
        engagements.close(bundle.engagement)
    bundle.refresh_from_db()


def missing_labels(opened: Opened) -> list[str]:
    """The required fields without a value that can still be asked for, each once."""
    cells = (cell for filled in opened.filled for cell in filled.all_cells())
    return list(
        dict.fromkeys(cell.label for cell in cells if cell.required and cell.state == "missing")
    )


def _applications(opened: Opened) -> list[Application]:
    """What is filed now; what was filed online before stays as it is."""
    filed = set(opened.bundle.applications.values_list("procedure", "subject"))
    return [
        Application(
            bundle=opened.bundle,
            procedure=each.procedure.code,
            subject=each.subject,
            department=each.procedure.department,
            state=checklist.state_of(each),
            deadline=each.deadline,
        )
        for each in opened.proposed
        if each.verdict.value is not Tri.NO and (each.procedure.code, each.subject) not in filed
    ]
