"""支援措置 are sealed with keys of their own, and sealed anew when these change."""

import dataclasses

import pytest
from cryptography.fernet import InvalidToken
from django.core.management import CommandError, call_command

from consent import measure_transfers, measures, resealing, sealing
from consent.measures import Against
from consent.models import AdverseParty, Measure, MeasureTransfer
from tests.aged import wish

WORDS = {"name": "相手　次郎"}
CONTACT = {"to": "09055556666"}


@pytest.fixture
def measure(takahashi, yamada, today):
    wished = wish(yamada.mother, against=(Against(None, WORDS),))
    made = measures.set_up(dataclasses.replace(wished, contact=CONTACT), by=takahashi)
    measure_transfers.add(made.pk, "out", {"municipality": "網走市"}, on=today, by=takahashi)
    return made


def opened():
    """All that is sealed of the one measure."""
    return [
        sealing.unseal(getattr(model.objects.get(), column)) for model, column in resealing.SEALED
    ]


SAID = [CONTACT, WORDS, {"municipality": "網走市"}]


def test_what_opens_second_factors_opens_no_measure_and_the_other_way_round(settings, measure):
    factor = sealing.seal_secret("JBSWY3DPEHPK3PXP")
    own = settings.PROTECTION_KEYS

    settings.PROTECTION_KEYS = ["a key that is not the one"]
    with pytest.raises(InvalidToken):
        opened()
    settings.PROTECTION_KEYS, settings.FIELD_KEYS = own, own
    with pytest.raises(InvalidToken):
        sealing.unseal_secret(factor)
    assert opened() == SAID


def test_what_was_sealed_before_there_was_a_key_of_its_own_is_read_and_sealed_anew(
    settings, measure
):
    own, former = settings.PROTECTION_KEYS, settings.FIELD_KEYS
    settings.PROTECTION_KEYS = [*former, *own]
    assert resealing.seal_anew().renewed == 3
    settings.PROTECTION_KEYS = own
    assert opened() == SAID

    assert resealing.seal_anew() == resealing.Resealed(renewed=3, current=0, shut=0)

    settings.FIELD_KEYS = ["of second factors only"]
    assert opened() == SAID
    assert resealing.seal_anew() == resealing.Resealed(renewed=0, current=3, shut=0)


def test_a_key_is_rotated_and_its_former_one_taken_away(settings, measure, capsys):
    settings.PROTECTION_KEYS = ["a key to come", *settings.PROTECTION_KEYS]
    assert opened() == SAID

    call_command("reseal", json=True)

    assert capsys.readouterr().out == '{"renewed": 3, "current": 0, "shut": 0}\n'
    settings.PROTECTION_KEYS = ["a key to come"]
    assert opened() == SAID


def test_what_no_key_opens_is_counted_and_left(settings, measure):
    before = bytes(AdverseParty.objects.get().sealed)
    settings.PROTECTION_KEYS = ["another key"]

    with pytest.raises(CommandError, match="PROTECTION_KEYS"):
        call_command("reseal")

    assert bytes(AdverseParty.objects.get().sealed) == before


def test_everything_that_is_sealed_is_sealed_anew():
    """A column that holds sealed words and is not in SEALED would be lost with its key."""
    named = {
        (model, each.name)
        for model in (AdverseParty, Measure, MeasureTransfer)
        for each in model._meta.get_fields()
        if "暗号化" in str(getattr(each, "verbose_name", ""))
    }

    assert named == {*resealing.SEALED}
