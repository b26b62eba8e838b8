"""The residents' addresses: no names, no numbers of people, only 受付番号."""

from django.urls import path

from counter.online import agreement, bundle, home, receipt, record, sign_in, status

app_name = "online"
urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("callback", sign_in.callback, name="callback"),
    path("counter", sign_in.counter, name="counter"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("record", record.record, name="record"),
    path("begin", home.begin, name="begin"),
    path("b/<slug:number>", bundle.bundle, name="bundle"),
    path("b/<slug:number>/agreement", agreement.agreement, name="agreement"),
    path("b/<slug:number>/agree", agreement.agree, name="agree"),
    path("b/<slug:number>/who", bundle.who, name="who"),
    path("b/<slug:number>/child", bundle.child, name="child"),
    path("b/<slug:number>/answer", bundle.answer, name="answer"),
    path("b/<slug:number>/undo", bundle.undo, name="undo"),
    path("b/<slug:number>/cancel", bundle.cancel, name="cancel"),
    path("b/<slug:number>/submit", bundle.submit, name="submit"),
    path("b/<slug:number>/receipt.pdf", receipt.pdf, name="receipt"),
    path("b/<slug:number>/calendar.ics", receipt.calendar, name="calendar"),
    path("b/<slug:number>/opinion", status.opinion, name="opinion"),
]
