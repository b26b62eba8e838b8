"""Handing in online: what can be completed there is filed at once, the rest waits for the counter.

The values of what was filed are frozen as the resident saw them; the counter freezes the rest when it
finishes, and changes nothing of what was filed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from consent.actors import Actor
from lifeevents import bundles, snapshots
from lifeevents.bundles import NotYours
from lifeevents.checklist import checklist
from lifeevents.entries import Catalogue
from lifeevents.models import Application, Bundle, Submission
from lifeevents.online import Reach, Way, way_of
from lifeevents.opened import open_bundle

Json = dict[str, Any]
VISIT = "visit"
"""The state on a frozen checklist of what the resident must come for."""
AT_THE_COUNTER = (Reach.VISIT, Reach.COUNTER, Reach.OF_ANOTHER)


def hand_in(bundle: Bundle, *, version: int, by: Actor) -> None:
    """Hand a resident's bundle in: applications filed, values frozen, the rest waiting; once.

    Handing it in again changes nothing. Raises NotYours or Stale.
    """
    bundle.refresh_from_db()
    if bundle.filed_by_id != by.account_id:
        raise NotYours
    if bundle.state == Bundle.State.SUBMITTED:
        return
    way = way_of(open_bundle(bundle, by=by))
    content = _content(way)
    with transaction.atomic():
        bundles.submit(bundle, version=version, by=by)
        _made, is_first = Submission.objects.get_or_create(
            bundle=bundle, defaults={"content": content, "visits": _visits(way)}
        )
        if is_first:
            Application.objects.bulk_create(_applications(way))


def joined(bundle: Bundle, content: Json) -> Json:
    """What the counter freezes now, with what was filed online before as it was filed."""
    earlier = Submission.objects.filter(pk=bundle.pk).first()
    if earlier is None:
        return content
    before = earlier.content
    filed = {_pair(each) for each in items_of(before) if each["reach"] == Reach.HANDED_IN}
    papers = {(each["code"], each["subject_id"]): each for each in content["papers"]}
    papers |= {(each["code"], each["subject_id"]): each for each in before["papers"]}
    found = {
        **content,
        "papers": list(papers.values()),
        "checklist": _with_filed(content["checklist"], before["checklist"], filed),
        "names": {**content["names"], **before["names"]},
    }
    return {**found, "subjects": snapshots.subjects_of(found)}


def waiting() -> QuerySet[Bundle]:
    """What waits for a counter, each with `visits`: for how many procedures its resident must come.

    Where it is 0 everything is filed, and nobody is called in.
    """
    own = Submission.objects.filter(bundle=OuterRef("pk")).values("visits")
    also = {"visits": Subquery(own)}
    return bundles.waiting().annotate(**also)


def needs_no_visit(number: str) -> bool:
    """Whether what waits under this 受付番号 was filed as a whole."""
    whole = Submission.objects.filter(visits=0, bundle__state=Bundle.State.SUBMITTED)
    return whole.filter(bundle__number=number).exists()


def filed_before(bundle: Bundle) -> frozenset[tuple[str, str]]:
    """The (procedure, subject) of an open bundle that its resident has filed online already."""
    if bundle.filed_by_id is None:
        return frozenset()
    return frozenset(bundle.applications.values_list("procedure", "subject"))


def papers_of(filed: Collection[tuple[str, str]], catalogue: Catalogue) -> frozenset[str]:
    """The codes of the papers that stand as they were filed."""
    procedures = {procedure for procedure, _subject in filed}
    return frozenset(code for each in procedures for code in catalogue.procedures[each].papers)


def items_of(content: Json) -> list[Json]:
    """Every procedure of a frozen checklist."""
    return [item for department in content["checklist"] for item in department["items"]]


def checklist_of(way: Way) -> list[Json]:
    """The checklist by department, each item with how far it gets online."""
    found = checklist(way.opened)
    for item in items_of({"checklist": found}):
        reach = item["reach"] = way.reaches[_pair(item)].value
        if reach in AT_THE_COUNTER:
            item["state"] = VISIT
    return found


def _content(way: Way) -> Json:
    """The frozen values of what is filed now, and the whole checklist with how far each item gets."""
    content = {**snapshots.freeze(way.opened), "checklist": checklist_of(way)}
    filed = {pair for pair, how in way.reaches.items() if how is Reach.HANDED_IN}
    codes = papers_of(filed, way.opened.catalogue)
    content["papers"] = [each for each in content["papers"] if each["code"] in codes]
    return {**content, "subjects": snapshots.subjects_of(content)}


def _visits(way: Way) -> int:
    return sum(how in AT_THE_COUNTER for how in way.reaches.values())


def _applications(way: Way) -> list[Application]:
    return [
        Application(
            bundle=way.opened.bundle,
            procedure=each.procedure.code,
            subject=each.subject,
            department=each.procedure.department,
            state=Application.State.SUBMITTED,
            deadline=each.deadline,
        )
        for each in way.opened.proposed
        if way.reaches.get((each.procedure.code, each.subject)) is Reach.HANDED_IN
    ]


def _with_filed(now: list[Json], before: list[Json], filed: set[tuple[str, str]]) -> list[Json]:
    """The checklist of now, what was filed standing in it as it was."""
    kept = {
        each["department"]: [item for item in each["items"] if _pair(item) in filed]
        for each in before
    }
    found = [
        {
            **each,
            "items": [
                *kept.pop(each["department"], ()),
                *(item for item in each["items"] if _pair(item) not in filed),
            ],
        }
        for each in now
    ]
    left = [
        {**each, "items": kept[each["department"]]}
        for each in before
        if kept.get(each["department"])
    ]
    return [each for each in (*found, *left) if each["items"]]


def _pair(item: Json) -> tuple[str, str]:
    return item["procedure"], item["subject_id"]
