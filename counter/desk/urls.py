"""The desk's addresses: no names, no numbers of people, only 受付番号."""

from django.urls import path

from counter.desk import (
    agree,
    ask,
    bundle,
    check,
    home,
    identify,
    keys,
    newcomers,
    papers,
    protection,
    resume,
    search,
    sign,
    sign_in,
    start,
)

app_name = "desk"
urlpatterns = [
    path("", home.home, name="home"),
    path("login", sign_in.sign_in, name="login"),
    path("lock", sign_in.lock, name="lock"),
    path("keys", keys.keys, name="keys"),
    path("search", search.search, name="search"),
    path("choose", search.choose, name="choose"),
    path("start", start.start, name="start"),
    path("newcomers", newcomers.begin, name="newcomers"),
    path("b/<slug:number>", bundle.bundle, name="bundle"),
    path("b/<slug:number>/go/<slug:step>", bundle.go_to, name="go_to"),
    path("b/<slug:number>/resume", resume.resume, name="resume"),
    path("b/<slug:number>/cancel", bundle.cancel, name="cancel"),
    path("b/<slug:number>/take-over", home.take_over, name="take_over"),
    path("b/<slug:number>/identify", identify.identify, name="identify"),
    path("b/<slug:number>/taking-part/<slug:key>", identify.taking_part, name="taking_part"),
    path("b/<slug:number>/newcomers/add", newcomers.add, name="newcomer_add"),
    path("b/<slug:number>/newcomers/certificate", newcomers.take, name="certificate"),
    path("b/<slug:number>/newcomers/<slug:key>/out", newcomers.remove, name="newcomer_remove"),
    path("b/<slug:number>/agree", agree.agree, name="agree"),
    path("b/<slug:number>/answer", ask.answer, name="answer"),
    path("b/<slug:number>/take-back", ask.take_back, name="take_back"),
    path("b/<slug:number>/correct", check.correct, name="correct"),
    path("b/<slug:number>/undo", check.undo, name="undo"),
    path("b/<slug:number>/finish", sign.finish, name="finish"),
    path("b/<slug:number>/reveal", protection.reveal, name="reveal"),
    path("b/<slug:number>/paper/<int:index>", papers.paper, name="paper"),
    path("b/<slug:number>/papers.pdf", papers.print_papers, name="print"),
]
