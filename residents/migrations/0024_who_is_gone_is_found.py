"""Disposal finds who is gone without looking at everybody; the indexes are empty until somebody is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0023_line_stretches"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", False)),
                fields=["gone_at"],
                name="holding_gone",
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                condition=models.Q(("gone_at__isnull", False)),
                fields=["gone_at"],
                name="resident_gone",
            ),
        ),
    ]
