"""manage.py propose: what a life event asks of a household, without starting anything."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consent import door, engagements
from lifeevents import answering, asking, proposal_json, proposals, seating, situation
from lifeevents.management import trying
from lifeevents.situation import Said


class Command(BaseCommand):
    help = (
        "Propose every procedure of an event for a household; saves only an engagement and its log."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        trying.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        result = _propose(options)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for each in result["proposals"]:
            reasons = " / ".join(because["text"] for because in each["because"])
            self.stdout.write(f"{each['verdict']:7} {each['name']}（{each['subject']}）{reasons}")


def _propose(options: dict[str, Any]) -> dict[str, Any]:
    by = trying.acting(options["account"])
    catalogue = trying.current_catalogue()
    event = catalogue.events[trying.event_of(options["event"], catalogue)]
    catalogue = catalogue.for_event(event.code)
    refs = trying.refs_of(trying.number_given(options, event), by=by)
    ref = refs[0] if refs else None
    file = trying.with_certificate(trying.read_answers(options["answers"]), options["certificate"])
    others = trying.refs_of(options["others"], by=by)
    on = trying.day_of(options["on"])
    ground = engagements.begin("trial", [*refs, *others], reference="", by=by)
    company = seating.gather(event, ref, others, engagement=ground.pk, by=by)
    engagements.close(ground.pk)
    seats = seating.arrange(
        event,
        company,
        ref,
        newcomers=trying.newcomers_of(file, event),
        outsiders=file.outsiders,
    )
    vocabulary = catalogue.vocabulary(door.vocabulary())
    answers = trying.seated(file.answers, seats, catalogue, vocabulary)
    said = {
        (subject, fact): Said(_read(fact, value, catalogue, vocabulary))
        for (subject, fact), value in answers.items()
    }
    now = situation.build(event, catalogue, seats, said, on=on, vocabulary=vocabulary)
    proposed = proposals.propose(now, catalogue)
    asks = asking.open_questions(now, catalogue, proposed)
    return proposal_json.document(now, proposed, asks, catalogue=trying.current_digest())


def _read(fact: str, value: Any, catalogue: Any, vocabulary: Any) -> Any:
    question = asking.question_for(fact, catalogue, vocabulary)
    if question is None:
        raise CommandError(f"回答ファイルの項目 {fact} は、聞く項目ではありません。")
    if value is None:
        return None
    choices = tuple(str(choice.value) for choice in question.choices)
    try:
        return answering.read(fact, question.type, value, choices, question.max_length)
    except answering.Unreadable as problem:
        raise CommandError(f"回答ファイルの項目 {fact}：{problem}") from None
