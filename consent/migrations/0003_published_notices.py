"""A published notice never changes (I9): the database refuses UPDATE, DELETE and TRUNCATE of purposes."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION consent_refuse_notice_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; no other database may ever be.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a published notice never changes; raise its version' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON consent_purpose
    FOR EACH ROW EXECUTE FUNCTION consent_refuse_notice_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON consent_purpose
    FOR EACH STATEMENT EXECUTE FUNCTION consent_refuse_notice_change();
ALTER TABLE consent_purpose ENABLE ALWAYS TRIGGER append_only_rows;
ALTER TABLE consent_purpose ENABLE ALWAYS TRIGGER append_only_table;
"""
ALLOW = """
DROP TRIGGER append_only_rows ON consent_purpose;
DROP TRIGGER append_only_table ON consent_purpose;
DROP FUNCTION consent_refuse_notice_change();
"""


class Migration(migrations.Migration):
    dependencies = [("consent", "0002_append_only_log")]
    operations = [migrations.RunSQL(REFUSE, ALLOW)]
