"""Where what a first 全件 makes is put: aside until it is applied, or straight into an empty register."""

from __future__ import annotations

import os
from contextlib import ExitStack

import numpy as np
import polars as pl
from django.db import connection

from residents.feed import Feed, Target
from residents.importing import building, households, tables
from residents.models import Holding, Identity, Resident

_WORTH = 10_000  # records above which a table is filled without its indexes
_FEW = 4  # a table with less than a quarter of what comes is as good as empty
MODELS = {Target.RESIDENT: Resident, Target.HOLDING: Holding}
_COLUMNS = {
    Target.RESIDENT: building.RESIDENT,
    Target.HOLDING: f"number, {building.HOLDING}",
}
_MAKE = """
DROP TABLE IF EXISTS {made}, {made}_key;
CREATE TEMP TABLE {made} AS
SELECT {columns} FROM {table} WITH NO DATA;
CREATE TEMP TABLE {made}_key AS
SELECT ''::text AS number, kind, key FROM residents_searchkey WITH NO DATA;
"""
_IDENTITIES = """
INSERT INTO residents_identity (ref, number, created_at)
SELECT gen_random_uuid(), number, now()
FROM (SELECT DISTINCT number FROM {made}) met
WHERE NOT EXISTS (SELECT FROM residents_identity known WHERE known.number = met.number)
"""
_INSERT = """
INSERT INTO {table} (ref, {columns})
SELECT identity.ref, {selected} FROM {made} made JOIN residents_identity identity USING (number)
"""
_KEYS = """
INSERT INTO residents_searchkey (ref, kind, key)
SELECT identity.ref, made.kind, made.key
FROM {made}_key made JOIN residents_identity identity USING (number)
"""
# Rows copied into tables that are new in a transaction need not be looked at again once it is over: the
# first night would do so, or autovacuum beside it.
_AS_NEW = "TRUNCATE residents_resident, residents_identity"


class Aside:
    """Temporary tables, from which all goes to its place when the delivery is applied."""

    def __init__(self, feed: Feed) -> None:
        self._names = _COLUMNS[feed.target].split(", ")
        self._is_resident = feed.target is Target.RESIDENT
        self._kept = [each for each in self._names if each != "number" or self._is_resident]
        self.table = str(MODELS[feed.target]._meta.db_table)
        self.made = f"first_{feed.code}"
        self.people = f"COPY {self.made} ({', '.join(self._names)}) FROM STDIN"
        self.keys = f"COPY {self.made}_key FROM STDIN"
        self.identities = ""

    def begin(self) -> None:
        """Make the tables anew."""
        # A holding has no number of its own.
        shown = [each if each in self._kept else "''::text AS number" for each in self._names]
        with connection.cursor() as cursor:
            cursor.execute(_MAKE.format(made=self.made, table=self.table, columns=", ".join(shown)))

    def ref(self) -> str:
        """Blank: who is known already has a ref."""
        return ""

    def refs(self, count: int) -> None:
        """None of them."""

    def end(self) -> None:
        """Give everyone a ref who has none."""
        with connection.cursor() as cursor:
            cursor.execute(_IDENTITIES.format(made=self.made))

    def insert(self, count: int) -> None:
        """Put so many records where they belong. Runs in the transaction that applies the delivery.

        Many fill a table as good as empty without its indexes; who reads it waits meanwhile. The
        households of residents are noted in the temporary table `moved`.
        """
        statement = _INSERT.format(
            made=self.made,
            table=self.table,
            columns=", ".join(self._kept),
            selected=", ".join(f"made.{each}" for each in self._kept),
        )
        with ExitStack() as stack, connection.cursor() as cursor:
            if count >= _WORTH and not tables.has_more(self.table, count // _FEW):
                stack.enter_context(tables.bare(self.table))
            cursor.execute(statement)
        with connection.cursor() as cursor:
            cursor.execute(_KEYS.format(made=self.made))
            if self._is_resident:
                cursor.execute(
                    f"INSERT INTO moved SELECT DISTINCT household_number FROM {self.made}"
                )


class Filled(Exception):
    """Somebody was made known while an empty register was about to be filled."""


class Straight:
    """The tables of a register that is empty, in the one transaction that reads and applies.

    Everyone is new, so refs are made here, and every row is written once. Who reads waits meanwhile.
    """

    table = "residents_resident"
    people = f"COPY {table} (ref, {building.RESIDENT}) FROM STDIN (FREEZE)"
    keys = "COPY residents_searchkey (ref, kind, key) FROM STDIN"
    identities = "COPY residents_identity (ref, number, created_at) FROM STDIN (FREEZE)"

    def __init__(self) -> None:
        self._bare = ExitStack()

    def begin(self) -> None:
        """Take the indexes off. Raises Filled; from here on nobody else can make anyone known."""
        self._bare.enter_context(tables.bare("residents_identity"))
        self._bare.enter_context(tables.bare(self.table))
        if not is_empty():
            raise Filled
        with connection.cursor() as cursor:
            cursor.execute(_AS_NEW)

    def ref(self) -> str:
        """Another ref."""
        return str(self.refs(1)[0])

    def refs(self, count: int) -> pl.Series:
        """So many at once."""
        every = np.frombuffer(os.urandom(16 * count), np.uint8).reshape(-1, 16).copy()
        every[:, 6] = every[:, 6] & 0x0F | 0x40  # version and variant of RFC 9562, 5.4
        every[:, 8] = every[:, 8] & 0x3F | 0x80
        digits = every.tobytes().hex()
        return pl.Series([digits[at : at + 32] for at in range(0, len(digits), 32)])

    def end(self) -> None:
        """Make the households and then the indexes."""
        households.fill()
        self._bare.close()

    def insert(self, count: int) -> None:
        """Nothing: all is where it belongs."""


def is_empty() -> bool:
    """Whether the register knows nobody."""
    return not Identity.objects.exists()
