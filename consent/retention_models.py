"""保存期間: holds that stop a disposal, and the proof of each disposal."""

from __future__ import annotations

import uuid

from django.db import models


class RetentionHold(models.Model):
    """廃棄の停止: what concerns one person or one 受付番号 is kept, why and until when.

    It stands until its day has passed or someone lifts it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ref = models.UUIDField("対象者の参照", null=True)
    bundle = models.CharField("受付番号", max_length=40, blank=True)
    why = models.CharField("理由", max_length=200)
    until = models.DateField("いつまで")
    placed_by = models.ForeignKey("consent.Account", on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.ForeignKey(
        "consent.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField("解除日時", null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_names_a_person_or_a_bundle",
                condition=models.Q(ref__isnull=False, bundle="")
                | (models.Q(ref__isnull=True) & ~models.Q(bundle="")),
            )
        ]


class Disposal(models.Model):
    """廃棄の記録: one batch a rule disposed of, written in the batch's transaction; append-only.

    `digest` is SHA-256 over the keys of the removed rows, sorted; no value of theirs is kept.
    """

    rule = models.SlugField("規則")
    version = models.PositiveSmallIntegerField("規則の版")
    period = models.CharField("保存期間", max_length=20)
    before = models.DateTimeField("この時点より前のもの")
    removed = models.JSONField("表ごとの件数")
    digest = models.CharField(max_length=64)
    by = models.CharField("操作者", max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
