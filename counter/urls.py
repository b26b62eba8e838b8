"""All addresses of the system."""

from django.urls import include, path

from counter import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("counter.desk.urls")),
]
