"""The office: one admin drafts, another publishes; the next family gets it, a running bundle does not."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from counter.office import urls
from lifeevents import bundles, drafts, sitting, versions, wording
from lifeevents.models import Draft, Publication
from tests.entering import next_code, signed_in

pytestmark = pytest.mark.django_db

NEW = {
    "new": "1",
    "name": "絵本の贈り物",
    "summary": "生まれたお子さまに絵本をお贈りします。",
    "for_": "subjects",
    "department": "children",
    "because": "お子さまが生まれたため",
    "law": "市の要綱",
}


@pytest.fixture
def client_of(staff):
    def sign_in(username):
        return signed_in(staff[username])

    return sign_in


@pytest.fixture
def admin(client_of):
    return client_of("admin")


@pytest.fixture
def admin2(client_of):
    return client_of("admin2")


def url(name, *args):
    return reverse(f"office:{name}", args=args)


def text(response):
    assert response.status_code in (200, 422), response
    return re.sub(r"\s+", " ", response.content.decode())


def post(client, name, /, *args, **data):
    """Send a form with the version the page would show; follow to the page after it."""
    draft = Draft.objects.filter(pk=args[0]).first() if args and isinstance(args[0], int) else None
    version = {"version": draft.version, "title": draft.title} if draft else {}
    return client.post(url(name, *args), {**version, **data}, follow=True)


def new_draft(client):
    post(client, "add", "birth", **NEW)
    draft = Draft.objects.get(state="editing")
    code = next(k.partition("/")[2] for k in draft.changes if k.startswith("procedures/"))
    return draft, code


def published(writer, approver):
    draft, code = new_draft(writer)
    post(writer, "align", draft.pk)
    post(writer, "submit", draft.pk, effective_from="2026-01-01")
    return draft, code


def test_what_one_admin_drafts_and_another_approves_reaches_the_next_family_only(
    admin, admin2, sato, yamada, yoshida, today
):
    running = bundles.start("birth", yamada.mother.pk, applicant="self", on=today, by=sato)
    draft, code = new_draft(admin)

    page = text(admin.get(url("procedure_draft", draft.pk, code)))
    assert "絵本の贈り物" in page
    assert "いつでも" in page
    assert "いまの版では「手続なし」" in page
    assert "期待する結果と違います" in text(admin.get(url("draft", draft.pk)))
    assert "期待する結果を、この変更に合わせました" in text(post(admin, "align", draft.pk))
    asked = text(post(admin, "submit", draft.pk, effective_from=f"{timezone.localdate()}"))
    assert "書いた人は承認できません" in asked

    assert post(admin, "publish", draft.pk).status_code == 403
    shown = text(admin2.get(url("draft", draft.pk)))
    assert "だれにとって何が変わるか" in shown
    assert "承認して公開する" in shown
    assert "第2版として公開しました" in text(post(admin2, "publish", draft.pk))

    following = bundles.start("birth", yoshida.mother.pk, applicant="self", on=today, by=sato)
    proposed = [
        {each.code for each in sitting.sit(each, by=sato).proposals}
        for each in (bundles.find(running.number, by=sato), following)
    ]
    assert [code in codes for codes in proposed] == [False, True]


def test_a_rule_is_edited_chip_by_chip(admin):
    draft, code = new_draft(admin)

    def rule():
        draft.refresh_from_db()
        return draft.changes[f"procedures/{code}"]["rule"]

    opened = text(
        admin.get(
            url("procedure_draft", draft.pk, code),
            {"slot": "rule", "at": "", "do": "add", "fact": "birth_weight"},
        )
    )
    assert "より小さい" in opened
    post(
        admin, "rule", draft.pk, code, slot="rule", at="", do="add", fact="birth_weight",
        join="and", operator="lt", values="2500", because="小さく生まれたため", because_no="",
    )  # fmt: skip
    assert rule()["op"] == "lt"
    assert rule()["because"] == "小さく生まれたため"
    post(
        admin, "rule", draft.pk, code, slot="rule", at="", do="group", join="or", over="parents",
        quantity="some", number="", because="", because_no="",
    )  # fmt: skip
    post(
        admin, "rule", draft.pk, code, slot="rule", at="/of/1/where", do="add", join="and",
        fact="holds.nhi", of="it", operator="yes", because="", because_no="",
    )  # fmt: skip
    assert rule()["of"][1] == {
        "op": "exists",
        "over": "parents",
        "where": {"op": "holds", "system": "nhi"},
    }
    page = text(admin.get(url("procedure_draft", draft.pk, code)))
    assert "出生時の体重" in page
    assert "2,500" in page
    post(admin, "rule", draft.pk, code, slot="rule", at="", do="edit", swap="1")
    assert rule()["op"] == "and"
    post(admin, "rule", draft.pk, code, slot="rule", at="/of/1", do="edit", remove="1")
    assert rule()["op"] == "lt"


def test_a_condition_that_cannot_be_is_shown_again_with_the_remedy(admin):
    draft, code = new_draft(admin)

    refused = post(
        admin, "rule", draft.pk, code, slot="rule", at="", do="add", fact="birth_weight",
        join="and", operator="lt", values="二千", because="{age", because_no="",
    )  # fmt: skip

    assert refused.status_code == 422
    assert "までの数を入力してください" in text(refused) or "{who}か{age}だけです" in text(refused)
    draft.refresh_from_db()
    assert draft.changes[f"procedures/{code}"]["rule"]["op"] == "literal"


def test_deadline_documents_texts_and_settings_are_edited_on_the_page(admin):
    draft, code = new_draft(admin)

    for section in ("texts", "deadline", "documents", "settings"):
        assert "変更案に入れる" in text(
            admin.get(url("procedure_draft", draft.pk, code), {"edit": section})
        )
    post(
        admin, "section", draft.pk, code, "deadline", number="30", unit="days", fact="birth_date",
        of="subjects", count_first_day="no", roll_to_open_day="on", text="30日以内",
    )  # fmt: skip
    post(admin, "section", draft.pk, code, "documents", **{"document-0": "母子健康手帳"})
    post(
        admin, "section", draft.pk, code, "texts", name="絵本", summary="絵本です。", law="要綱",
        sources="要綱\nhttps://www.city.example.jp/",
    )  # fmt: skip
    post(
        admin, "section", draft.pk, code, "settings", for_="subjects", department="maternal",
        online="complete", kind="application", papers=["paper.birth_gift"], from_="令和8年4月1日",
    )  # fmt: skip
    post(
        admin, "rule", draft.pk, code, slot="documents/0/when", at="", do="add", fact="wants_card",
        join="and", operator="yes", because="", because_no="",
    )  # fmt: skip

    draft.refresh_from_db()
    entry = draft.changes[f"procedures/{code}"]
    assert entry["deadline"]["days"] == 30
    assert entry["deadline"]["from"] == {"fact": "birth_date", "of": "subjects"}
    assert entry["documents"][0]["when"]["key"] == "wants_card"
    assert entry["sources"][1] == "https://www.city.example.jp/"
    assert (entry["department"], entry["effective"]["from"]) == ("maternal", "2026-04-01")
    page = text(admin.get(url("procedure_draft", draft.pk, code)))
    assert "その翌日から30日。閉庁日に当たるときは次の開庁日" in page


@pytest.mark.parametrize(
    ("section", "data", "told"),
    [
        ("texts", {"name": ""}, "名称を入力してください"),
        ("deadline", {"number": "30", "unit": "years", "text": "x"}, "期間が長すぎます"),
        ("settings", {"from_": "あした"}, "日付は「8.4.1」"),
    ],
)
def test_a_section_that_cannot_be_read_says_what_to_do(admin, section, data, told):
    draft, code = new_draft(admin)

    refused = post(admin, "section", draft.pk, code, section, **data)

    assert refused.status_code == 422
    assert told in text(refused)


def test_a_new_question_is_made_and_used(admin):
    draft, code = new_draft(admin)

    opened = post(
        admin, "question", draft.pk, code, label="絵本の希望", text="絵本を希望しますか。",
        type="bool", of="bundle", category="child", choices="", help="",
    )  # fmt: skip

    key = next(
        k.partition("/")[2] for k in Draft.objects.get().changes if k.startswith("questions")
    )
    assert "この条件にする" in text(opened)
    post(
        admin, "rule", draft.pk, code, slot="rule", at="", do="add", join="and", fact=key,
        operator="yes", because="希望されているため", because_no="",
    )  # fmt: skip
    page = text(admin.get(url("procedure_draft", draft.pk, code)))
    assert "絵本を希望しますか。" in page
    assert "未確定" in page


def test_a_procedure_is_copied_with_its_rule_and_documents(admin):
    post(admin, "add", "birth", copy="1", source="birth.gift", name="第3子の記念品")

    draft = Draft.objects.get()
    copied = next(e for k, e in draft.changes.items() if k.startswith("procedures/"))
    gift = drafts.latest_document()["procedures"]["birth.gift"]
    assert copied["name"] == "第3子の記念品"
    assert copied["rule"] == gift["rule"]


def test_a_procedure_is_taken_out_of_the_catalogue(admin):
    post(admin, "change", "birth.gift")
    draft = Draft.objects.get()
    post(admin, "remove", draft.pk, "birth.gift")

    draft.refresh_from_db()
    assert draft.changes["procedures/birth.gift"] is None
    assert "birth.gift" not in draft.changes["events/birth"]["procedures"]
    assert "廃止" in text(admin.get(url("draft", draft.pk)))


def test_going_back_to_a_version_is_drafted_and_published(admin, admin2):
    draft, code = new_draft(admin)
    post(admin, "align", draft.pk)
    post(admin, "submit", draft.pk, effective_from=f"{timezone.localdate()}")
    post(admin2, "publish", draft.pk)
    assert "第1版から変わったこと" in text(admin.get(url("version", 2)))
    post(admin, "roll_back", 1)
    back = Draft.objects.get(state="editing")
    post(admin, "submit", back.pk, effective_from=f"{timezone.localdate()}")
    post(admin2, "publish", back.pk)

    assert code not in versions.current()[1].procedures
    history = text(admin.get(url("versions")))
    assert "第3版" in history
    assert Publication.objects.count() == 3


def test_the_second_person_may_return_a_draft_with_a_reason(admin, admin2):
    draft, _code = published(admin, admin2)
    draft.refresh_from_db()
    assert draft.state == "editing"  # the day asked for has passed
    post(admin, "submit", draft.pk, effective_from=f"{timezone.localdate()}")

    assert "差し戻す理由を入力してください" in text(post(admin2, "return", draft.pk, note=""))
    post(admin2, "return", draft.pk, note="期限を書いてください")

    assert "期限を書いてください" in text(admin.get(url("draft", draft.pk)))


def test_a_second_click_changes_nothing_and_says_so(admin):
    draft, _code = new_draft(admin)
    stale = {"version": draft.version}
    admin.post(url("align", draft.pk), stale)

    again = admin.post(url("align", draft.pk), stale, follow=True)

    assert "ほかの操作で先に変わっています" in text(again)


def test_two_drafts_on_one_procedure_are_settled_on_the_page(admin, admin2):
    for client, law in ((admin, "A要綱"), (admin2, "B要綱")):
        post(client, "change", "birth.gift")
        draft = Draft.objects.get(
            state="editing", author__username="admin" if client is admin else "admin2"
        )
        entry = drafts.edition(draft).document["procedures"]["birth.gift"]
        post(
            client, "section", draft.pk, "birth.gift", "texts", name=entry["name"],
            summary=entry["summary"], law=law, sources="\n".join(entry["sources"]),
        )  # fmt: skip
    first, second = Draft.objects.order_by("pk")
    post(admin2, "submit", second.pk, effective_from=f"{timezone.localdate()}")
    post(admin, "publish", second.pk)

    page = text(admin.get(url("draft", first.pk)))
    assert "同じところを変えています" in page
    assert "B要綱" in page
    assert "どうするかを選んで" in text(post(admin, "resolve", first.pk))
    post(admin, "resolve", first.pk, **{"take-0": "mine"})
    assert "承認を依頼する" in text(admin.get(url("draft", first.pk)))


def addresses():
    """Every address of the office with arguments that fit."""
    samples = {
        "code": "birth.gift",
        "event": "birth",
        "pk": 1,
        "number": 1,
        "section": "texts",
        "key": "birth_weight",
        "uuid": UUID(int=0),
    }
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern).replace("<uuid:pk>", "<uuid:uuid>")
        names = re.findall(r"<\w+:(\w+)>", route)
        of_event = "events/" in str(pattern.pattern)
        yield pattern, ["birth" if of_event and n == "code" else samples[n] for n in names]


@pytest.mark.parametrize(
    ("pattern", "args"), list(addresses()), ids=lambda each: getattr(each, "name", "")
)
def test_clerks_and_strangers_get_nowhere_and_operators_only_read(client_of, pattern, args):
    address = url(pattern.name, *args)

    assert set(pattern.callback.audience) <= {"admin", "operator", "support_officer"}
    assert client_of("sato").get(address).status_code == 403
    assert client_of("sato").post(address).status_code == 403
    assert Client().get(address).status_code == 302
    if "operator" not in pattern.callback.audience:
        assert client_of("operator").post(address).status_code == 403


@pytest.mark.parametrize("page", ["events", "drafts", "versions"])
def test_an_operator_reads_the_catalogue(client_of, page):
    shown = text(client_of("operator").get(url(page)))

    assert "見るだけ" in shown
    assert "取り込む</button>" not in shown


@pytest.mark.parametrize(
    ("username", "page"), [("admin", "office:events"), ("operator", "desk:home")]
)
def test_signing_in_leads_to_where_one_works(client, staff, username, page):
    said = {"username": username, "password": "kakanai-demo", "terminal": "事務室"}

    assert client.post(reverse("desk:login"), said).url == reverse("entry:code")
    code = {"code": next_code(staff[username])}
    assert client.post(reverse("entry:code"), code).url == reverse(page)


def test_an_operator_sees_a_procedure_without_a_button_to_change_it(client_of):
    operator = client_of("operator")

    assert "手続を加える" not in text(operator.get(url("event", "birth")))
    shown = text(operator.get(url("procedure", "birth.gift")))
    assert "きょうだい" in shown
    assert "この手続を変える" not in shown


def test_what_is_not_there_is_not_found(admin):
    for address in (
        url("event", "zoo"),
        url("procedure", "zoo"),
        url("draft", 99),
        url("version", 99),
        url("add", "zoo"),
    ):
        assert admin.get(address).status_code == 404
    draft, code = new_draft(admin)
    assert admin.get(url("procedure_draft", draft.pk, "zoo")).status_code == 404
    gone = admin.get(
        url("procedure_draft", draft.pk, code), {"slot": "rule", "at": "/of/7", "do": "edit"}
    )
    assert gone.status_code == 302


def entry_in(draft, key):
    draft.refresh_from_db()
    return draft.changes[key]


def test_what_one_life_event_has_its_own_way_is_edited_there_and_nowhere_else(admin):
    post(admin, "change", "housing")
    draft = Draft.objects.get()
    before = drafts.latest_document()["procedures"]["housing"]
    shown = text(admin.get(url("procedure_draft", draft.pk, "housing", "death")))
    assert before["per_event"]["death"]["name"] in shown
    assert "&quot;: " not in shown

    post(
        admin, "section", draft.pk, "housing", "death", "texts", name="承継の届出",
        summary=before["per_event"]["death"]["summary"], law=before["law"],
        sources="\n".join(before["sources"]),
    )  # fmt: skip
    post(admin, "section", draft.pk, "housing", "death", "documents", **{"document-0": "通帳"})
    post(
        admin, "rule", draft.pk, "housing", "death", slot="rule", at="", do="add", join="and",
        fact="is_head", operator="yes", because="世帯主だったため", because_no="",
    )  # fmt: skip

    changed = entry_in(draft, "procedures/housing")
    assert {n: v for n, v in changed.items() if n != "per_event"} == {
        n: v for n, v in before.items() if n != "per_event"
    }
    own = changed["per_event"]["death"]
    assert own["name"] == "承継の届出"
    assert own["documents"] == [{"name": "通帳"}]
    assert own["rule"]["op"] == "and"
    assert not {"law", "sources"} & set(own)
    assert changed["per_event"]["move_in"] == before["per_event"]["move_in"]
    told = text(admin.get(url("draft", draft.pk)))
    assert "持ち物（おくやみのとき）" in told

    post(admin, "section", draft.pk, "housing", "death", "rule", shared="1")
    post(admin, "section", draft.pk, "housing", "death", "documents", shared="1")
    assert set(entry_in(draft, "procedures/housing")["per_event"]["death"]) == set(
        before["per_event"]["death"]
    )


def test_an_event_shows_what_it_has_from_the_event_it_inherits_from(admin):
    post(admin, "change", "nhi.join")
    draft = Draft.objects.get()
    entry = drafts.latest_document()["procedures"]["nhi.join"]
    inherited = entry["per_event"]["move_in"]["deadline"]["text"]
    assert "deadline" not in entry["per_event"]["move_in_abroad"]

    shown = text(admin.get(url("procedure_draft", draft.pk, "nhi.join", "move_in_abroad")))

    assert inherited in shown


def test_the_words_of_a_question_are_edited_for_all_events_and_for_one(admin):
    before = drafts.latest_document()["questions"]["family_register"]
    assert before["text"] in text(admin.get(url("asked", "family_register")))
    page = text(post(admin, "ask_change", "family_register"))
    assert "質問の文" in page
    draft = Draft.objects.get()
    said = {"label": before["label"], "help": before.get("help", ""), "of": before["of"]}

    post(
        admin, "asked_draft", draft.pk, "family_register", **said, card=before.get("card") or "-",
        text="本籍はどこですか",
    )  # fmt: skip
    own = {**before, **before["per_event"]["death"]}
    post(
        admin, "asked_draft", draft.pk, "family_register", "death", label=own["label"],
        help=own.get("help", ""), of=own["of"], card="-", text="亡くなった方の本籍はどこですか",
    )  # fmt: skip

    changed = entry_in(draft, "questions/family_register")
    assert changed["text"] == "本籍はどこですか"
    assert changed["per_event"] == {
        **before["per_event"],
        "death": {**before["per_event"]["death"], "text": "亡くなった方の本籍はどこですか"},
    }
    told = text(admin.get(url("draft", draft.pk)))
    assert "質問（おくやみのとき）" in told
    assert "亡くなった方の本籍はどこですか" in told


def test_the_labels_of_choices_are_edited_and_their_values_stay(admin):
    before = drafts.latest_document()["questions"]["insurance_after"]
    post(admin, "ask_change", "insurance_after")
    draft = Draft.objects.get()
    labels = {f"choice-{n}": each["label"] for n, each in enumerate(before["choices"])}

    refused = post(
        admin, "asked_draft", draft.pk, "insurance_after", label=before["label"], text="",
        help="", of=before["of"], card="-", **labels,
    )  # fmt: skip
    assert "質問の文を入力してください" in text(refused)
    post(
        admin, "asked_draft", draft.pk, "insurance_after", label=before["label"],
        text=before["text"], help="", of=before["of"], card="-",
        **{**labels, "choice-2": "いまのまま"},
    )  # fmt: skip

    changed = entry_in(draft, "questions/insurance_after")
    assert changed["choices"][2] == {"value": "same", "label": "いまのまま"}
    assert changed == {**before, "choices": changed["choices"]}


def test_every_object_of_the_catalogue_is_told_in_words(admin):
    """No screen shows the archive's own notation, whatever a draft changes."""
    edition = drafts.latest_edition()
    for section, entries in edition.document.items():
        for code, entry in entries.items():
            told = wording.tell(section, entry, edition)
            assert told, (section, code)
            assert not [t for t in told.values() if '{"' in t or '["' in t], (section, code)


@pytest.mark.parametrize("section", ["cards", "departments", "derived", "papers", "events"])
def test_whatever_changes_in_an_object_shows_in_words(section):
    """A change nobody could see would be approved unseen."""
    edition = drafts.latest_edition()
    code, entry = next(iter(edition.document[section].items()))
    name = {"cards": "help", "departments": "place", "derived": "label", "papers": "title"}
    changed = {**entry, name.get(section, "description"): "別の言葉"}

    before, after = (wording.tell(section, each, edition) for each in (entry, changed))

    assert [text for label, text in after.items() if before.get(label) != text] == ["別の言葉"]
