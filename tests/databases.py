"""The two databases tests run in: as a first start leaves one, and with the town imported.

What a test commits is put back from memory before the next test enters, whatever ran before it in the
same process; a module that commits without saying so fails.
"""

from collections.abc import Callable

import psycopg
from django.db import connection, transaction
from psycopg import sql

TABLES = """
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""
STATES = "SELECT '{0}', count(*), max(xmin::text::bigint) FROM {0}"


class Database:
    """A copy of the database Django made for the tests, filled once."""

    def __init__(self, name: str, fill: Callable[[], None]):
        self.name = name
        self.entered = self.spoilt = False
        _copy(connection.settings_dict["NAME"], name)
        self.connect()
        fill()
        self._state = _state()
        self._rows = {table: _rows(table) for table in self._state}

    def connect(self) -> None:
        """Make it the one every connection goes to."""
        if connection.settings_dict["NAME"] != self.name:
            _connect_to(self.name)

    def changed(self) -> list[str]:
        """Tables in which somebody has committed anything."""
        now = _state()
        return sorted(table for table in now if now[table] != self._state.get(table))

    def put_back(self) -> None:
        """Every row as it was when the database was filled."""
        with transaction.atomic(), connection.cursor() as cursor:
            # Rows come back in any order, past the keys between tables.
            cursor.execute("SET LOCAL session_replication_role = replica")
            if changed := self.changed():
                cursor.execute(f"TRUNCATE {', '.join(changed)} CASCADE")
            for table in self.changed():
                if rows := self._rows.get(table):
                    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT binary)") as copy:
                        copy.write(rows)
        self._state = _state()
        self.spoilt = False


class Databases:
    """One database of each kind, made when the first test asks for it: {kind: fill}."""

    def __init__(self, fills: dict[str, Callable[[], None]]):
        self._first = connection.settings_dict["NAME"]
        assert self._first.startswith("test_")
        self._fills = fills
        self._made: dict[str, Database] = {}

    def enter(self, kind: str) -> None:
        """Connect to the database of a kind, in which nobody has written anything."""
        if kind not in self._made:
            _connect_to(self._first)
            self._made[kind] = Database(f"{self._first}_{kind}", self._fills[kind])
        database = self._made[kind]
        database.connect()
        database.entered = True
        if database.spoilt:
            database.put_back()

    def spoil(self) -> None:
        """A test may have committed something in the database now entered."""
        for each in self._made.values():
            each.spoilt |= each.name == connection.settings_dict["NAME"]

    def left_behind(self) -> list[str]:
        """Tables in which somebody wrote since the last call without saying so; they are put back."""
        found = []
        for each in self._made.values():
            if each.entered and not each.spoilt:
                each.connect()
                if changed := each.changed():
                    each.put_back()
                    found += [f"{table} of {each.name}" for table in changed]
            each.entered = False
        return found

    def drop(self) -> None:
        """Drop them, whoever is still connected, and give Django back its own."""
        _connect_to(self._first)
        for each in self._made.values():
            _order("DROP DATABASE {} WITH (FORCE)", each.name)


def _connect_to(name):
    connection.close()
    # The dictionary every thread's connection is made from.
    connection.settings_dict["NAME"] = name


def _copy(template, name):
    connection.close()
    _order("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    _order("CREATE DATABASE {} TEMPLATE {}", name, template)
    # Nobody needs a test's rows after a power cut.
    _order("ALTER DATABASE {} SET synchronous_commit = off", name)


def _order(statement, *names):
    address = {**connection.get_connection_params(), "dbname": "postgres"}
    with psycopg.connect(**address, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _state():
    """Of each table how many rows it has, and the transaction that wrote the newest of them."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(" UNION ALL ".join(STATES.format(table) for (table,) in cursor.fetchall()))
        return {table: (count, newest) for table, count, newest in cursor.fetchall()}


def _rows(table):
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} TO STDOUT (FORMAT binary)") as out,
    ):
        return b"".join(map(bytes, out))
