"""Who was once protected stays masked until the feed of protection is as new as the register."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0009_delivery_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="protection",
            name="awaiting",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="新しい連携を待って伏せる"
            ),
        ),
    ]
