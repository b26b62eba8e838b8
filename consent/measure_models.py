"""支援措置 entered in the town's own screens: the measure, whom it covers, against whom, what was done."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Measure(models.Model):
    """支援措置 entered here (住民記録システム標準仕様書 3.1–3.4). Its end date ends nothing.

    `from_core`: what is noted here of one that the core system sends; it begins and ends there.
    Ending one of ours, or letting someone leave it (`leaving`), takes two people and a hold until `lifts_at`.
    """

    class Kind(models.TextChoices):
        FULL = "1", "支援措置"
        PROVISIONAL = "2", "仮支援措置"

    class Cause(models.TextChoices):
        VIOLENCE = "violence", "配偶者からの暴力"
        STALKING = "stalking", "ストーカー行為等"
        CHILD_ABUSE = "child_abuse", "児童虐待等"
        OTHER = "other", "その他これらに準ずるもの"

    class Opinion(models.TextChoices):
        """Who has confirmed that it is needed (相談機関等の意見)."""

        NONE = "", "まだない（仮支援措置）"
        POLICE = "police", "警察"
        CENTER = "center", "配偶者暴力相談支援センター等"
        CHILD_CENTER = "child_center", "児童相談所"
        COURT = "court", "裁判所の保護命令等"
        OTHER = "other", "その他の相談機関"

    class Ending(models.TextChoices):
        WISH = "wish", "申出者からの終了の申出"
        NOT_NEEDED = "not_needed", "必要性が確認されなかった（仮支援措置）"
        NOT_RENEWED = "not_renewed", "期間が過ぎ、延長しないことを申出者に確認した"
        NO_ANSWER = "no_answer", "期間と猶予が過ぎ、申出者と連絡がとれない"
        TRANSFERRED = "transferred", "他の市区町村へ引き継いだ"
        MISTAKE = "mistake", "登録の誤り"

    class Verified(models.TextChoices):
        """How the applicant was known when they said that it may end."""

        IN_PERSON = "in_person", "会って、本人と確かめた"
        CODE_WORD = "code_word", "安全な電話で、合言葉を確かめた"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_core = models.BooleanField("基幹システムから連携された", default=False)
    kind = models.CharField("支援措置区分", max_length=1, choices=Kind)
    cause = models.CharField("申出の理由", max_length=12, choices=Cause, blank=True)
    opinion = models.CharField("相談機関等の意見", max_length=12, choices=Opinion, blank=True)
    scopes = ArrayField(models.SlugField(), verbose_name="対象事務", default=list)
    starts_on = models.DateField("支援措置開始年月日")
    ends_on = models.DateField("支援措置終了年月日")
    entered_by = models.ForeignKey(
        "consent.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        "consent.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    safe_contact = models.BinaryField("安全な連絡先（暗号化）", null=True)
    leaving = ArrayField(
        models.UUIDField(), verbose_name="外れる方の参照", default=list, blank=True
    )
    ending = models.CharField("終了の理由", max_length=12, choices=Ending, blank=True)
    verified = models.CharField("本人の確認", max_length=12, choices=Verified, blank=True)
    asked_by = models.ForeignKey(
        "consent.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_by = models.ForeignKey(
        "consent.Account", null=True, on_delete=models.PROTECT, related_name="+"
    )
    lifts_at = models.DateTimeField("解除の日時", null=True)
    ended_at = models.DateTimeField("終了日時", null=True)

    class Meta:
        ordering = ["ends_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="measure_ended_by_two_people",
                condition=models.Q(confirmed_by__isnull=True, lifts_at__isnull=True)
                | (
                    models.Q(asked_by__isnull=False, lifts_at__isnull=False)
                    & ~models.Q(asked_by=models.F("confirmed_by"))
                ),
            ),
            models.CheckConstraint(
                name="measure_decided_by_another",
                condition=models.Q(decided_by__isnull=True)
                | models.Q(entered_by__isnull=True)
                | ~models.Q(decided_by=models.F("entered_by")),
            ),
            models.CheckConstraint(
                name="measure_ended_only_when_confirmed",
                condition=models.Q(ended_at__isnull=True)
                | models.Q(confirmed_by__isnull=False)
                | models.Q(from_core=True),
            ),
            models.CheckConstraint(
                name="measure_of_the_core_system_ends_there",
                condition=models.Q(from_core=False)
                | models.Q(asked_by__isnull=True, decided_by__isnull=True),
            ),
            models.CheckConstraint(
                name="measure_entered_here_has_its_cause",
                condition=models.Q(from_core=True) | ~models.Q(cause=""),
            ),
            models.CheckConstraint(
                name="measure_ends_after_its_start",
                condition=models.Q(ends_on__gt=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CoveredPerson(models.Model):
    """Whom a measure protects: 申出者, or someone 併せて支援を求める者, by ref."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="covered")
    ref = models.UUIDField("対象者の参照", db_index=True)
    is_applicant = models.BooleanField("申出者", default=False)
    left_at = models.DateTimeField("外れた日時", null=True)

    class Meta:
        ordering = ["-is_applicant", "pk"]
        constraints = [
            models.UniqueConstraint(name="covered_once_per_measure", fields=["measure", "ref"])
        ]


class AdverseParty(models.Model):
    """相手方 of a measure: a ref where they are in the register, else only the sealed words."""

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="adverse")
    ref = models.UUIDField("相手方の参照", null=True, db_index=True)
    sealed = models.BinaryField("氏名、生年月日、住所（暗号化）")


class MeasureTransfer(models.Model):
    """転送: a measure made known to another municipality, or by one; open until the other has answered.

    Which municipality it is tells where someone has gone, so its name is sealed.
    """

    class Direction(models.TextChoices):
        OUT = "out", "他の市区町村へ送った"
        IN = "in", "他の市区町村から届いた"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="transfers")
    direction = models.CharField("向き", max_length=3, choices=Direction)
    sealed = models.BinaryField("市区町村、担当、文書番号（暗号化）")
    sent_on = models.DateField("送付または受領の日")
    acknowledged_on = models.DateField("受領の確認の日", null=True)

    class Meta:
        ordering = ["sent_on", "pk"]


class MeasureStep(models.Model):
    """One thing done to a measure, by whom and when; the access log has it too."""

    class Kind(models.TextChoices):
        SET_UP = "set_up", "登録した"
        EXTENDED = "extended", "延長した"
        DECIDED = "decided", "支援措置に決定した"
        ASKED = "asked", "終了を依頼した"
        WITHDRAWN = "withdrawn", "終了の依頼を取り下げた"
        CONFIRMED = "confirmed", "終了を確認した"
        LIFTED = "lifted", "終了した"
        CONTACT = "contact", "安全な連絡先を変えた"
        AGAINST = "against", "相手方を加えた"
        TAKEN_UP = "taken_up", "連携された措置に相手方を加え始めた"
        STANDS_AGAIN = "again", "終了の連携が取り消され、続く"
        SENT = "sent", "転送した"
        RECEIVED = "received", "転送を受けた"
        ANSWERED = "answered", "転送の受領を確認した"

    measure = models.ForeignKey(Measure, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField("操作", max_length=10, choices=Kind)
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey("consent.Account", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["at", "pk"]
