"""The places items have in a resident's text: those of the register's feed, then any other held."""

from django.db import migrations, models

# Before images hold a whole row of the register; of held rows those are meant that are for it.
HELD = """
SELECT DISTINCT name FROM (
    SELECT jsonb_object_keys(record) FROM residents_resident
    UNION SELECT jsonb_object_keys("row"->'record') FROM residents_beforeimage
        WHERE "table" = 'residents_resident'
    UNION SELECT jsonb_object_keys(record) FROM residents_heldrow
        WHERE delivery_id IN (SELECT id FROM residents_delivery WHERE feed = ANY(%s))
) found (name) ORDER BY name
"""


def fill(apps, schema_editor):
    """Number the items in the order of the feed file."""
    from residents.feed import Target, feeds  # noqa: PLC0415

    codes = [code for code, each in feeds().items() if each.target is Target.RESIDENT]
    names = [name for code in codes for name in feeds()[code].columns]
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(HELD, [codes])
        names += [name for (name,) in cursor.fetchall()]
    item_model = apps.get_model("residents", "RecordItem")
    item_model.objects.bulk_create(
        item_model(position=position, name=name)
        for position, name in enumerate(dict.fromkeys(names))
    )


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0018_deliveries_are_read_while_tables_fill"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordItem",
            fields=[
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        primary_key=True, serialize=False, verbose_name="位置"
                    ),
                ),
                ("name", models.TextField(unique=True, verbose_name="項目名")),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
