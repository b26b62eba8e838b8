"""Changing one clause of a rule: another condition, one more, one less, かつ for または."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from counter.office import procedure, rule
from counter.office.access import WRITERS, OfficeRequest, office
from counter.office.conditions import ConditionForm, GroupForm, ReasonedForm
from counter.office.forms import VersionForm
from lifeevents import drafts, per_event
from lifeevents.rules import editing, patterns
from lifeevents.rules.patterns import Grouped, Tree


@office(*WRITERS)
@require_POST
def save(request: OfficeRequest, pk: int, code: str, event: str = "") -> HttpResponse:
    """Put what the editor says into the draft; a mistake is shown at its field."""
    draft = drafts.find(pk)
    place, form = rule.place_of(request.POST), VersionForm(request.POST)
    entry = procedure.entry_of(draft, code, event)
    document, back = drafts.edition(draft).document, procedure.address(pk, code, event)
    seen = per_event.seen(entry, event, document)
    if place is None or not form.is_valid():
        return redirect(back)
    tree = rule.tree_of(seen, place.slot)
    if "remove" in request.POST:
        tree = editing.remove(tree, place.at)
    elif "swap" in request.POST:
        tree = editing.swap(tree, place.at)
    else:
        fact = request.POST.get("fact", "")
        opened = rule.editor(seen, drafts.edition(draft), place, fact=fact, data=request.POST)
        if opened.form is None or not opened.form.is_valid():
            return procedure.page(request, draft, code, event, opened=opened, status=422)
        tree = _edited(tree, place, opened.form)
    changed = per_event.put(entry, event, rule.with_tree(seen, place.slot, tree), document)
    version = form.cleaned_data["version"]
    drafts.change(draft, {f"procedures/{code}": changed}, version=version, by=request.actor)
    return redirect(back)


def _edited(tree: Tree, place: rule.Place, form: ReasonedForm) -> Tree:
    if isinstance(form, ConditionForm):
        node = form.explained(form.node)
    elif isinstance(form, GroupForm):
        said = form.cleaned_data
        number = said["number"] or 0
        where: Tree = True
        if not place.is_adding:
            old = patterns.read_group(editing.at(tree, place.at))
            where = old.where if old else True
        group = Grouped(said["quantity"], said["over"], where, number)
        node = form.explained(patterns.write_group(group))
    else:
        node = form.explained(editing.at(tree, place.at))
    if place.is_adding:
        return editing.join(tree, place.at, form.cleaned_data["join"], node)
    return editing.put(tree, place.at, node)
