"""Rows of the list of threats once more, each as an operator meets it: by the commands, with a sentence.

What a row needs beside this stands in docs/threats.md.
"""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from consent import door, engagements
from consent.binding import Card, bind
from consent.models import AccessEntry
from lifeevents.models import Bundle
from residents import feed as feeds
from residents import register
from residents.models import Delivery, Holding, Identity, Rejection, Resident
from tests.residents.exports import AT, LATER, as_csv, file_name, nhi, person, protection, write
from tests.residents.operator import import_exports, refused, register_bytes

pytestmark = pytest.mark.django_db
NUMBERS = [f"{place:010}" for place in range(1, 121)]
DEAD = {"住民状態": "3", "異動事由": "12", "消除の異動年月日": "2026-10-30"}


def command(name, *args, **options):
    out = StringIO()
    call_command(name, *map(str, args), stdout=out, **options)
    return out.getvalue()


def town(**changes):
    """120 people of 60 addresses; the changes are those of the first."""
    people = [
        person(each, 氏名=f"見本　{each}", 住所_番地号表記=f"{at // 2}番地", 世帯番号=each)
        for at, each in enumerate(NUMBERS)
    ]
    return [people[0] | changes, *people[1:]]


WAYS = {
    "T-19 rows that differ under one key": (
        lambda folder: write(
            folder, "juki", [person(氏名="甲"), person(氏名="乙"), person("0000000002")]
        ),
        (0, "applied", ""),
    ),
    "T-20 a 差分 before its 全件": (
        lambda folder: write(folder, "nhi", [nhi()], extent="差分"),
        (4, "refused", "no_full"),
    ),
    "T-21 everybody at one address": (
        lambda folder: write(folder, "juki", [person(each) for each in NUMBERS]),
        (3, "held", "same_address"),
    ),
    "T-22 full of 外字": (
        lambda folder: write(folder, "juki", [each | {"氏名": "\ue123田"} for each in town()]),
        (3, "held", "odd_characters"),
    ),
    "T-64 a day that cannot be": (
        lambda folder: write(folder, "juki", [person(生年月日="2021-02-29"), person("0000000002")]),
        (0, "applied", ""),
    ),
}


@pytest.mark.parametrize(("deliver", "ends"), WAYS.values(), ids=WAYS)
def test_each_is_answered_with_a_sentence(tmp_path, deliver, ends):
    """Into an empty register: what is kept out is kept out alone, what is stopped changes nothing."""
    code, (delivery,) = import_exports(deliver(tmp_path / "set"))

    assert (code, delivery["state"], delivery["reason"]) == ends
    assert delivery["message"].endswith("。")
    kept = 1 if delivery["state"] == "applied" else 0
    assert Resident.objects.count() == kept
    assert bool(Rejection.objects.exists()) is bool(kept)


def test_what_comes_twice_or_too_early_is_said_and_waits(tmp_path):
    """T-20, T-24: one file twice in one set and again; a 差分 whose predecessor is missing."""
    write(tmp_path / "a", "juki", town())
    assert import_exports(tmp_path / "a")[0] == 0
    before = register_bytes(tmp_path / "before")

    twice = write(tmp_path / "b", "juki", town(氏名="新しい　名"), at=LATER)
    code, (first, second) = import_exports(twice, twice)
    again = refused(twice)
    gap = write(tmp_path / "c", "juki", town()[:1], at=LATER, extent="差分", sequence=2)

    assert {first["state"], second["state"]} == {"applied", "refused"}
    assert code in (0, 4)
    assert {again["reason"], *(each["reason"] for each in (first, second))} == {"", "replay"}
    assert refused(gap)["reason"] == "stale"
    later = LATER.replace(day=LATER.day + 1)
    gap = write(tmp_path / "d", "juki", town()[:1], at=later, extent="差分", sequence=2)
    code, (held,) = import_exports(gap)
    assert (code, held["reason"]) == (3, "gap")
    assert Resident.objects.get(number=NUMBERS[0]).name == "新しい　名"
    assert register_bytes(tmp_path / "after") != before


