"""Registration of the app with Django."""

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.db.backends.signals import connection_created


class CounterConfig(AppConfig):
    name = "counter"
    verbose_name = "窓口"

    def ready(self) -> None:
        # Importing registers the checks; it must wait until the apps are loaded.
        from counter import checks, patience  # noqa: F401

        request_started.connect(patience.begin_answering)
        request_finished.connect(patience.end_answering)
        connection_created.connect(patience.limit)
