"""保存期間 (I11): holds, and disposing of what a layer's rules let go, with a proof of each batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.utils import timezone

from consent.actors import Actor
from consent.models import Account, Disposal, RetentionHold
from consent.passage import passage
from residents import retention as register_retention
from residents.retention import Batch, Spared, Verb, due, numbers_of
from residents.retention import dispose as dispose_batch
from residents.retention_rules import Rule, Rules, read

BATCH = 500
NIGHTLY = "nightly"


class NotAged(Exception):
    """Disposing as of a day that has not come would remove what is younger than its rule."""


class NoSuchHold(Exception):
    """No standing hold of that id."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The tables one app answers for: its file of rules, and the verbs they name."""

    path: Path
    verbs: Mapping[str, Verb] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        """Its rules in the order they are applied."""
        return read(self.path)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule let go: rows of each table, in how many batches; `digests` prove them."""

    rule: str
    version: int
    title: str
    before: datetime
    removed: Mapping[str, int]
    digests: tuple[str, ...] = ()


def empty_log_details(keys: Sequence[UUID]) -> Mapping[str, int]:
    """Empty the details of these AccessEntries, through the one function the database allows it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT consent_dispose_log_details(%s::uuid[])", [list(keys)])
    return {"consent.AccessEntry": len(keys)}


def forget_account(keys: Sequence[int]) -> Mapping[str, int]:
    """Unbind accounts nobody has used: no name, no person, no way in; what they did stays theirs."""
    for account in Account.objects.filter(pk__in=keys):
        account.username = f"gone-{account.pk}"
        account.display_name = account.first_name = account.last_name = account.email = ""
        account.password, account.ref, account.is_active = make_password(None), None, False
        account.save()
    return {"consent.Account": len(keys)}


CONSENT = Layer(
    Path(__file__).with_name("retention.toml"),
    {"empty_log_details": empty_log_details, "forget_account": forget_account},
)
REGISTER = Layer(register_retention.PATH, register_retention.VERBS)


def place(*, why: str, until: date, by: Actor, ref: UUID | None = None, bundle: str = "") -> UUID:
    """Hold everything of one person or of one 受付番号 back from disposal; the hold's id."""
    assert why.strip()
    hold = RetentionHold.objects.create(
        ref=ref, bundle=bundle, why=why, until=until, placed_by_id=by.account_id
    )
    return hold.pk


def lift(hold_id: UUID, *, by: Actor) -> None:
    """Let the rules apply again from the next night. Raises NoSuchHold where none stands."""
    standing = RetentionHold.objects.filter(pk=hold_id, lifted_at=None)
    if not standing.update(lifted_at=timezone.now(), lifted_by=by.account_id):
        raise NoSuchHold


def dispose(layer: Layer, moment: datetime, *, by: str = NIGHTLY) -> Iterator[Outcome]:
    """Apply a layer's rules as of `moment`, batch by batch, each with its proof in one transaction.

    A batch that breaks off leaves nothing behind; running it again goes on where it stopped.
    Raises NotAged for a moment yet to come.
    """
    if moment > timezone.now():
        raise NotAged
    for rule in layer.rules.rules:
        removed: Counter[str] = Counter()
        digests: list[str] = []
        while batch := _batch(rule, moment, layer.verbs, by):
            assert batch.digest not in digests, f"{rule.code} removes nothing of what is due"
            removed.update(batch.removed)
            digests.append(batch.digest)
        yield Outcome(
            rule.code, rule.version, rule.title, rule.before(moment), dict(removed), tuple(digests)
        )


def foresee(layer: Layer, moment: datetime) -> Iterator[Outcome]:
    """What `dispose` would let go as of any moment, in the rules' own tables; nothing changes."""
    spared = _spared(moment)
    for rule in layer.rules.rules:
        count = due(rule, moment, spared).count()
        removed = {rule.table: count} if count else {}
        yield Outcome(rule.code, rule.version, rule.title, rule.before(moment), removed)


def _batch(rule: Rule, moment: datetime, verbs: Mapping[str, Verb], by: str) -> Batch | None:
    with passage():
        batch = dispose_batch(rule, moment, _spared(moment), BATCH, verbs)
        if batch:
            Disposal.objects.create(
                rule=rule.code,
                version=rule.version,
                period=rule.period,
                before=rule.before(moment),
                removed=batch.removed,
                digest=batch.digest,
                by=by,
            )
    return batch


def _spared(moment: datetime) -> Spared:
    """What standing holds name; looking back to an earlier day lifts none that stood then."""
    today = min(timezone.localdate(moment), timezone.localdate())
    standing = RetentionHold.objects.filter(lifted_at=None, until__gte=today)
    rows = list(standing.values_list("ref", "bundle"))
    refs = tuple(ref for ref, _ in rows if ref)
    return Spared(refs, numbers_of(refs), tuple(bundle for _, bundle in rows if bundle))
