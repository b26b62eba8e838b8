"""Details of the access log may be emptied by one function alone; proofs of disposal are append-only.

Also notes what the first version of the reference file gave its roles, so that a permission a town
has taken away since is not given again.
"""

from django.db import migrations

DISPOSAL = """
CREATE FUNCTION consent_refuse_disposal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Test databases are emptied between tests; no other database may ever be.
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'a proof of disposal never changes' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON consent_disposal
    FOR EACH ROW EXECUTE FUNCTION consent_refuse_disposal_change();
CREATE TRIGGER append_only_table BEFORE TRUNCATE ON consent_disposal
    FOR EACH STATEMENT EXECUTE FUNCTION consent_refuse_disposal_change();
ALTER TABLE consent_disposal ENABLE ALWAYS TRIGGER append_only_rows;
ALTER TABLE consent_disposal ENABLE ALWAYS TRIGGER append_only_table;
"""
NO_DISPOSAL = """
DROP TRIGGER append_only_rows ON consent_disposal;
DROP TRIGGER append_only_table ON consent_disposal;
DROP FUNCTION consent_refuse_disposal_change();
"""

# The entry itself stays for ever: who looked, when, by which office and for which purpose.
LOG_DETAIL = """
CREATE FUNCTION consent_only_details_go() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    details text[] := ARRAY['terminal', 'reference', 'engagement', 'search_id', 'reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('consent.disposing', true) = 'on'
        AND OLD.at < now() - interval '1 year'
        AND (NEW.terminal, NEW.reference, NEW.reason) = ('', '', '')
        AND NEW.engagement IS NULL AND NEW.search_id IS NULL
        AND to_jsonb(NEW) - details = to_jsonb(OLD) - details
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the access log is append-only' USING ERRCODE = '42501';
END $$;
CREATE FUNCTION consent_dispose_log_details(entries uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('consent.disposing', 'on', true);
    UPDATE consent_accessentry
        SET terminal = '', reference = '', reason = '', engagement = NULL, search_id = NULL
        WHERE id = ANY(entries);
    PERFORM set_config('consent.disposing', '', true);
END $$;
DROP TRIGGER append_only_rows ON consent_accessentry;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON consent_accessentry
    FOR EACH ROW EXECUTE FUNCTION consent_only_details_go();
ALTER TABLE consent_accessentry ENABLE ALWAYS TRIGGER append_only_rows;
"""
NO_LOG_DETAIL = """
DROP TRIGGER append_only_rows ON consent_accessentry;
CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON consent_accessentry
    FOR EACH ROW EXECUTE FUNCTION consent_refuse_change();
ALTER TABLE consent_accessentry ENABLE ALWAYS TRIGGER append_only_rows;
DROP FUNCTION consent_dispose_log_details(uuid[]);
DROP FUNCTION consent_only_details_go();
"""

CATEGORIES = (
    "basic", "household", "contact", "insurance", "pension", "child", "tax", "care",
    "disability", "welfare", "school", "seal", "property",
)  # fmt: skip
GIVEN = {
    "clerk": {"see": CATEGORIES},
    "senior": {"see": CATEGORIES, "reveal": ("basic",)},
    "admin": {
        "edit": ("residents", "insurance", "children", "maternal", "housing", "general"),
    },
    "resident": {"see": CATEGORIES[:11]},
}
"""What reference.toml gave at first; a role made since then has all of today's file."""


def note_what_was_given(apps, schema_editor):
    grant = apps.get_model("consent", "ReferenceGrant")
    standing = set(apps.get_model("auth", "Group").objects.values_list("name", flat=True))
    grant.objects.bulk_create(
        grant(role=role, permission=permission, code=code)
        for role, permissions in GIVEN.items()
        if role in standing
        for permission, codes in permissions.items()
        for code in codes
    )


class Migration(migrations.Migration):
    dependencies = [("consent", "0005_measures_and_retention")]
    operations = [
        migrations.RunSQL(DISPOSAL, NO_DISPOSAL),
        migrations.RunSQL(LOG_DETAIL, NO_LOG_DETAIL),
        migrations.RunPython(note_what_was_given, migrations.RunPython.noop),
    ]
