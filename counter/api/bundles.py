"""A resident's own bundles and how far they are, and nobody else's.

The list tells nothing that rests on the register; the procedures of one bundle do, and pass the door.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from consent.actors import actor_of
from consent.models import Account
from counter.api.access import residents
from counter.api.schema import documented
from lifeevents import progress, versions
from lifeevents.models import Application, Bundle
from lifeevents.progress import AtTheCounter

TAG = "ご本人の受付"
MOST = 100


class BundleSerializer(serializers.ModelSerializer):
    """One bundle in short."""

    name = serializers.SerializerMethodField(help_text="ライフイベントの名称")

    class Meta:
        model = Bundle
        fields = ["number", "event", "name", "channel", "state", "step", "on"]

    def get_name(self, bundle: Bundle) -> str:
        """The event's name in the version the bundle was started with."""
        return versions.of(bundle).events[bundle.event].name


class FiledSerializer(serializers.Serializer):
    """One procedure of a bundle."""

    procedure = serializers.CharField(help_text="手続のコード")
    name = serializers.CharField(help_text="手続の名称")
    department = serializers.CharField(help_text="担当課")
    state = serializers.ChoiceField(Application.State.choices, help_text="状態")
    deadline = serializers.DateField(allow_null=True, help_text="期限の日")


class BundlesSerializer(serializers.Serializer):
    """A resident's bundles, newest first."""

    bundles = BundleSerializer(many=True, help_text="受付（新しい順、100件まで）")


class BundleDetailSerializer(BundleSerializer):
    """One bundle with its procedures."""

    started_at = serializers.DateTimeField(help_text="受付を始めた日時")
    finished_at = serializers.DateTimeField(allow_null=True, help_text="完了した日時")
    applications = serializers.SerializerMethodField(
        help_text="手続（完了した受付のみ）。窓口でだけお答えするときは null"
    )

    class Meta(BundleSerializer.Meta):
        fields = [*BundleSerializer.Meta.fields, "started_at", "finished_at", "applications"]

    @extend_schema_field(FiledSerializer(many=True, allow_null=True))
    def get_applications(self, bundle: Bundle) -> list[dict[str, Any]] | None:
        """Its procedures, through the door; null where the counter alone may tell."""
        try:
            filed = progress.filed(bundle, by=self.context["by"])
        except AtTheCounter:
            return None
        return FiledSerializer(filed, many=True).data


@residents
@method_decorator(never_cache, name="dispatch")
class Bundles(APIView):
    """The bundles of the resident who asks."""

    throttle_scope = "bundles"

    @documented("bundles", "ご本人の受付の一覧", BundlesSerializer, tag=TAG, signed_in=True)
    def get(self, request: Request) -> Response:
        """Newest first."""
        return Response(BundlesSerializer({"bundles": _own(request.user)[:MOST]}).data)


@residents
@method_decorator(never_cache, name="dispatch")
class BundleDetail(APIView):
    """One bundle of the resident who asks; anybody else's is not found."""

    throttle_scope = "bundles"

    @documented("bundle", "受付の状況", BundleDetailSerializer, tag=TAG, signed_in=True, named=True)
    def get(self, request: Request, number: str) -> Response:
        """Its state, and its procedures with their deadlines once it is finished."""
        bundle = _own(request.user).filter(number=number).first()
        if bundle is None:
            raise Http404
        by = actor_of(request.user, terminal="", channel="api")
        return Response(BundleDetailSerializer(bundle, context={"by": by}).data)


def _own(account: Account) -> QuerySet[Bundle]:
    return Bundle.objects.filter(Q(filed_by=account) | Q(served_by=account))
