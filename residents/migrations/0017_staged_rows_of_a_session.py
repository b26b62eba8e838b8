"""Staged rows stand in temporary tables now: what a killed import left in the common one goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0016_search_keys_without_spaces"),
    ]

    operations = [
        migrations.RunSQL("TRUNCATE residents_stagedrow", migrations.RunSQL.noop),
    ]
