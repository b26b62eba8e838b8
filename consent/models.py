"""Who may look: accounts, categories, purposes, engagements and the access log."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Department(models.Model):
    """担当課; role groups hold `edit` on it."""

    code = models.SlugField("コード", primary_key=True)
    name = models.CharField("名称", max_length=60)

    class Meta:
        permissions = [("edit", "この課の手続を編集できる")]

    def __str__(self) -> str:
        return self.name


class Account(AbstractUser):
    """Anyone who signs in: staff, a resident (bound to one ref) or a system."""

    class Kind(models.TextChoices):
        STAFF = "staff", "職員"
        RESIDENT = "resident", "住民"
        SYSTEM = "system", "システム"

    kind = models.CharField("種別", max_length=10, choices=Kind, default=Kind.STAFF)
    display_name = models.CharField("表示名", max_length=60, blank=True)
    office = models.ForeignKey(
        Department, verbose_name="所属", null=True, blank=True, on_delete=models.PROTECT
    )
    ref = models.UUIDField("本人の参照", null=True, blank=True, unique=True)
    demo = models.BooleanField("見本用", default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="only_residents_are_bound",
                condition=models.Q(ref__isnull=True) | models.Q(kind="resident"),
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username


class Category(models.Model):
    """A class of facts (情報区分) with its own permission `see`."""

    code = models.SlugField("コード", primary_key=True)
    name = models.CharField("名称", max_length=40)
    examples = models.CharField("含まれるもの", max_length=200, blank=True)
    order = models.PositiveSmallIntegerField("並び順", default=0)

    class Meta:
        ordering = ["order"]
        permissions = [
            ("see", "この区分の情報を見られる"),
            ("reveal", "支援措置対象者の住所等を理由を示して表示できる"),
            ("protect", "支援措置を登録し、延長し、終了できる"),
        ]

    def __str__(self) -> str:
        return self.name


class Purpose(models.Model):
    """Why a record is opened (利用目的); one row per published notice version, never changed."""

    code = models.SlugField("コード")
    version = models.PositiveSmallIntegerField("版", default=1)
    name = models.CharField("名称", max_length=60)
    notice = models.TextField("説明文")
    legal_basis = models.CharField("根拠", max_length=200, blank=True)
    by_law = ArrayField(models.SlugField(), verbose_name="法令により見る区分", default=list)
    by_consent = ArrayField(models.SlugField(), verbose_name="同意により見る区分", default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_purpose_per_version", fields=["code", "version"])
        ]

    def __str__(self) -> str:
        return self.name


class Engagement(models.Model):
    """The standing ground for opening records: whose, why, by which office, until when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT)
    refs = ArrayField(models.UUIDField(), verbose_name="対象者の参照")
    named = ArrayField(
        models.UUIDField(), verbose_name="はじめに名指された方", default=list, blank=True
    )
    by_another = models.BooleanField("名指された方以外が来ている", default=False)
    reference = models.CharField("受付番号", max_length=40, blank=True)
    begun_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    office = models.CharField("所属", max_length=60, blank=True)
    begun_at = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField("期限")
    closed_at = models.DateTimeField("終了日時", null=True)
    agreed = ArrayField(
        models.SlugField(), verbose_name="同意のあった区分", default=list, blank=True
    )
    agreed_at = models.DateTimeField("同意日時", null=True)
    revealed = ArrayField(
        models.UUIDField(), verbose_name="住所等を表示した対象者", default=list, blank=True
    )

    if TYPE_CHECKING:
        permitted: list[str]  # these two as engagements.standing reads them
        as_of: list[dict[str, str]]

    class Meta:
        indexes = [models.Index(fields=["closed_at", "until"], name="engagement_open")]


class AccessEntry(models.Model):
    """One line of who opened what and why (アクセス記録); append-only, kept by a database trigger.

    No foreign keys: the log outlives what it speaks of. Whom it concerns stands in AccessSubject.
    """

    class Action(models.TextChoices):
        SEARCH = "search", "検索"
        OPEN = "open", "閲覧"
        LOOK = "look", "保存内容の閲覧"
        REVEAL = "reveal", "住所等の表示"
        AGREE = "agree", "同意の記録"
        PRINT = "print", "印刷"
        BIND = "bind", "本人との結び付け"
        PROTECT = "protect", "支援措置の管理"
        LIMIT = "limit", "検索の制限"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    action = models.CharField("操作", max_length=10, choices=Action)
    actor_kind = models.CharField("種別", max_length=10)
    account_id = models.BigIntegerField("操作者")
    role = models.CharField("役割", max_length=40)
    office = models.CharField("所属", max_length=60, blank=True)
    terminal = models.CharField("端末", max_length=60, blank=True)
    channel = models.CharField("経路", max_length=12)
    purpose = models.CharField("利用目的", max_length=60, blank=True)
    purpose_version = models.PositiveSmallIntegerField(null=True)
    reference = models.CharField("受付番号", max_length=40, blank=True)
    engagement = models.UUIDField(null=True)
    search_id = models.UUIDField(null=True, db_index=True)
    found_by = models.CharField("検索の手がかり", max_length=40, blank=True, default="")
    reason = models.CharField("理由", max_length=200, blank=True)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["account_id", "at"], name="accessentry_by_whom")]


class AccessSubject(models.Model):
    """One person an AccessEntry concerns, and the categories that were seen."""

    entry = models.ForeignKey(AccessEntry, on_delete=models.PROTECT, related_name="subjects")
    ref = models.UUIDField(db_index=True)
    categories = ArrayField(models.SlugField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_subject_row_per_entry", fields=["entry", "ref"])
        ]


class ReferenceGrant(models.Model):
    """A permission the reference file has given a role once; what a town took away is not given again."""

    role = models.CharField("役割", max_length=40)
    permission = models.CharField("権限", max_length=20)
    code = models.SlugField("区分または課")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="each_grant_given_once", fields=["role", "permission", "code"]
            )
        ]


# At the end, for they point at Account; Django finds models here alone.
from consent.decision_models import Decision as Decision  # noqa: E402
from consent.decision_models import Upload as Upload  # noqa: E402
from consent.measure_models import AdverseParty as AdverseParty  # noqa: E402
from consent.measure_models import CoveredPerson as CoveredPerson  # noqa: E402
from consent.measure_models import Measure as Measure  # noqa: E402
from consent.measure_models import MeasureStep as MeasureStep  # noqa: E402
from consent.measure_models import MeasureTransfer as MeasureTransfer  # noqa: E402
from consent.reset_models import FactorReset as FactorReset  # noqa: E402
from consent.retention_models import Disposal as Disposal  # noqa: E402
from consent.retention_models import RetentionHold as RetentionHold  # noqa: E402
