"""Bundles: everything one life event asks of one household, done in one go."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from lifeevents.ordered import OrderedJSON


class CatalogueVersion(models.Model):
    """One published catalogue, the immutable archive itself; bundles are bound to it."""

    digest = models.CharField(max_length=64, primary_key=True)
    name = models.CharField("版", max_length=40)
    document = OrderedJSON()
    published_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Bundle(models.Model):
    """受付: one life event of one household, with its 受付番号, channel and state."""

    class Channel(models.TextChoices):
        DESK = "desk", "窓口"
        ONLINE = "online", "オンライン"
        PRE_VISIT = "pre_visit", "事前受付"

    class State(models.TextChoices):
        OPEN = "open", "対応中"
        SUBMITTED = "submitted", "申請済み・窓口待ち"
        FINISHED = "finished", "完了"
        CANCELLED = "cancelled", "取消"

    class Step(models.TextChoices):
        IDENTIFY = "identify", "本人確認"
        AGREE = "agree", "同意"
        ASK = "ask", "聞き取り"
        CHECK = "check", "内容確認"
        SIGN = "sign", "署名"
        DONE = "done", "完了"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("受付番号", max_length=20, unique=True)
    event = models.SlugField("ライフイベント")
    catalogue = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField("受付の経路", max_length=10, choices=Channel)
    state = models.CharField("状態", max_length=10, choices=State, default=State.OPEN)
    step = models.CharField("段階", max_length=10, choices=Step, default=Step.IDENTIFY)
    version = models.PositiveIntegerField("更新番号", default=0)
    on = models.DateField("届出日")
    engagement = models.UUIDField("閲覧の根拠")
    office = models.CharField("所属", max_length=60, blank=True)
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    identified = models.JSONField("本人確認の記録", default=dict, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="オンラインで申請した住民",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    typed_chars = models.PositiveIntegerField("入力した文字数", default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    submitted_at = models.DateTimeField("申請日時", null=True)
    finished_at = models.DateTimeField(null=True)

    if TYPE_CHECKING:
        mine_open: int  # as bundles.find reads it
        visits: int | None  # as handing_in.waiting reads it

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["served_by", "state"], name="bundle_mine")]
        constraints = [
            models.CheckConstraint(
                name="finished_has_time",
                condition=~models.Q(state="finished") | models.Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="submitted_has_time",
                condition=~models.Q(state="submitted") | models.Q(submitted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Participant(models.Model):
    """Someone in the bundle: a resident by ref, or a person not (yet) in the register, entered once."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="participants")
    key = models.SlugField("受付内の記号")
    ref = models.UUIDField("住民の参照", null=True)
    roles = models.JSONField("役割", default=list)
    before = models.BooleanField("異動前の世帯員", default=False)
    after = models.BooleanField("異動後の世帯員", default=False)
    taking_part = models.BooleanField("手続に加わる", default=True)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(name="one_key_per_bundle", fields=["bundle", "key"]),
            models.UniqueConstraint(name="one_ref_per_bundle", fields=["bundle", "ref"]),
        ]


class Answer(models.Model):
    """One fact a person gave in this bundle (本人申告); value null is わからない."""

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="answers")
    subject = models.SlugField("対象", max_length=40)
    fact = models.CharField("項目", max_length=60)
    value = models.JSONField(null=True)
    corrects = models.BooleanField("台帳の値を直した", default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_answer_per_fact", fields=["bundle", "subject", "fact"]
            )
        ]


