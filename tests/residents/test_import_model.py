"""Random sequences of deliveries, refusals, releases and rollbacks against a model that is a dict."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from residents.importing import line_hashes, stretches
from residents.models import Delivery, Household, Resident, StagedRow
from tests.residents.exports import AT, as_csv, file_name, let_go, person, take_in, undo

pytestmark = pytest.mark.django_db
NUMBERS = [f"{place:010}" for place in range(1, 31)]
NAMES = ["甲　一", "乙　二", "丙　三"]
NIGHT = dict.fromkeys(NUMBERS, (NAMES[0], "901"))

told = st.tuples(st.sampled_from(NAMES), st.sampled_from(["901", "902"]))
some = st.dictionaries(st.sampled_from(NUMBERS), told, max_size=6)
few = st.sets(st.sampled_from(NUMBERS), max_size=3)


def row(number, said, **changes):
    return person(number, 氏名=said[0], 世帯番号=said[1], **changes)


class Deliveries(RuleBasedStateMachine):
    """`here` is the register; `undoable` what it was before each applied delivery."""

    @initialize(many=st.sampled_from([line_hashes._MANY, 9]), bits=st.integers(1, 3))
    def begin(self, many, bits):
        self.many, line_hashes._MANY = line_hashes._MANY, many
        self.bits, stretches.BITS = stretches.BITS, bits
        self.folder = tempfile.TemporaryDirectory()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.at, self.here, self.undoable, self.waiting = AT, {}, [], {}
        self.patient = {}
        self.full(dict(NIGHT))

    def teardown(self):
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        self.folder.cleanup()
        line_hashes._MANY, stretches.BITS = self.many, self.bits

    def deliver(self, rows, extent="全件", *, at=None, sequence=1, broken=""):
        self.at += timedelta(hours=1)
        path = Path(self.folder.name) / file_name("juki", at or self.at, extent, sequence)
        path.write_text(as_csv("juki", rows) + broken, encoding="utf-8", newline="")
        self.path = path
        take_in(path)
        return Delivery.objects.filter(file_name=path.name).latest("received_at")

    def full(self, then, extra=()):
        """Deliver a whole register; the model takes it over if it is applied."""
        rows = [*(row(number, said) for number, said in then.items()), *extra]
        return self.settle(self.deliver(rows), then)

    def settle(self, done, then):
        if done.state == "held":
            self.waiting[done.pk] = then
        else:
            assert done.state == "applied"
            self.applied(done.pk, then)
        return done

    def applied(self, delivery, then):
        self.undoable.append((delivery, self.here))
        self.here = dict(then)
        held = Delivery.objects.filter(state="held").values_list("pk", flat=True)
        self.waiting = {pk: each for pk, each in self.waiting.items() if pk in set(held)}
        # What waited for this one goes on by itself, oldest first.
        for pk in [pk for pk in self.patient if pk not in set(held)]:
            changed = self.patient.pop(pk, None)  # None: a later one went on with it
            if changed is not None and Delivery.objects.get(pk=pk).state == "applied":
                self.applied(pk, {**self.here, **changed})

    @rule(changed=some, leaving=few)
    def night(self, changed, leaving):
        then = {**self.here, **changed}
        self.full({number: said for number, said in then.items() if number not in leaving})

    @rule(changed=some, number=st.sampled_from(NUMBERS))
    def night_with_a_bad_row(self, changed, number):
        then = {**self.here, **changed}
        kept = self.here.get(number)
        then.pop(number, None)
        bad = row(number, (NAMES[1], "902"), 生年月日="")
        self.full_with(then, bad, {**then, number: kept} if kept else then)

    @rule(changed=some, leaving=few)
    def night_with_a_row_about_anybody(self, changed, leaving):
        then = {
            number: said
            for number, said in {**self.here, **changed}.items()
            if number not in leaving
        }
        self.full_with(then, row("？", (NAMES[0], "901")), {**self.here, **then})

    def full_with(self, then, bad, expected):
        rows = [*(row(number, said) for number, said in then.items()), bad]
        self.settle(self.deliver(rows), expected)

    @precondition(lambda self: self.undoable)
    @rule(changed=some)
    def changes(self, changed):
        rows = [row(number, said) for number, said in changed.items()]
        done = self.deliver(rows, "差分")
        if done.reason == "gap":  # an earlier one is held
            self.patient[done.pk] = changed
        else:
            self.settle(done, {**self.here, **changed})

    @precondition(lambda self: self.undoable)
    @rule(changed=some)
    def changes_too_early(self, changed):
        rows = [row(number, said) for number, said in changed.items()]
        done = self.deliver(rows, "差分", sequence=77)
        assert (done.state, done.reason) == ("held", "gap")

    @rule(changed=some)
    def broken(self, changed):
        done = self.deliver([row(*each) for each in changed.items()], broken='"0000000009,"x\r\n')
        assert done.state == "refused"

    @precondition(lambda self: self.undoable)
    @rule(changed=some)
    def stale(self, changed):
        rows = [row(number, said) for number, said in changed.items()]
        assert self.deliver(rows, at=AT - timedelta(days=1)).reason == "stale"

    @precondition(lambda self: self.undoable and self.path.exists())
    @rule()
    def replay(self):
        last = Delivery.objects.filter(file_name=self.path.name).first()
        if last and last.state in ("applied", "held"):
            assert take_in(self.path)["juki"].reason == "replay"

    @precondition(lambda self: self.waiting)
    @rule()
    def release(self):
        delivery, then = self.waiting.popitem()
        done = let_go({"juki": Delivery.objects.get(pk=delivery)})["juki"]
        if (done.state, done.reason) == ("refused", "superseded"):
            return  # what it was compared with is no longer what is there
        assert done.state == "applied"
        self.applied(delivery, then)

    @precondition(lambda self: self.undoable)
    @rule(steps=st.integers(1, 3))
    def roll_back(self, steps):
        steps = min(steps, len(self.undoable))
        delivery, before = self.undoable[-steps]
        undone = undo(Delivery.objects.get(pk=delivery))
        assert len(undone.deliveries) == steps
        del self.undoable[-steps:]
        self.here, self.waiting = before, {}

    @invariant()
    def the_register_is_the_model(self):
        if not hasattr(self, "here"):
            return
        columns = ("number", "name", "household_number")
        held = Resident.objects.filter(gone_at=None).values_list(*columns)
        assert {number: (name, home) for number, name, home in held} == self.here
        homes = set(Household.objects.values_list("number", flat=True))
        assert homes == {home for _, home in self.here.values()}
        assert not StagedRow.objects.exists()


def test_any_sequence_of_deliveries_leaves_what_the_model_says():
    run_state_machine_as_test(
        Deliveries,
        settings=settings(
            max_examples=8,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
