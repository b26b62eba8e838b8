"""Loads consent/reference.toml: the categories, departments, purposes and roles a town starts with."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from guardian.shortcuts import assign_perm

from consent.models import Category, Department, Purpose

PATH = Path(__file__).with_name("reference.toml")


def load(**_signal: Any) -> None:
    """Bring the rows up to the file; runs after every migrate and changes nothing the second time.

    What a town has added by itself stays; a published purpose version is never rewritten (I9).
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
    group, is_new = Group.objects.get_or_create(name=code)
    if not is_new:
        return
    for category in Category.objects.filter(code__in=role["see"]):
        assign_perm("consent.see", group, category)
    if role.get("reveal"):
        assign_perm("consent.reveal", group, Category.objects.get(code="basic"))
    for department in Department.objects.filter(code__in=role["edit"]):
        assign_perm("consent.edit", group, department)
