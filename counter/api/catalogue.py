"""What the catalogue offers: life events, their procedures, and the facts guidance can use."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent import door
from counter.api.access import anyone
from counter.api.schema import documented
from lifeevents import asking, guidance, versions
from lifeevents.entries import Catalogue, Event, Procedure
from residents.facts import FactType, Of

KINDS = (
    ("bool", "はい・いいえ"),
    ("choice", "選択肢から1つ"),
    ("date", "日付"),
    ("number", "数"),
    ("text", "文字"),
)
OWNERS = ((Of.PERSON.value, "人"), (Of.HOUSEHOLD.value, "世帯"), (Of.BUNDLE.value, "手続全体"))
TAG = "手続の一覧"


class ProcedureSerializer(serializers.Serializer):
    """One procedure, whoever it may be needed for."""

    procedure = serializers.CharField(help_text="手続のコード")
    name = serializers.CharField(help_text="手続の名称")
    summary = serializers.CharField(help_text="手続の説明")
    department = serializers.CharField(help_text="担当課")
    place = serializers.CharField(help_text="窓口の場所")
    deadline_text = serializers.CharField(help_text="期限の説明")
    documents = serializers.ListField(
        child=serializers.CharField(), help_text="持ち物（条件により必要なものを含む）"
    )
    online = serializers.CharField(
        help_text="complete（オンラインで完結）、pre_application（事前申請）、counter（窓口）"
    )
    law = serializers.CharField(help_text="根拠法令")


class EventSerializer(serializers.Serializer):
    """One life event with its procedures."""

    event = serializers.CharField(help_text="ライフイベントのコード")
    name = serializers.CharField(help_text="ライフイベントの名称")
    description = serializers.CharField(help_text="説明")
    procedures = ProcedureSerializer(many=True, help_text="手続（引き継ぐものを含む）")


class EventsSerializer(serializers.Serializer):
    """Every life event of the catalogue's current version."""

    catalogue = serializers.CharField(help_text="手続一覧の版（SHA-256）")
    events = EventSerializer(many=True, help_text="ライフイベント")


class ChoiceSerializer(serializers.Serializer):
    """One answer to choose."""

    value = serializers.JSONField(help_text="送る値（文字または真偽値）")
    label = serializers.CharField(help_text="表示する言葉")


class FactSerializer(serializers.Serializer):
    """One fact guidance can use."""

    fact = serializers.CharField(help_text="項目のコード")
    of = serializers.ChoiceField(OWNERS, help_text="だれについての項目か")
    type = serializers.ChoiceField(KINDS, help_text="値の種類")
    text = serializers.CharField(help_text="質問の文")
    choices = ChoiceSerializer(many=True, help_text="選択肢")


class DescribedEventSerializer(EventSerializer):
    """One life event with everything guidance about it can use."""

    catalogue = serializers.CharField(help_text="手続一覧の版（SHA-256）")
    roles = serializers.ListField(child=serializers.CharField(), help_text="人に付けられる役割")
    facts = FactSerializer(many=True, help_text="判定に使う項目。ほかの項目は使いません")


@anyone
@method_decorator(never_cache, name="dispatch")
class Events(APIView):
    """Every life event one may ask about."""

    throttle_scope = "catalogue"

    @documented("events", "ライフイベントと手続の一覧", EventsSerializer, tag=TAG)
    def get(self, request: Request) -> Response:
        """Events in the catalogue's order."""
        version, catalogue = versions.current()
        offered = sorted(
            (each for each in catalogue.events.values() if each.offered), key=lambda e: e.order
        )
        events = [_event(each, catalogue) for each in offered]
        return Response(EventsSerializer({"catalogue": version.digest, "events": events}).data)


@anyone
@method_decorator(never_cache, name="dispatch")
class EventDetail(APIView):
    """One life event."""

    throttle_scope = "catalogue"

    @documented(
        "event",
        "ライフイベントの手続と、案内に使う役割・項目",
        DescribedEventSerializer,
        tag=TAG,
        named=True,
    )
    def get(self, request: Request, event: str) -> Response:
        """The event with the roles and facts guidance knows."""
        version, catalogue = versions.current()
        found = offered_event(event, catalogue)
        if found is None:
            raise Http404
        described = {
            **_event(found, catalogue),
            "catalogue": version.digest,
            "roles": guidance.roles_of(found),
            "facts": _facts(found, catalogue),
        }
        return Response(DescribedEventSerializer(described).data)


def offered_event(name: str, catalogue: Catalogue) -> Event | None:
    """The event of a code or a Japanese name, if the catalogue offers it."""
    for code, event in catalogue.events.items():
        if event.offered and name in (code, event.name):
            return event
    return None


def _event(event: Event, catalogue: Catalogue) -> dict[str, Any]:
    catalogue = catalogue.for_event(event.code)
    procedures = catalogue.procedures_of(event.code, timezone.localdate())
    return {
        "event": event.code,
        "name": event.name,
        "description": event.description,
        "procedures": [_procedure(each, catalogue) for each in procedures],
    }


def _procedure(procedure: Procedure, catalogue: Catalogue) -> dict[str, Any]:
    department = catalogue.departments[procedure.department]
    return {
        "procedure": procedure.code,
        "name": procedure.name,
        "summary": procedure.summary,
        "department": department.name,
        "place": department.place,
        "deadline_text": procedure.deadline.text,
        "documents": [document.name for document in procedure.documents],
        "online": procedure.online,
        "law": procedure.law,
    }


def _facts(event: Event, catalogue: Catalogue) -> list[dict[str, Any]]:
    catalogue = catalogue.for_event(event.code)
    vocabulary = catalogue.vocabulary(door.vocabulary())
    used = guidance.facts_used(event, catalogue, timezone.localdate())
    questions = (asking.question_for(fact, catalogue, vocabulary) for fact in sorted(used))
    return [
        {
            "fact": question.fact,
            "of": vocabulary[question.fact].of.value,
            "type": "text" if question.type is FactType.NAME else question.type.value,
            "text": question.text,
            "choices": [{"value": c.value, "label": c.label} for c in question.choices],
        }
        for question in questions
        if question
    ]
