"""The record of second factors taken away: who asked, who agreed, why."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class FactorReset(models.Model):
    """再登録の依頼: one person asks that an account enrols anew, another confirms or drops it."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name="職員"
    )
    reason = models.CharField("理由", max_length=200)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    decided_at = models.DateTimeField(null=True)
    confirmed = models.BooleanField("承認", default=False)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                name="one_open_reset_per_account",
                fields=["account"],
                condition=models.Q(decided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="resets_take_two_people",
                condition=models.Q(confirmed=False)
                | (
                    models.Q(decided_by__isnull=False)
                    & ~models.Q(decided_by=models.F("asked_by"))
                    & ~models.Q(decided_by=models.F("account"))
                ),
            ),
        ]
