"""manage.py retention_hold: keep what concerns one person or one 受付番号 from disposal, or let it go."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from consent import door, retention
from consent.actors import Actor, actor_of
from consent.models import Account, RetentionHold


class Command(BaseCommand):
    help = "Place, lift or list the holds that stop the disposal of data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        place = verbs.add_parser("place", help="廃棄を止める")
        whom = place.add_mutually_exclusive_group(required=True)
        whom.add_argument("--resident", help="宛名番号")
        whom.add_argument("--bundle", default="", help="受付番号")
        place.add_argument("--why", required=True, help="理由（氏名や住所を書かない）")
        place.add_argument("--until", type=date.fromisoformat, required=True, help="いつまで")
        lift = verbs.add_parser("lift", help="停止を解く")
        lift.add_argument("hold", type=UUID)
        verbs.add_parser("list", help="立っている停止")
        for each in (place, lift):
            each.add_argument("--as", dest="account", required=True, help="操作者のユーザー名")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            for hold in RetentionHold.objects.filter(lifted_at=None).order_by("until"):
                self.stdout.write(f"{hold.pk}　{hold.until}まで　{hold.bundle}　{hold.why}")
            return
        by = _acting(options["account"])
        if options["verb"] == "lift":
            try:
                retention.lift(options["hold"], by=by)
            except retention.NoSuchHold:
                raise CommandError("その停止は立っていません。") from None
            return
        ref = _ref(options["resident"], by) if options["resident"] else None
        hold_id = retention.place(
            why=options["why"], until=options["until"], by=by, ref=ref, bundle=options["bundle"]
        )
        self.stdout.write(str(hold_id))


def _ref(number: str, by: Actor) -> UUID:
    try:
        ref = door.find_number(number, by=by)
    except door.MayNotSearch:
        raise CommandError("この操作者は住民をさがせません。") from None
    if ref is None:
        raise CommandError("その宛名番号の住民は台帳にいません。")
    return ref


def _acting(username: str) -> Actor:
    account = Account.objects.filter(username=username, is_active=True).first()
    if account is None:
        raise CommandError("その操作者はいません。--as を確かめてください。")
    return actor_of(account, terminal="command", channel="command")
