"""I11: every table with personal data has its rule; what is over its time goes, and nothing else."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from io import StringIO
from uuid import UUID

import pytest
from dateutil.relativedelta import relativedelta
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consent import measures
from consent import retention as holds
from consent.models import AccessEntry, AccessSubject, Disposal, Measure, RetentionHold
from counter import retention
from lifeevents import bundles
from lifeevents.models import Answer, Bundle, Participant, Snapshot
from residents.models import Delivery, Holding, Household, Identity, Resident, SearchKey
from residents.retention import Spared, due
from residents.retention_rules import past
from tests import makers
from tests.aged import Aged, old_entry, wish

pytestmark = pytest.mark.django_db

BY_HAND = {"django_migrations", "counter_request_count"}
"""Tables without a model: nothing of people (who asks the API is a keyed hash, gone in a minute)."""
RULES = {rule.code: rule for layer in retention.LAYERS for rule in layer.rules.rules}


def test_every_table_has_its_rule_or_its_reason_to_have_none():
    told = [name for layer in retention.LAYERS for name in sorted(layer.rules.tables())]
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert len(told) == len(set(told))
    assert set(told) == models


def test_every_table_of_the_database_belongs_to_a_model(db):
    models = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}

    assert set(connection.introspection.table_names()) - models <= BY_HAND


def test_a_layer_speaks_of_its_own_tables_only():
    own = {"residents": "residents", "consent": "consent", "lifeevents": "lifeevents"}
    for layer in retention.LAYERS:
        app = own.get(layer.path.parent.name)
        for name in layer.rules.tables():
            assert (name.partition(".")[0] == app) if app else name.partition(".")[0] not in own


@pytest.mark.parametrize("code", RULES)
def test_codes_are_told_apart_and_every_rule_says_on_what_ground(code):
    assert len(RULES) == sum(len(layer.rules.rules) for layer in retention.LAYERS)
    assert RULES[code].ground
    assert RULES[code].title


def test_the_page_for_whoever_answers_for_the_data_tells_every_rule():
    page = (settings.BASE_DIR / "docs/privacy.md").read_text()
    for rule in RULES.values():
        since = " from the next 1 April" if rule.from_next else ""
        assert f"| {rule.title} | `{rule.code}` | {rule.period}{since} |" in page


PERIODS = st.builds(
    lambda count, unit: f"{count} {unit}s",
    st.integers(1, 12),
    st.sampled_from(["day", "month", "year"]),
)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(
    lambda at: at.replace(tzinfo=UTC)
)


@given(PERIODS, MOMENTS, st.integers(0, 800))
def test_what_may_go_has_lived_its_whole_period_and_what_stays_has_not(period, moment, age):
    count, unit = period.split()
    lived = relativedelta(**{unit: int(count)})
    today = timezone.localdate(moment)
    last = timezone.localdate(past(period, "", moment))

    assert last + lived <= today
    assert last + timedelta(days=1) + lived > today - timedelta(days=1)
    assert past(period, "", moment - timedelta(days=age)) <= past(period, "", moment)


@given(PERIODS, MOMENTS)
def test_a_fiscal_years_period_begins_on_the_first_of_april_after(period, moment):
    count, unit = period.split()
    last = timezone.localdate(past(period, "fiscal_year", moment))
    begins = last + timedelta(days=1)

    assert (begins.month, begins.day) == (4, 1)
    assert begins + relativedelta(**{unit: int(count)}) <= timezone.localdate(moment)
    following = begins + relativedelta(years=1)
    assert following + relativedelta(**{unit: int(count)}) > timezone.localdate(moment)


def test_the_day_of_29_february_is_kept_its_whole_year():
    assert past("1 year", "", datetime(2025, 2, 28, 3, tzinfo=UTC)).date() == date(2024, 2, 28)
    assert past("1 year", "", datetime(2025, 3, 1, 3, tzinfo=UTC)).date() == date(2024, 3, 1)


@pytest.fixture
def make(sato, takahashi):
    """make(rule, at, person): a row the rule is for, counted from `at`; its model and key."""
    aged = Aged(sato, takahashi)
    return lambda rule, at, person: aged.make(rule.code, at, person)


def is_disposed(rule, model, key):
    found = model._base_manager.filter(pk=key).first()
    if rule.code == "log_detail":
        return (found.terminal, found.reference, found.reason) == ("", "", "") and (
            found.engagement is found.search_id is None
        )
    if rule.verb == "give_up_held":
        return found.state == "refused"
    if rule.verb == "forget_account":
        return (found.display_name, found.ref, found.is_active) == ("", None, False)
    return found is None


def run(moment=None):
    return {each.rule: each for each in retention.dispose(moment or timezone.now())}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_lets_go_what_is_over_and_nothing_younger(rule, make, yamada, katsuragi):
    before = rule.before(timezone.now())
    # A date counts days; a session's end, which has no period, is overtaken by the clock.
    by_day = rule.code in {"past_hold", "session"}
    step = timedelta(days=1) if by_day else timedelta(microseconds=1)
    due = make(rule, before, yamada.mother)
    young = make(rule, before + step, katsuragi.mother)

    outcome = run()[rule.code]

    assert is_disposed(rule, *due)
    assert not is_disposed(rule, *young)
    assert outcome.removed[rule.table] == 1
    assert run()[rule.code].removed == {}, "a second run finds nothing to do"
    proof = Disposal.objects.get(rule=rule.code)
    assert proof.digest == sha256(str(due[1]).encode()).hexdigest()
    assert (proof.version, proof.period, proof.by) == (rule.version, rule.period, "nightly")
    assert "山田" not in json.dumps(proof.removed, ensure_ascii=False)


@pytest.mark.parametrize("rule", [r for r in RULES.values() if r.held_by], ids=lambda r: r.code)
def test_a_hold_stops_a_rule_until_it_is_lifted(rule, make, yamada, katsuragi, sato):
    before = rule.before(timezone.now())
    held = make(rule, before, yamada.mother)
    other = make(rule, before, katsuragi.mother)
    place = {"ref": yamada.mother.pk}
    hold = holds.place(why="訴訟のため", until=date(2099, 12, 31), by=sato, **place)

    run()

    assert not is_disposed(rule, *held)
    assert is_disposed(rule, *other)
    holds.lift(hold, by=sato)
    run()
    assert is_disposed(rule, *held)
    lifted = RetentionHold.objects.get(pk=hold)
    assert (lifted.lifted_by_id, bool(lifted.lifted_at)) == (sato.account_id, True)
    with pytest.raises(holds.NoSuchHold):
        holds.lift(hold, by=sato)


def test_a_hold_of_a_bundle_stops_it_and_one_past_its_day_does_not(make, yamada, katsuragi, sato):
    rule = RULES["finished"]
    before = rule.before(timezone.now())
    held, past_its_day = (make(rule, before, each.mother) for each in (yamada, katsuragi))
    today = timezone.localdate()
    for (_, key), until in ((held, today), (past_its_day, today - timedelta(days=1))):
        number = Bundle.objects.get(pk=key).number
        holds.place(why="照会のため", until=until, by=sato, bundle=number)

    run()

    assert not is_disposed(rule, *held)
    assert is_disposed(rule, *past_its_day)


def test_a_bundle_goes_with_everything_of_it(make, yamada):
    rule = RULES["finished"]
    make(rule, rule.before(timezone.now()), yamada.mother)
    kept = {name: apps.get_model(name).objects.count() for name in (rule.table, *rule.also)}
    assert all(kept.values())

    outcome = run()["finished"]

    assert outcome.removed == kept
    assert not any(model.objects.exists() for model in (Bundle, Answer, Participant, Snapshot))


def test_of_a_person_who_is_gone_only_the_identity_stays(make, yamada, sato):
    rule = RULES["gone_resident"]
    at = rule.before(timezone.now())
    for each in (yamada.father, yamada.mother, yamada.child):
        make(rule, at, each)
    Holding.objects.update(gone_at=at)

    run()

    assert not any(model.objects.exists() for model in (Resident, SearchKey, Holding, Household))
    assert Identity.objects.count() == 3


def test_a_household_somebody_still_lives_in_stays(make, yamada):
    make(RULES["gone_resident"], RULES["gone_resident"].before(timezone.now()), yamada.mother)

    run()

    assert Household.objects.count() == 1
    assert Resident.objects.count() == 2


def test_a_standing_protection_is_never_disposed_of(yamada, takahashi):
    makers.make_protection(yamada.child, ends_on=date(1990, 1, 1))
    Delivery.objects.update(as_of=datetime(1990, 1, 1, tzinfo=UTC))
    measures.set_up(wish(yamada.mother, starts_on=date(1990, 1, 1)), by=takahashi)

    outcomes = run()

    assert outcomes["ended_protection"].removed == outcomes["ended_measure"].removed == {}
    assert Measure.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_night_that_breaks_off_leaves_whole_batches_and_the_next_goes_on(
    make, yamada, monkeypatch
):
    rule = RULES["session"]
    monkeypatch.setattr(holds, "BATCH", 4)
    at = rule.before(timezone.now())
    keys = sorted(make(rule, at, yamada.mother)[1] for _ in range(10))
    refuse = f"""
        CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.session_key = '{keys[6]}' THEN RAISE EXCEPTION 'power cut'; END IF;
            RETURN OLD;
        END $$;
        CREATE TRIGGER stumble BEFORE DELETE ON django_session
            FOR EACH ROW EXECUTE FUNCTION stumble();
    """
    execute(refuse)
    with pytest.raises(DatabaseError, match="power cut"):
        run()
    assert sorted(Session.objects.values_list("pk", flat=True)) == keys[4:]
    assert [each.removed for each in Disposal.objects.filter(rule="session")] == [
        {"sessions.Session": 4}
    ]
    execute("DROP TRIGGER stumble ON django_session; DROP FUNCTION stumble();")

    run()

    assert not Session.objects.exists()
    proven = Disposal.objects.filter(rule="session")
    assert sum(each.removed["sessions.Session"] for each in proven) == len(keys)
    assert [each.digest for each in proven] == [
        sha256("\n".join(keys[start : start + 4]).encode()).hexdigest() for start in (0, 4, 8)
    ]


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


ON = "SELECT set_config('consent.disposing', 'on', true); "
EMPTY = "terminal = '', reference = '', reason = '', engagement = NULL, search_id = NULL"


@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE consent_accessentry SET {EMPTY}",
        f"{ON} UPDATE consent_accessentry SET {EMPTY}, account_id = 2",
        f"{ON} UPDATE consent_accessentry SET {EMPTY}, at = now()",
        f"{ON} UPDATE consent_accessentry SET reason = 'another'",
        f"{ON} DELETE FROM consent_accessentry",
        f"{ON} UPDATE consent_accesssubject SET categories = '{{}}'",
        f"{ON} DELETE FROM consent_accesssubject",
        "DELETE FROM consent_disposal",
        "UPDATE consent_disposal SET digest = ''",
    ],
)
def test_nothing_else_of_log_and_proofs_changes_even_while_disposing(sql, make, yamada):
    old_entry(datetime(2010, 1, 1, tzinfo=UTC), yamada.mother.pk)
    make(RULES["session"], RULES["session"].before(timezone.now()), yamada.mother)
    run(datetime(2015, 1, 1, tzinfo=UTC))
    Disposal.objects.create(
        rule="x", version=1, period="1 day", before=timezone.now(), removed={}, digest="d", by="x"
    )

    with pytest.raises(DatabaseError, match="append-only|never changes"), transaction.atomic():
        execute(sql)


def test_the_details_of_a_young_entry_stay_even_if_they_are_named(yamada):
    entry = old_entry(timezone.now() - timedelta(days=300), yamada.mother.pk)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        holds.empty_log_details([entry])

    assert AccessEntry.objects.get().reason == "届出の審査"
    assert AccessSubject.objects.count() == 1


def test_an_unfinished_bundle_holds_nothing_the_register_holds(yamada, sato):
    """P6: prefill that was not submitted need not be purged, for it is never written down."""
    made = makers.make_bundle(yamada.mother, sato)
    bundles.go_to(made, "check", version=made.version, by=sato)
    from lifeevents.opened import open_bundle  # noqa: PLC0415

    assert "北進町" in repr(open_bundle(Bundle.objects.get(pk=made.pk), by=sato).filled)

    written = StringIO()
    call_command("dumpdata", "lifeevents", "consent.engagement", stdout=written)
    assert "n1" in written.getvalue()
    for token in ("北進町", "花子", "ハナコ", yamada.mother.number):
        assert token not in json.dumps(json.loads(written.getvalue()), ensure_ascii=False).replace(
            json.dumps(makers.NEWBORN["n1", "name"], ensure_ascii=False), ""
        ) or token in str(catalogue())


def catalogue():
    from lifeevents.models import CatalogueVersion  # noqa: PLC0415

    return [each.document for each in CatalogueVersion.objects.all()]


def test_the_command_counts_before_and_tells_after(make, yamada):
    rule = RULES["draft_desk"]
    model, key = make(rule, rule.before(timezone.now()), yamada.mother)

    counted = command("--dry-run")
    assert model.objects.filter(pk=key).exists()
    told = command()
    assert not model.objects.filter(pk=key).exists()

    assert counted["draft_desk"]["removed"] == {"lifeevents.Bundle": 1}
    assert told["draft_desk"]["removed"]["lifeevents.Bundle"] == 1
    assert len(told["draft_desk"]["digests"]) == 1
    assert Disposal.objects.get(rule="draft_desk").by == "command"


def command(*arguments):
    printed = StringIO()
    call_command("dispose", "--json", *arguments, stdout=printed)
    return {each["rule"]: each for each in json.loads(printed.getvalue())["rules"]}


def test_a_day_to_come_is_only_counted(make, yamada):
    rule = RULES["draft_desk"]
    model, key = make(rule, timezone.now(), yamada.mother)
    later = (timezone.localdate() + timedelta(days=32)).isoformat()

    assert command("--dry-run", "--on", later)["draft_desk"]["removed"]
    with pytest.raises(CommandError, match="先の日"):
        call_command("dispose", "--on", later, stdout=StringIO())

    assert model.objects.filter(pk=key).exists()


def test_holds_are_placed_listed_and_lifted_from_the_command_line(yamada, staff):
    printed = StringIO()
    place = ["place", "--resident", yamada.mother.number, "--why", "照会", "--as", "sato"]
    call_command("retention_hold", *place, "--until", "2099-01-01", stdout=printed)
    hold = UUID(printed.getvalue().strip())
    assert RetentionHold.objects.get().ref == yamada.mother.pk

    call_command("retention_hold", "lift", str(hold), "--as", "sato")

    with pytest.raises(CommandError):
        call_command("retention_hold", "lift", str(hold), "--as", "sato")
    listed = StringIO()
    call_command("retention_hold", "list", stdout=listed)
    assert listed.getvalue() == ""


@pytest.mark.parametrize("code", ["gone_resident", "gone_holding"])
def test_who_is_gone_is_found_without_looking_at_everybody(code):
    found = due(RULES[code], timezone.now(), Spared())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = found.order_by().explain()

    assert code.removeprefix("gone_") + "_gone" in plan
