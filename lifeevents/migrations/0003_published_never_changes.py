"""What was published never changes (I9): the database refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION lifeevents_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; no other database may ever be.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'what was published never changes' USING ERRCODE = '42501';
END $$;
"""
TABLES = ("lifeevents_catalogueversion", "lifeevents_publication", "lifeevents_draftevent")


def _triggers() -> str:
    return "".join(
        f"""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION lifeevents_refuse_change();
        CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION lifeevents_refuse_change();
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_rows;
        ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only_table;
        """
        for table in TABLES
    )


def _drop() -> str:
    drops = "".join(
        f"DROP TRIGGER append_only_rows ON {t}; DROP TRIGGER append_only_table ON {t};"
        for t in TABLES
    )
    return drops + "DROP FUNCTION lifeevents_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("lifeevents", "0002_catalogue_publications")]
    operations = [migrations.RunSQL(REFUSE + _triggers(), _drop())]
