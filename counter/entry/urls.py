"""The addresses of the entrance after the password, and of staying signed in."""

from django.urls import path

from counter.entry import enrol, prove, staff, staying

app_name = "entry"
urlpatterns = [
    path("code", prove.code, name="code"),
    path("passkey", prove.passkey, name="passkey"),
    path("enrol", enrol.enrol, name="enrol"),
    path("enrol/passkey", enrol.passkey, name="enrol_passkey"),
    path("staff", staff.staff, name="staff"),
    path("staff/ask", staff.ask, name="ask"),
    path("staff/<int:pk>/confirm", staff.confirm, name="confirm"),
    path("staff/<int:pk>/drop", staff.drop, name="drop"),
    path("left", staying.left, name="left"),
    path("stay", staying.stay, name="stay"),
]
