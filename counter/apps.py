"""Registration of the app with Django."""

from django.apps import AppConfig


class CounterConfig(AppConfig):
    name = "counter"
    verbose_name = "窓口"

    def ready(self) -> None:
        # Importing registers the checks; it must wait until the apps are loaded.
        from counter import checks  # noqa: F401
