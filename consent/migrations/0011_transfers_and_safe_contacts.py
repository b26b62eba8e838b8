"""Transfers to other municipalities, the safe contact, and who entered and who decided a measure."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0010_factor_resets"),
    ]

    operations = [
        migrations.CreateModel(
            name="MeasureTransfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "他の市区町村へ送った"), ("in", "他の市区町村から届いた")],
                        max_length=3,
                        verbose_name="向き",
                    ),
                ),
                ("sealed", models.BinaryField(verbose_name="市区町村、担当、文書番号（暗号化）")),
                ("sent_on", models.DateField(verbose_name="送付または受領の日")),
                ("acknowledged_on", models.DateField(null=True, verbose_name="受領の確認の日")),
            ],
            options={
                "ordering": ["sent_on", "pk"],
            },
        ),
        migrations.AddField(
            model_name="measure",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="entered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="measure",
            name="safe_contact",
            field=models.BinaryField(null=True, verbose_name="安全な連絡先（暗号化）"),
        ),
        migrations.AddField(
            model_name="measure",
            name="verified",
            field=models.CharField(
                blank=True,
                choices=[
                    ("in_person", "会って、本人と確かめた"),
                    ("code_word", "安全な電話で、合言葉を確かめた"),
                ],
                max_length=12,
                verbose_name="本人の確認",
            ),
        ),
        migrations.AlterField(
            model_name="measure",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("wish", "申出者からの終了の申出"),
                    ("not_needed", "必要性が確認されなかった（仮支援措置）"),
                    ("not_renewed", "期間が過ぎ、延長しないことを申出者に確認した"),
                    ("no_answer", "期間と猶予が過ぎ、申出者と連絡がとれない"),
                    ("transferred", "他の市区町村へ引き継いだ"),
                    ("mistake", "登録の誤り"),
                ],
                max_length=12,
                verbose_name="終了の理由",
            ),
        ),
        migrations.AlterField(
            model_name="measurestep",
            name="kind",
            field=models.CharField(
                choices=[
                    ("set_up", "登録した"),
                    ("extended", "延長した"),
                    ("decided", "支援措置に決定した"),
                    ("asked", "終了を依頼した"),
                    ("withdrawn", "終了の依頼を取り下げた"),
                    ("confirmed", "終了を確認した"),
                    ("lifted", "終了した"),
                    ("contact", "安全な連絡先を変えた"),
                    ("sent", "転送した"),
                    ("received", "転送を受けた"),
                    ("answered", "転送の受領を確認した"),
                ],
                max_length=10,
                verbose_name="操作",
            ),
        ),
        migrations.AddConstraint(
            model_name="measure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    ("entered_by__isnull", True),
                    models.Q(("decided_by", models.F("entered_by")), _negated=True),
                    _connector="OR",
                ),
                name="measure_decided_by_another",
            ),
        ),
        migrations.AddField(
            model_name="measuretransfer",
            name="measure",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transfers",
                to="consent.measure",
            ),
        ),
    ]
