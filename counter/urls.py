"""All addresses of the system."""

from django.urls import include, path

from counter import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("api/v1/", include("counter.api.urls")),
    path("office/", include("counter.office.urls")),
    path("online/", include("counter.online.urls")),
    path("", include("counter.desk.urls")),
]