class Application(models.Model):
    """One procedure inside a finished bundle, for one subject, with its state."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "受付済み"
        GUIDED = "guided", "案内のみ"
        PENDING = "pending", "要確認"

    bundle = models.ForeignKey(Bundle, on_delete=models.CASCADE, related_name="applications")
    procedure = models.CharField("手続", max_length=60)
    subject = models.SlugField("対象", max_length=40)
    department = models.CharField("担当", max_length=60)
    state = models.CharField("状態", max_length=10, choices=State)
    deadline = models.DateField("期限", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_application_per_subject", fields=["bundle", "procedure", "subject"]
            )
        ]


class Snapshot(models.Model):
    """The values frozen at signature; papers use only this. Register data: read through door.look."""

    bundle = models.OneToOneField(
        Bundle, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    content = models.JSONField()
    signed_at = models.DateTimeField("署名日時")


class Publication(models.Model):
    """公開: from which day a catalogue is in force; append-only, kept by a database trigger (I9).

    The one with the highest number whose day has come counts.
    """

    class Origin(models.TextChoices):
        SHIPPED = "shipped", "出荷時"
        DRAFT = "draft", "変更案"

    number = models.PositiveIntegerField("版", primary_key=True)
    catalogue = models.ForeignKey(
        CatalogueVersion, on_delete=models.PROTECT, related_name="publications"
    )
    effective_from = models.DateField("適用日")
    origin = models.CharField("由来", max_length=10, choices=Origin)
    title = models.CharField("内容", max_length=80)
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField("公開日時", auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                name="published_by_two_people",
                condition=models.Q(origin="shipped")
                | (
                    models.Q(drafted_by__isnull=False)
                    & models.Q(approved_by__isnull=False)
                    & ~models.Q(drafted_by=models.F("approved_by"))
                ),
            )
        ]

    def __str__(self) -> str:
        return f"第{self.number}版"


class Draft(models.Model):
    """変更案: a change set {"procedures/child.allow": new object or null} of one department.

    `base` is the document its author saw; `brings` is the digest of a shipped catalogue whose
    changes it takes over, or "".
    """

    class State(models.TextChoices):
        EDITING = "editing", "作成中"
        SUBMITTED = "submitted", "承認待ち"
        PUBLISHED = "published", "公開済み"
        DISCARDED = "discarded", "取りやめ"

    title = models.CharField("変更の内容", max_length=80)
    department = models.ForeignKey(
        "consent.Department", verbose_name="担当課", on_delete=models.PROTECT, related_name="+"
    )
    base = models.ForeignKey(CatalogueVersion, on_delete=models.PROTECT, related_name="+")
    changes = OrderedJSON("変更", default=dict, blank=True)
    brings = models.CharField("取り込む出荷時の内容", max_length=64, blank=True)
    state = models.CharField("状態", max_length=10, choices=State, default=State.EDITING)
    version = models.PositiveIntegerField("更新番号", default=0)
    effective_from = models.DateField("適用日", null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    publication = models.OneToOneField(
        Publication, null=True, on_delete=models.PROTECT, related_name="draft"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.CheckConstraint(
                name="published_draft_has_publication",
                condition=models.Q(state="published", publication__isnull=False)
                | (~models.Q(state="published") & models.Q(publication__isnull=True)),
            )
        ]

    def __str__(self) -> str:
        return self.title


class DraftEvent(models.Model):
    """One line of what was done to a draft, by whom, when; append-only, kept by a database trigger."""

    class Kind(models.TextChoices):
        BEGUN = "begun", "作りはじめた"
        CHANGED = "changed", "変更した"
        RESOLVED = "resolved", "食い違いを解決した"
        SUBMITTED = "submitted", "承認を依頼した"
        WITHDRAWN = "withdrawn", "依頼を取り下げた"
        RETURNED = "returned", "差し戻した"
        PUBLISHED = "published", "承認して公開した"
        DISCARDED = "discarded", "取りやめた"

    WRITING = (Kind.BEGUN, Kind.CHANGED, Kind.RESOLVED)
    """Who did one of these wrote the draft, and may not approve it."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("操作", max_length=10, choices=Kind)
    key = models.CharField("対象", max_length=200, blank=True)
    note = models.CharField("コメント", max_length=400, blank=True)

    class Meta:
        ordering = ["at", "pk"]


from lifeevents.online_models import Opinion as Opinion  # noqa: E402
from lifeevents.online_models import Submission as Submission  # noqa: E402
