"""A step for naming one more 相手方."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consent", "0011_transfers_and_safe_contacts"),
    ]

    operations = [
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
                    ("against", "相手方を加えた"),
                    ("sent", "転送した"),
                    ("received", "転送を受けた"),
                    ("answered", "転送の受領を確認した"),
                ],
                max_length=10,
                verbose_name="操作",
            ),
        ),
    ]