def test_two_operators_release_and_take_back_by_the_commands(tmp_path, staff):
    """T-21, §9.2: alone nobody does; what is taken back is as before to the byte, but for a measure."""
    write(tmp_path / "a", "juki", town())
    write(tmp_path / "a", "protection", [])
    import_exports(tmp_path / "a")
    before = register_bytes(tmp_path / "before")
    write(tmp_path / "b", "juki", town()[:60], at=LATER)
    write(tmp_path / "b", "protection", [protection()], at=LATER)
    code, deliveries = import_exports(tmp_path / "b")
    assert (code, {each["state"] for each in deliveries}) == (3, {"held"})
    chosen = next(each["id"] for each in deliveries if each["feed"] == "juki")

    for alone in (["operator"], ["operator", "operator"], ["operator", "sato"]):
        with pytest.raises(CommandError):
            command("release_delivery", chosen, accounts=alone)
    assert register_bytes(tmp_path / "still") == before
    with pytest.raises(SystemExit) as released:
        command("release_delivery", chosen, accounts=["operator", "operator2"])
    assert released.value.code == 0
    assert Resident.objects.filter(gone_at=None).count() == 60

    for each in Delivery.objects.filter(state="applied", as_of__gt=AT.astimezone()):
        command("rollback_delivery", each.pk, accounts=["operator", "operator2"])

    after = register_bytes(tmp_path / "after")
    assert {name for name in after if after[name] != before[name]} == {
        name for name in after if "支援措置" in name or "protection" in name
    }
    (ref,) = Identity.objects.filter(number="0000000001").values_list("pk", flat=True)
    assert register.read([ref])[ref].protection is not None


@pytest.fixture
def own_feeds(settings, tmp_path):
    """A town's own feed files: one of ours with something put before its items."""
    settings.FEEDS = tmp_path / "feeds"
    settings.FEEDS.mkdir()

    def declare(code, line, *, before="item = ["):
        text = (feeds.feed_files.FOLDER / f"{code}.toml").read_text(encoding="utf-8")
        assert text.count(f"\n{before}") == 1
        text = text.replace(f"\n{before}", f"\n{line}\n{before}")
        (settings.FEEDS / f"{code}.toml").write_text(text, encoding="utf-8")
        feeds.forget()

    yield declare
    feeds.forget()


@pytest.mark.parametrize("extent", ["全件", "差分"])
def test_where_a_manifest_is_required_no_cut_passes(tmp_path, own_feeds, extent):
    """T-17: a first 全件 or a 差分 cut at the end of a row has nothing else to tell it."""
    own_feeds("nhi", 'manifest = "required"')
    if extent == "差分":
        _with_manifest(tmp_path / "first", [nhi("9")], "全件", AT, 1)
        assert import_exports(tmp_path / "first")[0] == 0
    before = register_bytes(tmp_path / "before")
    rows = [nhi(each) for each in NUMBERS]
    alone = write(tmp_path / "alone", "nhi", rows[:50], at=LATER, extent=extent)
    _with_manifest(tmp_path / "cut", rows, extent, LATER, 50)
    _with_manifest(tmp_path / "counted", rows[:50], extent, LATER, 120)

    assert refused(alone)["reason"] == "no_manifest"
    assert refused(tmp_path / "cut")["reason"] == "checksum"
    assert refused(tmp_path / "counted")["reason"] == "count"

    assert register_bytes(tmp_path / "after") == before
    _with_manifest(tmp_path / "whole", rows, extent, LATER, 120)
    assert import_exports(tmp_path / "whole")[0] == 0


def _with_manifest(folder, rows, extent, at, kept):
    """A delivery of the first rows beside the manifest of all of them; more than all: its count is wrong."""
    from hashlib import sha256  # noqa: PLC0415

    path = write(folder, "nhi", rows[:kept], at=at, extent=extent)
    whole = as_csv("nhi", rows).encode()
    count = max(len(rows), kept)
    line = f"{file_name('nhi', at, extent)},{count},{sha256(whole).hexdigest()}"
    (folder / "manifest.csv").write_text(f"ファイル名,件数,SHA256\r\n{line}\r\n", "utf-8")
    return path


def benefits():
    return sorted(Holding.objects.values_list("identity__number", "feed", "active", "gone_at"))


