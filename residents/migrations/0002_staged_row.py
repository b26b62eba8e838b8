"""The staging table of imports: unlogged and without index, since it is emptied after each."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0001_register")]

    operations = [
        migrations.CreateModel(
            name="StagedRow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "delivery_id",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("delivery_id", models.UUIDField()),
                ("line", models.PositiveIntegerField(verbose_name="行番号")),
                ("number", models.TextField(verbose_name="宛名番号")),
                ("record_key", models.TextField(null=True, verbose_name="記録のキー")),
                ("version_key", models.TextField(db_collation="C", verbose_name="版の並び")),
                (
                    "version",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), size=None
                    ),
                ),
                ("record", models.JSONField(verbose_name="台帳の行")),
                ("row_hash", models.BinaryField(max_length=32)),
                ("reason", models.CharField(max_length=40, verbose_name="理由コード")),
                ("message", models.TextField(verbose_name="説明")),
            ],
            options={"managed": False},
        ),
        migrations.RunSQL(
            sql="""
                CREATE UNLOGGED TABLE residents_stagedrow (
                    delivery_id uuid NOT NULL,
                    line integer NOT NULL,
                    number text NOT NULL,
                    record_key text,
                    version_key text COLLATE "C" NOT NULL,
                    version text[] NOT NULL,
                    record jsonb NOT NULL,
                    row_hash bytea NOT NULL,
                    reason varchar(40) NOT NULL,
                    message text NOT NULL
                )
            """,
            reverse_sql="DROP TABLE residents_stagedrow",
        ),
    ]
