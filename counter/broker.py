"""How Celery reaches its queue: PGMQ inside the database, or RabbitMQ or Redis by address."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import make_conninfo

PGMQ = "pgmq://"
# A task that runs longer is delivered a second time, so tasks are short or safe to run twice.
VISIBILITY_SECONDS = 60


def transport_options(url: str, database: dict[str, Any]) -> dict[str, Any]:
    """Return kombu's options for the broker at url; database is Django's own, for PGMQ.

    Raises ImproperlyConfigured for a scheme that loses tasks when a worker is killed.
    """
    if url.startswith(("amqp://", "amqps://")):
        return {}
    if url.startswith(("redis://", "rediss://")):
        return {"visibility_timeout": VISIBILITY_SECONDS}
    if url != PGMQ:
        raise ImproperlyConfigured(
            "CELERY_BROKER_URL must be pgmq:// (a queue inside the database), amqp(s):// or "
            "redis(s)://; other transports lose tasks when a worker is killed."
        )
    return {
        "conn_string": conninfo(database),
        # The SQL is installed by a migration and needs no extension.
        "init_extension": False,
        "visibility_timeout": VISIBILITY_SECONDS,
        # Waiting inside the database delays the first task by seconds; a notification does not.
        "wait_time_seconds": 0,
        "polling_interval": 2,
        "use_notify": True,
        "pool_size": 2,
    }


def conninfo(database: dict[str, Any]) -> str:
    """Return libpq's connection string for one of Django's database settings."""
    names = {
        "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname",
    }  # fmt: skip
    given = {names[key]: str(value) for key, value in database.items() if key in names and value}
    return make_conninfo("", **given, **database.get("OPTIONS", {}))
