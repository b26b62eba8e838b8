"""Registration of the app with Django."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "住民情報"

    def ready(self) -> None:
        # Importing registers the check; it must wait until the apps are loaded.
        from residents import checks, prepared  # noqa: F401

        connection_created.connect(prepared.keep_plans)