def a_town_with_benefits(tmp_path):
    write(tmp_path / "a", "juki", town())
    write(tmp_path / "a", "nhi", [nhi(each) for each in NUMBERS[:3]])
    write(tmp_path / "a", "protection", [protection(NUMBERS[1])])
    assert import_exports(tmp_path / "a")[0] == 0


def test_a_death_reported_wrongly_ends_no_benefit_by_itself(tmp_path, sato):
    """AC-9.3: what other systems hold stays as they said, nothing is begun; put right, all is as before."""
    a_town_with_benefits(tmp_path)
    before, held = register_bytes(tmp_path / "before"), benefits()

    assert import_exports(write(tmp_path / "b", "juki", town(**DEAD), at=LATER))[0] == 0

    dead = Resident.objects.get(number=NUMBERS[0])
    assert dead.state == "3"
    assert benefits() == held
    ground = engagements.begin("trial", [dead.pk], reference="", by=sato).pk
    facts = door.open([dead.pk], engagement=ground, by=sato)[dead.pk].facts
    assert facts["holds.nhi"].value is True
    assert not Bundle.objects.exists()
    later = LATER.replace(day=LATER.day + 1)
    assert import_exports(write(tmp_path / "c", "juki", town(), at=later))[0] == 0
    assert register_bytes(tmp_path / "after") == before


def test_where_a_town_says_so_every_death_waits_for_two_people(tmp_path, own_feeds, staff):
    own_feeds("juki", 'confirm = { "住民状態" = ["3", "5"] }', before="sensitive =")
    a_town_with_benefits(tmp_path)
    before = register_bytes(tmp_path / "before")
    gone = write(tmp_path / "g", "juki", town(**{**DEAD, "住民状態": "2"}), at=LATER)
    assert import_exports(gone)[0] == 0, "who moves away needs nobody's word"
    import_exports(write(tmp_path / "h", "juki", town(), at=LATER.replace(hour=4)))

    later = LATER.replace(hour=5)
    code, (delivery,) = import_exports(write(tmp_path / "b", "juki", town(**DEAD), at=later))

    assert (code, delivery["reason"]) == (3, "confirm")
    assert "「住民状態」1件" in delivery["message"]
    assert register_bytes(tmp_path / "after") == before
    held = Delivery.objects.get(state="held")
    dead = Resident.objects.get(number=NUMBERS[0])
    assert held.summary["examples"]["confirm"] == [str(dead.pk)]
    with pytest.raises(SystemExit):
        command("release_delivery", held.pk, accounts=["operator", "operator2"])
    dead.refresh_from_db()
    assert dead.state == "3"


def test_people_who_may_be_one_and_records_that_may_be_anothers_are_for_people(tmp_path, staff):
    """AC-9.4: 宛名番号 is taken as it comes; what looks wrong in it is reported, and no card is bound."""
    twice = person("0000000001"), person("0000000002")
    twins = person("0000000003", 氏名="見本　梅"), person("0000000004", 氏名="見本　桜")
    write(tmp_path / "a", "juki", [*twice, *twins])
    old = {"国保資格取得年月日": "1970-04-01"}
    write(tmp_path / "a", "nhi", [nhi("0000000003", **old), nhi("0000000004")])
    assert import_exports(tmp_path / "a")[0] == 0

    out = StringIO()
    with pytest.raises(SystemExit) as found:
        call_command("doubtful_links", account="operator", json=True, stdout=out)

    assert found.value.code == 3
    assert json.loads(out.getvalue()) == {
        "alike": [["0000000001", "0000000002"]],
        "before_birth": [["0000000003", "国民健康保険"]],
    }
    entry = AccessEntry.objects.get(reference="結び付きの点検")
    assert entry.subjects.count() == 3
    place = "北海道北見市緑町三丁目５番６号"
    born = Resident.objects.first().birth_earliest
    assert bind(Card("iss", "1", "見本　花子", place, born, "2")) is None
    assert bind(Card("iss", "2", "見本　梅", place, born, "2"))
    for other in ("sato", "admin", "nobody"):
        with pytest.raises(CommandError):
            command("doubtful_links", account=other)
