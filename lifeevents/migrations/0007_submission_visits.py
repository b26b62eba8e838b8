from django.db import migrations, models

AT_THE_COUNTER = ("visit", "counter", "of_another")


def count_visits(apps, schema_editor):
    """For what was handed in before: the procedures whose frozen checklist sends to a counter."""
    for each in apps.get_model("lifeevents", "Submission").objects.iterator():
        items = [item for group in each.content["checklist"] for item in group["items"]]
        each.visits = sum(item["reach"] in AT_THE_COUNTER for item in items)
        each.save(update_fields=["visits"])


class Migration(migrations.Migration):
    dependencies = [
        ("lifeevents", "0006_handed_in_online"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="visits",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="窓口に残る手続の数"),
        ),
        migrations.RunPython(count_visits, migrations.RunPython.noop, elidable=True),
    ]
