"""The addresses of the entrance after the password, and of staying signed in."""

from django.urls import path

from counter.entry import enrol, prove, staying

app_name = "entry"
urlpatterns = [
    path("code", prove.code, name="code"),
    path("passkey", prove.passkey, name="passkey"),
    path("enrol", enrol.enrol, name="enrol"),
    path("enrol/passkey", enrol.passkey, name="enrol_passkey"),
    path("left", staying.left, name="left"),
    path("stay", staying.stay, name="stay"),
]
