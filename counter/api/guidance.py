"""Guidance without identity: people are described by answers, proposals and questions come back.

Nobody is looked up, nothing is kept, and facts no rule reads (names, addresses) are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent import door
from counter.api.access import anyone
from counter.api.answered import GuidanceSerializer
from counter.api.catalogue import offered_event
from counter.api.problems import Unprocessable
from counter.api.schema import documented
from lifeevents import guidance, proposal_json, versions
from lifeevents.answering import BadAnswers
from lifeevents.guidance import Described

MOST_PEOPLE, MOST_ANSWERS, LONGEST = 12, 200, 200
PERSON_ID = r"^[a-z][a-z0-9]{0,9}\Z"
FURTHEST = timedelta(days=2 * 366)
SHARED = ("bundle", "household")
"""What is nobody's own is answered about these two, so no person may be called so."""


@extend_schema_field(
    {"oneOf": [{"type": "boolean"}, {"type": "number"}, {"type": "string", "maxLength": LONGEST}]}
)
class Scalar(serializers.Field):
    """One answer: a truth value, a number, a short text, or null for わからない."""

    default_error_messages = {
        "scalar": gettext_lazy("真偽値、数、または200文字以内の文字にしてください。")
    }

    def to_internal_value(self, data: Any) -> Any:
        """The value as it came; how it is read depends on the fact."""
        if not isinstance(data, bool | int | float | str) or len(str(data)) > LONGEST:
            self.fail("scalar")
        return data

    def to_representation(self, value: Any) -> Any:
        """Never sent back."""
        return value


class PersonSerializer(serializers.Serializer):
    """One person, described and not named."""

    id = serializers.RegexField(PERSON_ID, help_text="この案内の中だけの記号（氏名は使わない）")
    role = serializers.CharField(max_length=40, help_text="役割（newborn、mother など）")
    facts = serializers.DictField(
        child=Scalar(allow_null=True), required=False, help_text="この方について分かっていること"
    )

    def validate_id(self, value: str) -> str:
        """Keep the shared subjects' names free."""
        if value in SHARED:
            raise serializers.ValidationError(_("この記号は使えません。"))
        return value


class AnswerSerializer(serializers.Serializer):
    """One answer about someone, the household or the whole bundle."""

    fact = serializers.CharField(max_length=60, help_text="項目のコード")
    subject = serializers.CharField(max_length=40, help_text="人の記号、household または bundle")
    value = Scalar(allow_null=True, help_text="答え。null は「わからない」")


class AskedSerializer(serializers.Serializer):
    """A life event and the people it concerns."""

    event = serializers.CharField(max_length=40, help_text="ライフイベントのコードまたは名称")
    on = serializers.DateField(required=False, help_text="届け出る日（前後2年まで、省くと今日）")
    participants = PersonSerializer(
        many=True,
        required=False,
        max_length=MOST_PEOPLE,
        help_text="関係する方。ほかの方はいないとみなす",
    )
    answers = AnswerSerializer(
        many=True, required=False, max_length=MOST_ANSWERS, help_text="質問への答え"
    )

    def validate_on(self, day: date) -> date:
        """A day for which the catalogue's rules are meant."""
        if abs(day - timezone.localdate()) > FURTHEST:
            raise serializers.ValidationError(_("今日から前後2年までの日にしてください。"))
        return day

    def validate_participants(self, people: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Everyone has an id of their own."""
        if len({each["id"] for each in people}) < len(people):
            raise serializers.ValidationError(_("同じ記号の方が2人います。"))
        return people


EXAMPLE = OpenApiExample(
    "出生：母が国民健康保険に加入している",
    request_only=True,
    value={
        "event": "birth",
        "on": "2026-11-22",
        "participants": [
            {"id": "n1", "role": "newborn", "facts": {"birth_date": "2026-11-10"}},
            {"id": "m1", "role": "mother", "facts": {"holds.nhi": True}},
            {"id": "f1", "role": "father"},
        ],
        "answers": [{"fact": "wants_card", "subject": "bundle", "value": True}],
    },
)


@anyone
@method_decorator(never_cache, name="dispatch")
class Guidance(APIView):
    """What a life event asks of the people described."""

    throttle_scope = "guidance"

    @documented(
        "guidance",
        "必要な手続の案内（本人を特定しない）",
        GuidanceSerializer,
        tag="案内",
        description=(
            "分かっていることを送ると、手続ごとの要否・理由・期限・持ち物と、次に聞くとよいことを返します。"
            "住民の記録は使わず、送られた内容は保存しません。"
            "判定に使わない項目は読まずに unused で知らせます。"
        ),
        body=AskedSerializer,
        examples=[EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Proposals of every verdict with their reasons, and the next questions, best first."""
        asked = AskedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(GuidanceSerializer(_guide(asked.validated_data)).data)


def _guide(asked: dict[str, Any]) -> dict[str, Any]:
    version, catalogue = versions.current()
    event = offered_event(asked["event"], catalogue)
    if event is None:
        raise Unprocessable({"/event": _("このライフイベントはありません。")})
    people = asked.get("participants", [])
    roles = guidance.roles_of(event)
    wrong = {
        f"/participants/{place}/role": _("この役割は使えません。使えるもの：%s") % "、".join(roles)
        for place, person in enumerate(people)
        if person["role"] not in roles
    }
    if wrong:
        raise Unprocessable(wrong)
    given = _given(asked)
    try:
        found = guidance.guide(
            event,
            tuple(Described(each["id"], each["role"]) for each in people),
            {pair: value for pair, (_pointer, value) in given.items()},
            on=asked.get("on") or timezone.localdate(),
            catalogue=catalogue,
            register=door.vocabulary(),
        )
    except BadAnswers as bad:
        raise Unprocessable({given[pair][0]: text for pair, text in bad.messages.items()}) from None
    shown = proposal_json.document(
        found.situation, found.proposed, found.asks, catalogue=version.digest
    )
    for subject in shown["subjects"]:
        if subject["kind"] == "resident":
            subject["kind"] = "participant"  # described as living here, but nobody was looked up
    unused = [{"subject": subject, "fact": fact} for subject, fact in found.unused]
    return {**shown, "unused": unused}


def _given(asked: dict[str, Any]) -> dict[tuple[str, str], tuple[str, Any]]:
    """{(subject, fact): (where it stands in the request, value)}; two answers to one are refused."""
    given: dict[tuple[str, str], tuple[str, Any]] = {}
    twice = {}
    for pair, pointer, value in _stated(asked):
        if pair in given:
            twice[pointer] = _("同じ項目への答えが2つあります。")
        given[pair] = (pointer, value)
    if twice:
        raise Unprocessable(twice)
    return given


def _stated(asked: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str, Any]]:
    for place, person in enumerate(asked.get("participants", [])):
        for fact, value in person.get("facts", {}).items():
            escaped = fact.replace("~", "~0").replace("/", "~1")
            yield (person["id"], fact), f"/participants/{place}/facts/{escaped}", value
    for place, each in enumerate(asked.get("answers", [])):
        yield (each["subject"], each["fact"]), f"/answers/{place}", each["value"]
