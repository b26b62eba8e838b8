"""わたしの情報を見た記録: what a resident is shown of the access log about themself.

What somebody's own visit caused is told with its purpose; what a relative's visit caused only as the
household's (no number, no hour); a look that also concerned a protected person not at all, nor what was
done to enter 支援措置: whoever is looked up as 相手方 must not read that from their record (I3).
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from consent import frozen
from consent.models import AccessEntry, AccessSubject, Category, Engagement, Purpose
from consent.passage import passage
from consent.reference import PATH
from residents import register

MOST = 1000
FOR_PROTECTION = (
    Q(entry__purpose="protection")
    | Q(entry__action=AccessEntry.Action.PROTECT)
    # Nobody else searches in the office.
    | Q(entry__action=AccessEntry.Action.SEARCH, entry__channel="office")
)
HOUSEHOLD = "世帯に関する手続"
ACTIONS = {
    AccessEntry.Action.OPEN: "記録を見ました",
    AccessEntry.Action.LOOK: "保存した内容を見ました",
    AccessEntry.Action.REVEAL: "住所などを表示しました",
    AccessEntry.Action.AGREE: "同意を記録しました",
    AccessEntry.Action.PRINT: "書類を印刷しました",
    AccessEntry.Action.BIND: "カードで本人を確かめました",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one office saw of somebody on one day, for one purpose; `first` is its first time of day.

    `purpose` is "" where the look had none (サインイン), `reference` is told for one's own matters.
    """

    day: date
    first: datetime | None
    own: bool
    office: str
    role: str
    actions: tuple[str, ...]
    purpose: str
    reference: str
    categories: tuple[str, ...]
    times: int


@dataclass(frozen=True, slots=True)
class Searches:
    """How often somebody came up in an office's searches in a month (its first day)."""

    month: date
    office: str
    times: int


@dataclass(frozen=True, slots=True)
class Disclosed:
    """The record of one person, newest first."""

    looks: tuple[Look, ...]
    searches: tuple[Searches, ...]


def of(ref: UUID, *, account_id: int) -> Disclosed:
    """Who looked at this person's data: looks folded by day, office and matter; searches by month."""
    told = AccessSubject.objects.filter(ref=ref).exclude(FOR_PROTECTION)
    rows = list(told.select_related("entry").order_by("-entry__at")[:MOST])
    hidden = _beside_protected({row.entry_id for row in rows}, ref)
    shown = [row for row in rows if row.entry_id not in hidden]
    looks = (row for row in shown if row.entry.action != AccessEntry.Action.SEARCH)
    found = (row.entry for row in shown if row.entry.action == AccessEntry.Action.SEARCH)
    return Disclosed(tuple(_looks(looks, ref, account_id)), tuple(_searches(found)))


def _beside_protected(entries: set[UUID], ref: UUID) -> set[UUID]:
    """The entries that concern someone else who stands under 支援措置.

    A 相手方 and who lives with them must not see their record change on the day of the measure: of those
    who are seen as they were, only what they themselves came for since then is left out.
    """
    others = AccessSubject.objects.filter(entry__in=entries).exclude(ref=ref)
    pairs = list(others.values_list("entry", "ref"))
    with passage():
        people = register.read({ref, *(other for _entry, other in pairs)})
        known = frozen.known_by(people[ref]) if ref in people else {}
    # Someone the register no longer has may still be protected, as at the door.
    hidden = {
        entry
        for entry, other in pairs
        if other not in known and (other not in people or people[other].protected)
    }
    return hidden | _came_since(known, {entry for entry, other in pairs if other in known})


def _came_since(known: Mapping[UUID, datetime], entries: Collection[UUID]) -> set[UUID]:
    """Of these entries those since a measure that are no matter of the household it is against."""
    if not entries:
        return set()
    found = AccessEntry.objects.filter(pk__in=entries, at__gte=min(known.values()))
    begun = dict(found.values_list("pk", "engagement"))
    grounds = [ground for ground in begun.values() if ground]
    named = dict(Engagement.objects.filter(pk__in=grounds).values_list("pk", "named"))
    return {
        pk
        for pk, ground in begun.items()
        if ground is None or not known.keys().isdisjoint(named.get(ground, known))
    }


def _looks(rows: Iterable[AccessSubject], ref: UUID, account_id: int) -> Iterator[Look]:
    folded: dict[tuple[date, bool, str, str, str], list[AccessSubject]] = {}
    rows = list(rows)
    started = _started_for({row.entry.engagement for row in rows if row.entry.engagement})
    for row in rows:
        entry, day = row.entry, timezone.localtime(row.entry.at).date()
        own = entry.account_id == account_id
        mine = own or started.get(entry.engagement) == ref
        matter = entry.reference if mine else HOUSEHOLD
        folded.setdefault((day, own, entry.office, entry.role, matter), []).append(row)
    names = dict(Purpose.objects.values_list("code", "name"))
    categories = dict(Category.objects.values_list("code", "name"))
    for (day, own, office, role, matter), same in folded.items():
        entry, mine = same[-1].entry, matter != HOUSEHOLD
        seen = {code for each in same for code in each.categories}
        yield Look(
            day=day,
            first=timezone.localtime(entry.at) if mine else None,
            own=own,
            office=office,
            role=_role_names().get(role, ""),
            actions=tuple(dict.fromkeys(_action(each.entry) for each in same)),
            purpose=names.get(entry.purpose, "") if mine else HOUSEHOLD,
            reference=entry.reference if mine else "",
            categories=tuple(name for code, name in categories.items() if code in seen),
            times=len(same),
        )


def _action(entry: AccessEntry) -> str:
    return ACTIONS.get(AccessEntry.Action(entry.action), str(entry.get_action_display()))


def _started_for(engagements: set[UUID]) -> dict[UUID | None, UUID]:
    """Whom each engagement was begun for: the first of its people."""
    found = Engagement.objects.filter(pk__in=engagements).values_list("pk", "refs")
    return {pk: refs[0] for pk, refs in found if refs}


def _searches(entries: Iterable[AccessEntry]) -> Iterator[Searches]:
    months = Counter(
        (timezone.localtime(entry.at).date().replace(day=1), entry.office) for entry in entries
    )
    for (month, office), times in months.items():
        yield Searches(month, office, times)


@cache
def _role_names() -> dict[str, str]:
    roles = tomllib.loads(PATH.read_text(encoding="utf-8"))["roles"]
    return {code: role["name"] for code, role in roles.items()}
