"""The access log is append-only: the database refuses UPDATE, DELETE and TRUNCATE."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION consent_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; no other database may ever be.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = '42501';
END $$;
"""
TABLES = ("consent_accessentry", "consent_accesssubject")


def _triggers() -> str:
    return "".join(
        f"""
        CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION consent_refuse_change();
        CREATE TRIGGER append_only_table BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION consent_refuse_change();
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
    return drops + "DROP FUNCTION consent_refuse_change();"


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_accounts_and_log")]
    operations = [migrations.RunSQL(REFUSE + _triggers(), _drop())]
