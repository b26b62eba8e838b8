"""Lines of a 全件 are compared by stretches: what was kept of them goes, and the next 全件 is read whole."""

from django.db import migrations, models

_BLOBS = ("stretches", "keys", "numbers")


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0022_surnames_beside_places"),
    ]

    operations = [
        migrations.RunSQL(
            "TRUNCATE residents_linechanges, residents_linehashes", migrations.RunSQL.noop
        ),
        migrations.AddField(
            model_name="linehashes",
            name="stretches",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
        migrations.RunSQL(
            [
                f"ALTER TABLE residents_linehashes ALTER COLUMN {name} SET STORAGE EXTERNAL"
                for name in _BLOBS
            ],
            migrations.RunSQL.noop,
        ),
        *(
            migrations.RemoveField(model_name="linechanges", name=name)
            for name in ("layout", "touched", "keys", "numbers")
        ),
        migrations.AddField(
            model_name="linechanges",
            name="dropped",
            field=models.BinaryField(default=b""),
            preserve_default=False,
        ),
    ]
