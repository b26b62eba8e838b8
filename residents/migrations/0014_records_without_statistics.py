"""No query asks what is common in a record: looking at samples of it is most of ANALYZE."""

from django.db import migrations

SET = "ALTER TABLE {} ALTER record SET STATISTICS {};"
TABLES = ("residents_resident", "residents_holding")


class Migration(migrations.Migration):
    dependencies = [("residents", "0013_search_filtered_in_indexes")]

    operations = [
        migrations.RunSQL(
            "".join(SET.format(table, 0) for table in TABLES),
            "".join(SET.format(table, -1) for table in TABLES),
        )
    ]
