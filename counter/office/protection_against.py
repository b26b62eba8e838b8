"""相手方を加える: to a measure that stands, as when somebody has come into the register since."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from consent import door, measures
from consent.door import Hit
from consent.measures import Against
from counter.office.access import OfficeRequest
from counter.office.protection import done, officer, page
from counter.office.protection_entry import MOST_HITS, label_of, told_of, words_of
from counter.office.protection_forms import WORDS, AgainstForm


@officer
@require_POST
def add(request: OfficeRequest, pk: UUID) -> HttpResponse:
    """What was typed to search is searched first; then whoever was chosen, or named, is added."""
    query = request.POST.get("more-query", "").replace("\0", "").strip()[:100]
    if query:
        return _found(request, pk, query)
    hits = _chosen(request)
    form = AgainstForm(request.POST, hits=_choices(hits))
    if not form.is_valid():
        return page(request, pk, against_form=form, status=422)
    given = form.cleaned_data
    hit = next((each for each in hits if str(each.ref) == given.get("ref")), None)
    words = words_of({key: given[key] for key in WORDS}, hit)
    measures.add_against(pk, Against(hit.ref if hit else None, words), by=request.actor)
    return done(request, pk, _("相手方を加えました。"))


def _found(request: OfficeRequest, pk: UUID, query: str) -> HttpResponse:
    search_id = uuid4()
    found = door.search(query, by=request.actor, search_id=search_id)
    kept = {key: request.POST.get(f"more-{key}", "") for key in WORDS}
    form = AgainstForm(
        hits=_choices(found.hits[:MOST_HITS]), initial={**kept, "search_id": search_id}
    )
    many = found.more or len(found.hits) > MOST_HITS
    told = found.hint or told_of(len(found.hits), more=many)
    return page(request, pk, against_form=form, against_told=told)


def _chosen(request: OfficeRequest) -> list[Hit]:
    """Whom the form names, as the search it came from has shown them; a look that is logged."""
    try:
        ref = UUID(request.POST.get("more-ref", ""))
        search_id = UUID(request.POST.get("more-search_id", ""))
    except ValueError:
        return []
    hit = door.glance(ref, by=request.actor, search_id=search_id)
    return [hit] if hit else []


def _choices(hits: list[Hit] | tuple[Hit, ...]) -> list[tuple[str, str]]:
    return [(str(hit.ref), label_of(hit)) for hit in hits]
