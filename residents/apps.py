"""Registration of the app with Django."""

from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "residents"
    verbose_name = "住民情報"
