"""manage.py start_bundle: serve a bundle from the command line, to the end with --finish."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import door
from consent.actors import Actor
from consent.models import Engagement
from lifeevents import answering, bundles, finishing, replies, seating, snapshots
from lifeevents.management import trying
from lifeevents.models import Bundle
from lifeevents.opened import open_bundle
from lifeevents.printing.bundle import print_bundle


class Command(BaseCommand):
    help = (
        "Start a bundle for a household; with --finish it is signed off and its papers are counted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        trying.add_arguments(parser)
        parser.add_argument("--finish", action="store_true", help="署名まで終えて完了にする")
        parser.add_argument(
            "--agree", default="all", help="同意のあった区分（all、none、または,区切りのコード）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = trying.acting(options["account"])
        bundle = _start(options, by)
        if options["finish"]:
            finishing.finish(bundle, version=bundle.version, by=by, leave_open=True)
        result = _result(bundle, by)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self.stdout.write(f"受付番号 {bundle.number}　様式 {len(result['papers'])}枚")


def _start(options: dict[str, Any], by: Actor) -> Bundle:
    catalogue = trying.current_catalogue()
    event = catalogue.events[trying.event_of(options["event"], catalogue)]
    refs = trying.refs_of(trying.number_given(options, event), by=by)
    file = trying.with_certificate(trying.read_answers(options["answers"]), options["certificate"])
    bundle = bundles.start(
        event.code,
        refs[0] if refs else None,
        applicant="self",
        on=trying.day_of(options["on"]),
        by=by,
        newcomers=trying.newcomers_of(file, event),
        outsiders=file.outsiders,
        elsewhere=trying.refs_of(options["others"], by=by),
    )
    bundles.identify(bundle, version=bundle.version, method="known", documents=[], by=by)
    agreed = _categories(options["agree"], bundle)
    bundles.agree(bundle, agreed, version=bundle.version, by=by)
    seen = catalogue.for_event(event.code)
    seats = seating.seats_of(bundle, by=by)
    answers = trying.seated(file.answers, seats, seen, seen.vocabulary(door.vocabulary()))
    try:
        replies.answer(bundle, answers, version=bundle.version, by=by, typed=file.typed)
    except answering.BadAnswers as bad:
        problems = "\n".join(f"{who} {fact}：{text}" for (who, fact), text in bad.messages.items())
        raise CommandError(f"回答ファイルを受け付けられません。\n{problems}") from None
    return bundle


def _categories(agree: str, bundle: Bundle) -> list[str]:
    if agree == "all":
        purpose = Engagement.objects.select_related("purpose").get(pk=bundle.engagement).purpose
        return list(purpose.by_consent)
    return [] if agree == "none" else agree.split(",")


def _result(bundle: Bundle, by: Actor) -> dict[str, Any]:
    if bundle.state == Bundle.State.FINISHED:
        content = snapshots.content(bundle, by=by)
    else:
        content = snapshots.freeze(open_bundle(bundle, by=by))
    pages = print_bundle(content).pages
    return {
        "bundle": bundle.number,
        "state": str(bundle.state),
        "papers": [
            {
                "paper": paper["code"],
                "procedure": paper["procedure"],
                "subject": paper["subject_id"],
                "pages": count,
            }
            for paper, count in zip(content["papers"], pages, strict=True)
        ],
        "fields": content["counts"]["fields"],
        "prefilled": content["counts"]["prefilled"],
        "typed_chars": bundle.typed_chars,
    }
