"""manage.py create_demo_staff: the demo town's staff, only where var/mode says demo or test."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from consent import factors
from consent.models import Account, Department

PASSWORD = "kakanai-demo"
STAFF = (
    ("sato", "佐藤 さくら", ("clerk",), "residents"),
    ("suzuki", "鈴木 健", ("clerk",), "children"),
    ("takahashi", "高橋 誠", ("senior", "support_officer"), "residents"),
    # What one 支援措置責任者 asks to end, another confirms.
    ("kato", "加藤 由紀", ("senior", "support_officer"), "residents"),
    ("admin", "管理 花子", ("admin",), "general"),
    # What one admin drafts, another approves.
    ("admin2", "管理 次郎", ("admin",), "general"),
    # Commands act as this account when no --as is given, so it may also see records.
    ("operator", "運用 太郎", ("operator", "clerk"), "general"),
    # What one operator asks of a delivery, another confirms.
    ("operator2", "運用 次郎", ("operator", "clerk"), "general"),
)


class Command(BaseCommand):
    help = "Create the demo staff (again changes nothing) and print their logins as JSON."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.MODE not in ("demo", "test"):
            raise CommandError("見本の職員は、bin/demo または bin/test の環境でだけ作れます。")
        logins = []
        for username, display_name, roles, office in STAFF:
            account, is_new = Account.objects.get_or_create(
                username=username,
                defaults={
                    "display_name": display_name,
                    "office": Department.objects.get(code=office),
                    "demo": True,
                },
            )
            if is_new:
                account.set_password(PASSWORD)
                account.save()
            account.groups.add(*Group.objects.filter(name__in=roles))
            factors.make_demo_phone(account)
            logins.append(
                {
                    "role": roles[0],
                    "user": username,
                    "password": PASSWORD,
                    "totp_secret": factors.secret_of(account),
                }
            )
        self.stdout.write(json.dumps(logins, ensure_ascii=False))
