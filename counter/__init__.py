"""Where people meet it: the Django project itself and its screens."""

from counter.celery import app as celery_app

__all__ = ["celery_app"]
