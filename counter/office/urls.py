"""The office's addresses."""

from django.urls import path

from counter.office import adding, browse, clauses, draft, history, leave, procedure, questions

app_name = "office"
urlpatterns = [
    path("", browse.events, name="events"),
    path("leave", leave.leave, name="leave"),
    path("events/<slug:code>", browse.event, name="event"),
    path("events/<slug:code>/add", adding.add, name="add"),
    path("procedures/<str:code>", browse.one, name="procedure"),
    path("procedures/<str:code>/in/<slug:event>", browse.one, name="procedure"),
    path("procedures/<str:code>/change", browse.change, name="change"),
    path("questions", questions.listed, name="questions"),
    path("questions/<str:key>", questions.one, name="asked"),
    path("questions/<str:key>/change", questions.change, name="ask_change"),
    path("drafts", draft.drafts_list, name="drafts"),
    path("drafts/<int:pk>", draft.draft, name="draft"),
    path("drafts/<int:pk>/revert", draft.revert, name="revert"),
    path("drafts/<int:pk>/align", draft.align, name="align"),
    path("drafts/<int:pk>/resolve", draft.resolve, name="resolve"),
    path("drafts/<int:pk>/submit", draft.submit, name="submit"),
    path("drafts/<int:pk>/withdraw", draft.withdraw, name="withdraw"),
    path("drafts/<int:pk>/discard", draft.discard, name="discard"),
    path("drafts/<int:pk>/return", draft.send_back, name="return"),
    path("drafts/<int:pk>/publish", draft.publish, name="publish"),
    path("drafts/<int:pk>/p/<str:code>", procedure.edit, name="procedure_draft"),
    path("drafts/<int:pk>/p/<str:code>/in/<slug:event>", procedure.edit, name="procedure_draft"),
    path("drafts/<int:pk>/p/<str:code>/rule", clauses.save, name="rule"),
    path("drafts/<int:pk>/p/<str:code>/in/<slug:event>/rule", clauses.save, name="rule"),
    path("drafts/<int:pk>/p/<str:code>/question", adding.question, name="question"),
    path("drafts/<int:pk>/p/<str:code>/remove", procedure.withdraw, name="remove"),
    path("drafts/<int:pk>/p/<str:code>/s/<slug:section>", procedure.save, name="section"),
    path(
        "drafts/<int:pk>/p/<str:code>/in/<slug:event>/s/<slug:section>",
        procedure.save,
        name="section",
    ),
    path("drafts/<int:pk>/q/<str:key>", questions.edit, name="asked_draft"),
    path("drafts/<int:pk>/q/<str:key>/in/<slug:event>", questions.edit, name="asked_draft"),
    path("versions", history.versions_list, name="versions"),
    path("versions/bring", history.bring, name="bring"),
    path("versions/<int:number>", history.version, name="version"),
    path("versions/<int:number>/back", history.roll_back, name="roll_back"),
]
