"""Disposal: one batch of the rows a rule lets go, whichever app's; and how the register's own go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import DateField, DateTimeField, Field, Model, Q, QuerySet
from django.utils import timezone

from residents.importing import lock, releasing
from residents.models import Delivery, HeldRow, Household, Identity, Resident
from residents.retention_rules import Rule

PATH = Path(__file__).with_name("retention.toml")
Verb = Callable[[Sequence[Any]], Mapping[str, int]]
"""What a rule's verb does with the keys of a batch; answers how many rows of each table went.

One that cannot act now answers nothing, and the next night tries again.
"""


@dataclass(frozen=True, slots=True)
class Spared:
    """What standing holds name; nothing of theirs is disposed of."""

    refs: tuple[UUID, ...] = ()
    numbers: tuple[str, ...] = ()
    bundles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch removed: rows of each table, and a digest over the keys, which says nothing."""

    removed: Mapping[str, int]
    digest: str


def numbers_of(refs: Iterable[UUID]) -> tuple[str, ...]:
    """The 宛名番号 of these people; a refused row knows its person by nothing else."""
    return tuple(Identity.objects.filter(pk__in=refs).values_list("number", flat=True))


def due(rule: Rule, moment: datetime, spared: Spared) -> QuerySet[Any]:
    """The rows the rule lets go at `moment`, but for those a hold names; by key."""
    model = apps.get_model(rule.table)
    before = rule.before(moment)
    first, *younger = rule.counted_from
    rows = model._base_manager.filter(**rule.where)
    rows = rows.filter(**{f"{first}__lte": _comparable(model, first, before)})
    for path in younger:
        rows = rows.exclude(**{f"{path}__gt": _comparable(model, path, before)})
    if rule.erases:
        rows = rows.filter(_not_empty(model, rule.erases))
    return _without_held(rows, rule, spared).order_by("pk")


def dispose(
    rule: Rule, moment: datetime, spared: Spared, limit: int, verbs: Mapping[str, Verb]
) -> Batch | None:
    """Dispose of at most `limit` rows in the caller's transaction; None when nothing is due."""
    rows = due(rule, moment, spared).select_for_update(of=("self",), skip_locked=True)
    keys = list(rows.values_list("pk", flat=True)[:limit])
    if not keys:
        return None
    if rule.verb:
        removed = verbs[rule.verb](keys)
        if not removed:
            return None
    else:
        found = apps.get_model(rule.table)._base_manager.filter(pk__in=keys)
        removed = _empty(found, rule) if rule.erases else found.delete()[1]
    digest = sha256("\n".join(sorted(map(str, keys))).encode()).hexdigest()
    return Batch({table: count for table, count in removed.items() if count}, digest)


def remove_gone(refs: Sequence[UUID]) -> Mapping[str, int]:
    """Residents gone from the full export, their search keys, and households nobody is left in.

    Their Identity stays: one 宛名番号 keeps one ref for ever. A standing 支援措置 stays too.
    """
    gone = Resident.objects.filter(pk__in=refs)
    numbers = set(gone.values_list("household_number", flat=True))
    removed = Counter(gone.delete()[1])
    left = Resident.objects.filter(household_number__in=numbers).values("household_number")
    empty = Household.objects.filter(pk__in=numbers).exclude(pk__in=left)
    removed.update(empty.delete()[1])
    return removed


def give_up_held(deliveries: Sequence[UUID]) -> Mapping[str, int]:
    """Give up sets that were held too long, whole; nothing while an import, which may need them, runs."""
    if not lock.may_change_until_commit():
        return {}
    standing = Delivery.objects.filter(state=Delivery.State.HELD)
    removed: Counter[str] = Counter()
    for pk in deliveries:
        if found := standing.filter(pk=pk).first():
            together = list(standing.filter(set_id=found.set_id).values_list("pk", flat=True))
            rows = HeldRow.objects.filter(delivery_id__in=together).count()
            removed["residents.HeldRow"] += rows
            removed["residents.Delivery"] += len(together)
            releasing.give_up(pk, (), releasing.EXPIRED)
    return removed


VERBS: Mapping[str, Verb] = {"remove_gone": remove_gone, "give_up_held": give_up_held}


def _comparable(model: type[Model], path: str, before: datetime) -> Any:
    """The instant, or its day where the column at `path` is a date."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    if isinstance(field, DateField) and not isinstance(field, DateTimeField):
        return timezone.localdate(before)
    return before


def _without_held(rows: QuerySet[Any], rule: Rule, spared: Spared) -> QuerySet[Any]:
    held = rule.held_by
    if "ref" in held and spared.refs:
        rows = rows.exclude(**{f"{held['ref']}__in": spared.refs})
    if "refs" in held and spared.refs:
        rows = rows.exclude(**{f"{held['refs']}__overlap": list(spared.refs)})
    if "bundle" in held and spared.bundles:
        rows = rows.exclude(**{f"{held['bundle']}__in": spared.bundles})
    if "number" in held and spared.numbers:
        # A refused row may lack the number; it then names nobody a hold could.
        missing = Q(**{f"{held['number']}__isnull": True})
        rows = rows.filter(missing | ~Q(**{f"{held['number']}__in": spared.numbers}))
    return rows


def _empty(rows: QuerySet[Any], rule: Rule) -> Mapping[str, int]:
    fields = [rows.model._meta.get_field(name) for name in rule.erases]
    return {rule.table: rows.update(**{field.name: _nothing(field) for field in fields})}


def _not_empty(model: type[Model], names: Iterable[str]) -> Q:
    filled = Q()
    for name in names:
        field: Any = model._meta.get_field(name)
        nothing = _nothing(field)
        filled |= Q(**{f"{name}__isnull": False}) if nothing is None else ~Q(**{name: nothing})
    return filled


def _nothing(field: Field[Any, Any]) -> Any:
    return None if field.null else field.get_default() if field.has_default() else ""
