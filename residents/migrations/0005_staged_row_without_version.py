"""Staging keeps no separate version: it is in the row itself."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("residents", "0004_search_kinds")]

    operations = [
        migrations.RemoveField(model_name="stagedrow", name="version"),
        migrations.RunSQL(
            sql="ALTER TABLE residents_stagedrow DROP COLUMN version",
            reverse_sql="ALTER TABLE residents_stagedrow ADD COLUMN version text[] NOT NULL",
        ),
    ]
