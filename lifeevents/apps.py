"""Registration of the app with Django."""

from django.apps import AppConfig


class LifeEventsConfig(AppConfig):
    name = "lifeevents"
    verbose_name = "ライフイベント"
