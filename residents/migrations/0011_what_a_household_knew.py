"""What the household of a 相手方 knew of someone when a measure was entered (the frozen view)."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0010_awaiting_protection"),
    ]

    operations = [
        migrations.AddField(
            model_name="manualprotection",
            name="before",
            field=models.JSONField(null=True, verbose_name="登録したときの台帳の行"),
        ),
        migrations.AddField(
            model_name="manualprotection",
            name="entered_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="登録日時"),
        ),
        migrations.AddField(
            model_name="manualprotection",
            name="household_number",
            field=models.TextField(
                blank=True, default="", verbose_name="相手方と同じだった世帯番号"
            ),
        ),
        migrations.AddIndex(
            model_name="manualprotection",
            index=models.Index(
                condition=models.Q(("before__isnull", False)),
                fields=["household_number"],
                name="manual_protection_kept",
            ),
        ),
    ]
