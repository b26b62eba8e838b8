"""Resident.record from jsonb to the text of residents/record_text.py: one rewrite of the table.

The rows kept to undo deliveries, and those of held ones, are converted as well. A row's hash is now of
its text: hashes from before are blanked, and a 全件 that is read whole tells by the text whether the
one row of a person is as before. Whoever has several rows counts as changed once, then.
"""

from django.db import migrations

import residents.record_field

ESCAPE, SEPARATOR = "\x1e", "\x1f"
STATISTICS = "ALTER TABLE residents_resident ALTER record SET STATISTICS 0"  # as in 0014
UNPACK = """
CREATE FUNCTION pg_temp.unpacked(record text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
SELECT coalesce(jsonb_object_agg(
    ({names})[place], replace(replace(part, chr(30) || 'f', chr(31)), chr(30) || 'e', chr(30))
) FILTER (WHERE part <> ''), '{{}}')
FROM unnest(string_to_array(record, chr(31))) WITH ORDINALITY parts (part, place)
$$
"""


def to_text(apps, schema_editor):
    """Make texts of objects."""
    names = _names(apps)
    run = schema_editor.execute
    _settle(schema_editor)
    run(
        "ALTER TABLE residents_resident"
        f" ALTER record TYPE text USING {_packed(schema_editor, names, 'record')},"
        " ALTER row_hash TYPE bytea USING ''::bytea",
        params=None,
    )
    run(STATISTICS)
    packed = _packed(schema_editor, names, "(\"row\"->'record')")
    run(
        'UPDATE residents_beforeimage SET "row" = "row"'
        f" || jsonb_build_object('record', {packed}, 'row_hash', '\\x')"
        " WHERE \"table\" = 'residents_resident'",
        params=None,
    )
    for table in ("residents_stagedrow", "residents_heldrow"):
        run(f"ALTER TABLE {table} ADD record_text text NOT NULL DEFAULT ''")
    codes = ", ".join(map(schema_editor.quote_value, _codes()))
    packed = _packed(schema_editor, names, "record")
    run(
        f"UPDATE residents_heldrow SET record_text = {packed} WHERE reason = '' AND"
        f" delivery_id IN (SELECT id FROM residents_delivery WHERE feed IN ({codes}))",
        params=None,
    )
    _settle(schema_editor)


def to_objects(apps, schema_editor):
    """Make objects of texts again."""
    quoted = ", ".join(map(schema_editor.quote_value, _names(apps)))
    run = schema_editor.execute
    _settle(schema_editor)
    run(UNPACK.format(names=f"ARRAY[{quoted}]::text[]"), params=None)
    run(
        "ALTER TABLE residents_resident"
        " ALTER record TYPE jsonb USING pg_temp.unpacked(record),"
        " ALTER row_hash TYPE bytea USING ''::bytea"
    )
    run(STATISTICS)
    run(
        'UPDATE residents_beforeimage SET "row" = "row" || jsonb_build_object('
        "'record', pg_temp.unpacked(\"row\"->>'record'), 'row_hash', '\\x')"
        " WHERE \"table\" = 'residents_resident'",
        params=None,
    )
    run("DROP FUNCTION pg_temp.unpacked(text)")
    for table in ("residents_stagedrow", "residents_heldrow"):
        run(f"ALTER TABLE {table} DROP record_text")
    _settle(schema_editor)


def _names(apps):
    items = apps.get_model("residents", "RecordItem").objects.order_by("position")
    return [*items.values_list("name", flat=True)]


def _codes():
    from residents.feed import Target, feeds  # noqa: PLC0415

    return [code for code, each in feeds().items() if each.target is Target.RESIDENT]


def _packed(schema_editor, names, record):
    """SQL of the text of an object."""
    quote = schema_editor.quote_value
    values = [
        f"replace(replace({record}->>{quote(name)}, {quote(ESCAPE)}, {quote(ESCAPE + 'e')}),"
        f" {quote(SEPARATOR)}, {quote(ESCAPE + 'f')})"
        for name in names
    ]
    texts = f"ARRAY[{', '.join(values)}]::text[]"
    return f"rtrim(array_to_string({texts}, {quote(SEPARATOR)}, ''), {quote(SEPARATOR)})"


def _settle(schema_editor):
    """A table can be altered only when no foreign key of its rows is still to be checked."""
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0019_record_items"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(to_text, to_objects)],
            state_operations=[
                migrations.AlterField(
                    model_name="resident",
                    name="record",
                    field=residents.record_field.RecordField(verbose_name="台帳の行"),
                )
            ],
        ),
    ]
