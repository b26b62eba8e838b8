"""How often each asker asked the API in the last minute; what a crash loses of it is no loss."""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE counter_request_count (
    key text PRIMARY KEY,
    count integer NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX request_count_until ON counter_request_count (until);
"""


class Migration(migrations.Migration):
    dependencies = [("counter", "0001_pgmq")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE counter_request_count")]
