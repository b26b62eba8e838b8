"""No number is searched by its beginning with LIKE: the indexes Django makes for that are dropped."""

from django.db import migrations

DROP = """
DO $$
DECLARE unused regclass;
BEGIN
    FOR unused IN
        SELECT indexrelid FROM pg_index JOIN pg_opclass kind ON kind.oid = indclass[0]
        WHERE kind.opcname IN ('text_pattern_ops', 'varchar_pattern_ops') AND indrelid IN (
            'residents_identity'::regclass, 'residents_resident'::regclass,
            'residents_household'::regclass, 'residents_recorditem'::regclass
        )
    LOOP
        EXECUTE format('DROP INDEX %s', unused);
    END LOOP;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0020_record_as_text"),
    ]

    operations = [
        migrations.RunSQL(DROP, migrations.RunSQL.noop),
    ]
