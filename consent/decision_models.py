"""What operators decide about deliveries, two by two, and files an operator hands over in the browser."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Decision(models.Model):
    """One operator's word about a delivery, the second one's, and what came of it.

    `together` are the deliveries it concerns, as both were shown them. A taking back keeps whose
    支援措置 stays standing (`protected`) and the lines of the access log behind its recall (`seen`).
    """

    class Kind(models.TextChoices):
        RELEASE = "release", "保留を解いて反映する"
        GIVE_UP = "give_up", "反映せずに取りやめる"
        TAKE_BACK = "take_back", "反映を取り消す"

    class State(models.TextChoices):
        ASKED = "asked", "2人目の確認を待っています"
        CONFIRMED = "confirmed", "処理しています"
        DONE = "done", "済みました"
        WITHDRAWN = "withdrawn", "取り下げました"
        FAILED = "failed", "できませんでした"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    delivery = models.ForeignKey("residents.Delivery", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("操作", max_length=10, choices=Kind)
    state = models.CharField("状態", max_length=10, choices=State, default=State.ASKED)
    together = ArrayField(models.UUIDField(), verbose_name="一緒に扱う受領", default=list)
    asked_by = models.ForeignKey("consent.Account", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(
        "consent.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField("確認日時", null=True)
    ended_at = models.DateTimeField("終わった日時", null=True)
    message = models.TextField("説明", blank=True)
    protected = ArrayField(models.UUIDField(), verbose_name="支援措置が残る方", default=list)
    seen = ArrayField(models.UUIDField(), verbose_name="見た記録", default=list)
    people = models.PositiveIntegerField("見られた人数", default=0)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_decision_per_delivery",
                fields=["delivery"],
                condition=models.Q(state__in=["asked", "confirmed"]),
            ),
            models.CheckConstraint(
                name="decided_by_two_operators",
                condition=models.Q(kind="give_up", confirmed_by__isnull=True)
                | models.Q(state__in=["asked", "withdrawn"], confirmed_by__isnull=True)
                | (
                    models.Q(confirmed_by__isnull=False)
                    & ~models.Q(asked_by=models.F("confirmed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Upload(models.Model):
    """Files handed over in the browser, and how far they are. What they hold is never here."""

    class State(models.TextChoices):
        COMING = "coming", "受け取っています"
        READING = "reading", "読み込んでいます"
        DONE = "done", "終わりました"
        FAILED = "failed", "取り込めませんでした"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    by = models.ForeignKey("consent.Account", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    state = models.CharField("状態", max_length=10, choices=State, default=State.COMING)
    doing = models.CharField("いましていること", max_length=300, blank=True)
    size = models.PositiveBigIntegerField("大きさ", default=0)
    reached = models.PositiveBigIntegerField("ここまで", default=0)
    moved_at = models.DateTimeField("最後に進んだ日時", auto_now_add=True)
    message = models.TextField("説明", blank=True)
    deliveries = ArrayField(models.UUIDField(), verbose_name="受領", default=list)

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return str(self.pk)
