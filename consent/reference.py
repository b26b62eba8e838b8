"""Loads consent/reference.toml: the categories, departments, purposes and roles a town starts with."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from consent.models import Category, Department, Purpose, ReferenceGrant

PATH = Path(__file__).with_name("reference.toml")


def load(**_signal: Any) -> None:
    """Bring the rows up to the file; runs after every migrate and changes nothing the second time.

    What a town has added by itself stays, and a permission it has taken from a role is not given
    again; a published purpose version is never rewritten (I9).
    """
    reference = tomllib.loads(PATH.read_text(encoding="utf-8"))
    for order, (code, row) in enumerate(reference["categories"].items()):
        Category.objects.update_or_create(code=code, defaults={**row, "order": order})
    for code, row in reference["departments"].items():
        Department.objects.get_or_create(code=code, defaults=row)
    for row in reference["purposes"]:
        key = {"code": row["code"], "version": row["version"]}
        Purpose.objects.get_or_create(**key, defaults=row)
    for code, role in reference["roles"].items():
        _load_role(code, role)


def _load_role(code: str, role: dict[str, Any]) -> None:
    """Make the role, or give it what the file has added since; nothing is given a second time."""
    group, _ = Group.objects.get_or_create(name=code)
    given = set(ReferenceGrant.objects.filter(role=code).values_list("permission", "code"))
    for permission, named in _granted(role):
        if (permission, named) in given:
            continue
        assign_perm(f"consent.{permission}", group, _KINDS[permission].objects.get(code=named))
        ReferenceGrant.objects.create(role=code, permission=permission, code=named)


_KINDS: dict[str, type[Category | Department]] = {
    "see": Category,
    "reveal": Category,
    "protect": Category,
    "edit": Department,
}


def _granted(role: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for permission in ("see", "edit"):
        yield from ((permission, named) for named in role[permission])
    for permission in ("reveal", "protect"):
        if role.get(permission):
            yield permission, "basic"
