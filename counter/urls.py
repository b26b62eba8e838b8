"""All addresses of the system."""

from django.urls import include, path

from counter import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("entry/", include("counter.entry.urls")),
    path("api/v1/", include("counter.api.urls")),
    path("office/", include("counter.office.urls")),
    path("online/", include("counter.online.urls")),
    path("", include("counter.desk.urls")),
]

# The API answers errors in its own form, also those no view of it raised.
handler400 = "counter.api.elsewhere.bad_request"
handler403 = "counter.api.elsewhere.permission_denied"
handler404 = "counter.api.elsewhere.page_not_found"
handler500 = "counter.api.elsewhere.server_error"
