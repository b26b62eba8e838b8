"""Deliveries of the core systems: what came, what became of it, and what undoes it again."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Delivery(models.Model):
    """One received file of a feed (連携ファイル) and what became of it."""

    class Kind(models.TextChoices):
        FULL = "full", "全件"
        CHANGES = "changes", "差分"

    class State(models.TextChoices):
        RECEIVED = "received", "受領"
        STAGED = "staged", "読込済み"
        CHECKED = "checked", "確認済み"
        APPLIED = "applied", "反映済み"
        HELD = "held", "保留"
        REFUSED = "refused", "拒否"
        ROLLED_BACK = "rolled_back", "取消済み"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    feed = models.CharField("連携データ", max_length=40)
    kind = models.CharField("連携区分", max_length=10, choices=Kind)
    file_name = models.CharField("ファイル名", max_length=255)
    sha256 = models.CharField(max_length=64)
    as_of = models.DateTimeField("基準日時")
    sequence = models.PositiveIntegerField("連番", default=1)
    set_id = models.UUIDField("受領の組", default=uuid.uuid4)
    state = models.CharField("状態", max_length=12, choices=State, default=State.RECEIVED)
    rows = models.PositiveIntegerField("行数", default=0)
    new = models.PositiveIntegerField("追加", default=0)
    changed = models.PositiveIntegerField("変更", default=0)
    gone = models.PositiveIntegerField("消滅", default=0)
    unchanged = models.PositiveIntegerField("変更なし", default=0)
    rejected = models.PositiveIntegerField("取込不可", default=0)
    dropped_columns = ArrayField(models.CharField(max_length=100), default=list)
    reason = models.CharField("理由コード", max_length=40, blank=True)
    message = models.TextField("説明", blank=True)
    seconds = models.FloatField("所要秒数", default=0)
    file_size = models.PositiveBigIntegerField("ファイルの大きさ", default=0)
    file_modified = models.DateTimeField("ファイルの更新日時", null=True)
    received_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField("反映日時", null=True)
    held_after = models.PositiveIntegerField("反映後の件数", null=True)
    whole = models.BooleanField("全行を読み込んだ", default=True)
    basis = models.UUIDField("比べた受領", null=True)
    summary = models.JSONField("何が変わるか", default=dict)

    class Meta:
        indexes = [models.Index(fields=["feed", "-as_of"], name="delivery_feed_as_of")]
        constraints = [
            models.CheckConstraint(
                name="applied_has_time",
                condition=~models.Q(state="applied") | models.Q(applied_at__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_applied_delivery_per_file",
                fields=["feed", "kind", "sha256", "as_of", "sequence"],
                condition=models.Q(state="applied"),
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class DeliveryStep(models.Model):
    """One step of a delivery from state to state, and the accounts that took it (two, or none)."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField("日時", auto_now_add=True)
    state = models.CharField("状態", max_length=12, choices=Delivery.State)
    reason = models.CharField("理由コード", max_length=40, blank=True)
    by = ArrayField(models.BigIntegerField(), verbose_name="操作者", default=list)

    class Meta:
        ordering = ["pk"]


class Rejection(models.Model):
    """One refused row (取込不可行) with its reason, kept until someone resolves it."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="rejections")
    line = models.PositiveIntegerField("行番号")
    reason = models.CharField("理由コード", max_length=40)
    message = models.TextField("説明")
    columns = models.JSONField("残した項目", default=dict)
    resolved_at = models.DateTimeField("解決日時", null=True)
    resolved_by = models.ForeignKey(
        Delivery, verbose_name="解決した受領", null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["delivery", "line"]


class StagedRow(models.Model):
    """One row of a delivery while it is being imported (読込中の行), in a table of that import's session.

    This one stays empty: it is what those are made after, without an index. Made in the migration.
    """

    pk = models.CompositePrimaryKey("delivery_id", "line")
    delivery_id = models.UUIDField()
    line = models.PositiveIntegerField("行番号")
    number = models.TextField("宛名番号")
    record_key = models.TextField("記録のキー", null=True)  # noqa: DJ001
    version_key = models.TextField("版の並び", db_collation="C")
    record = models.JSONField("台帳の行")
    record_text = models.TextField("台帳の行（住民のときに保存する形）")
    row_hash = models.BinaryField(max_length=32)
    reason = models.CharField("理由コード", max_length=40)
    message = models.TextField("説明")

    class Meta:
        managed = False


class HeldRow(models.Model):
    """A staged row of a held delivery, kept until it is released or refused; made in the migration.

    The columns are those of StagedRow, but the table is logged: it survives a crash.
    """

    pk = models.CompositePrimaryKey("delivery_id", "line")
    delivery_id = models.UUIDField()
    line = models.PositiveIntegerField("行番号")
    number = models.TextField("宛名番号")
    record = models.JSONField("台帳の行")

    class Meta:
        managed = False


class BeforeImage(models.Model):
    """A row as it was before a delivery changed it (取消に使う控え): what undoes the delivery."""

    class Table(models.TextChoices):
        RESIDENT = "residents_resident", "住民"
        HOLDING = "residents_holding", "記録"
        PROTECTION = "residents_protection", "支援措置"
        KEY = "residents_searchkey", "検索キー"

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=24, choices=Table)
    ref = models.UUIDField()
    row = models.JSONField("行")


class LineHashes(models.Model):
    """What the lines of a 全件 were: 128 bits of each line, and whose it is, a part of them in each row.

    `stretches` are 16 bytes of a few lines at once and how many these are (4 bytes); `keys` 16 bytes of
    each line, `numbers` its 宛名番号 in 16 bytes. What was rejected has neither, nor has its stretch.
    `layout` tells the feed and the header they were read with. None of the three can be compressed.
    """

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    part = models.PositiveSmallIntegerField()
    layout = models.CharField(max_length=64)
    stretches = models.BinaryField()
    keys = models.BinaryField()
    numbers = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_row_per_part", fields=["delivery", "part"])
        ]


class LineChanges(models.Model):
    """That the lines of a 全件 are those of an earlier one (`base`), but for its own LineHashes.

    `dropped` are the stretches of the base it has not: their places among all, 4 bytes each.
    """

    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    dropped = models.BinaryField()
