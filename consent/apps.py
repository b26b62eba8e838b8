"""Registration of the app with Django."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = "同意と閲覧"

    def ready(self) -> None:
        # Imported here because models and guardian are ready only now.
        from consent import checks, reference  # noqa: F401, PLC0415

        # Guardian comes after auth in INSTALLED_APPS, so by its turn every permission row exists.
        post_migrate.connect(
            reference.load,
            sender=apps.get_app_config("guardian"),
            dispatch_uid="consent.reference",
        )
