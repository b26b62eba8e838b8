"""The addresses of the API, version 1."""

from django.urls import path, re_path

from counter.api.bundles import BundleDetail, Bundles
from counter.api.catalogue import EventDetail, Events
from counter.api.elsewhere import Elsewhere
from counter.api.guidance import Guidance
from counter.api.schema import Schema

app_name = "api"
urlpatterns = [
    path("schema", Schema.as_view(), name="schema"),
    path("events", Events.as_view(), name="events"),
    path("events/<str:event>", EventDetail.as_view(), name="event"),
    path("guidance", Guidance.as_view(), name="guidance"),
    path("bundles", Bundles.as_view(), name="bundles"),
    path("bundles/<slug:number>", BundleDetail.as_view(), name="bundle"),
    re_path("", Elsewhere.as_view(), name="elsewhere"),
]
