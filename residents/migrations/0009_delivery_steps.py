"""Steps of deliveries, rows of held ones, and what undoes an applied one."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0008_one_index_for_name_and_place"),
    ]

    operations = [
        migrations.CreateModel(
            name="HeldRow",
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
                ("record", models.JSONField(verbose_name="台帳の行")),
            ],
            options={
                "managed": False,
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="basis",
            field=models.UUIDField(null=True, verbose_name="比べた受領"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="held_after",
            field=models.PositiveIntegerField(null=True, verbose_name="反映後の件数"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="summary",
            field=models.JSONField(default=dict, verbose_name="何が変わるか"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="whole",
            field=models.BooleanField(default=True, verbose_name="全行を読み込んだ"),
        ),
        migrations.AddField(
            model_name="rejection",
            name="resolved_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="residents.delivery",
                verbose_name="解決した受領",
            ),
        ),
        migrations.CreateModel(
            name="BeforeImage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "table",
                    models.CharField(
                        choices=[
                            ("residents_resident", "住民"),
                            ("residents_holding", "記録"),
                            ("residents_protection", "支援措置"),
                            ("residents_searchkey", "検索キー"),
                        ],
                        max_length=24,
                    ),
                ),
                ("ref", models.UUIDField()),
                ("row", models.JSONField(verbose_name="行")),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.delivery",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeliveryStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="日時")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "受領"),
                            ("staged", "読込済み"),
                            ("checked", "確認済み"),
                            ("applied", "反映済み"),
                            ("held", "保留"),
                            ("refused", "拒否"),
                            ("rolled_back", "取消済み"),
                        ],
                        max_length=12,
                        verbose_name="状態",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="理由コード")),
                (
                    "by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        default=list,
                        size=None,
                        verbose_name="操作者",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="residents.delivery",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="LineHashes",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("part", models.PositiveSmallIntegerField()),
                ("layout", models.CharField(max_length=64)),
                ("keys", models.BinaryField()),
                ("numbers", models.BinaryField()),
                (
                    "delivery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="residents.delivery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "part"), name="one_row_per_part")
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="delivery", name="one_applied_delivery_per_file"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                name="one_applied_delivery_per_file",
                fields=["feed", "kind", "sha256", "as_of", "sequence"],
                condition=models.Q(state="applied"),
            ),
        ),
        migrations.RunSQL(
            sql="""
                CREATE TABLE residents_heldrow (
                    delivery_id uuid NOT NULL,
                    line integer NOT NULL,
                    number text NOT NULL,
                    record_key text,
                    version_key text COLLATE "C" NOT NULL,
                    record jsonb NOT NULL,
                    row_hash bytea NOT NULL,
                    reason varchar(40) NOT NULL,
                    message text NOT NULL
                );
                CREATE INDEX heldrow_delivery ON residents_heldrow (delivery_id);
                -- Hashes do not compress; trying costs time.
                ALTER TABLE residents_linehashes ALTER keys SET STORAGE EXTERNAL;
                ALTER TABLE residents_linehashes ALTER numbers SET STORAGE EXTERNAL;
            """,
            reverse_sql="DROP TABLE residents_heldrow",
        ),
    ]
