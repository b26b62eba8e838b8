"""All addresses of the system."""

from django.urls import path

from counter import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
]
