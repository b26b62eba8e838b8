"""Online: what was handed in, and how people found it."""

from __future__ import annotations

from django.db import models


class Submission(models.Model):
    """The values frozen when a resident handed the bundle in online; what was filed then uses only these.

    Register data: read through door.look.
    """

    bundle = models.OneToOneField(
        "lifeevents.Bundle", primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    content = models.JSONField()
    visits = models.PositiveSmallIntegerField("窓口に残る手続の数", default=0)
    at = models.DateTimeField("申請日時", auto_now_add=True)


class Opinion(models.Model):
    """満足度: how many found it easy or hard in a month; no person and no bundle stands in it."""

    class Answer(models.TextChoices):
        EASY = "easy", "かんたんだった"
        FAIR = "fair", "ふつう"
        HARD = "hard", "むずかしかった"

    month = models.DateField("月の初日")
    event = models.SlugField("ライフイベント")
    channel = models.CharField("受付の経路", max_length=10)
    answer = models.CharField("答え", max_length=10, choices=Answer)
    count = models.PositiveIntegerField("件数", default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_count_per_answer", fields=["month", "event", "channel", "answer"]
            )
        ]
