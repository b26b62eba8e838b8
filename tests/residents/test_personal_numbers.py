"""A delivery may carry 個人番号; nothing of this system may (design I4). A scanner looks everywhere."""

import logging
import random
import tempfile
import zipfile

import pytest
from django.core.management import call_command
from django.db import connection

from residents import personal_number
from residents.models import Rejection, Resident
from tests.residents.exports import as_csv, contact, file_name, person
from tests.residents.operator import import_exports

pytestmark = pytest.mark.django_db
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def valid(rng):
    """A number of twelve digits with the 検査用数字 of a 個人番号, made up."""
    while True:
        number = f"{rng.randrange(10**12):012}"
        if personal_number.is_in(number):
            return number


@pytest.fixture
def secrets():
    rng = random.Random(12)
    return [valid(rng) for _ in range(8)]


@pytest.fixture
def everywhere(tmp_path, caplog, capfd, monkeypatch):
    """Everything that is left of an import: every table, temporary files, output and log."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    caplog.set_level(logging.DEBUG)

    def text():
        call_command("register_export", str(tmp_path / "out"))
        found = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").iterdir()]
        found += [
            path.read_text(errors="replace") for path in temporary.rglob("*") if path.is_file()
        ]
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names():
                cursor.execute(f'SELECT "{table}"::text FROM "{table}"')
                found += [row[0] for row in cursor.fetchall()]
        assert any("見本" in each for each in found)  # the scanner does see what is stored
        return "\n".join([*found, caplog.text, *capfd.readouterr()])

    return text


def spellings(number):
    a, b, c = number[:4], number[4:8], number[8:]
    return [
        number,
        number.translate(WIDE),
        f"{a}-{b}-{c}",
        f"{a} {b} {c}",
        f"{a}　{b}　{c}".translate(WIDE),
    ]


def no_trace(text, secrets):
    return [each for secret in secrets for each in spellings(secret) if each in text] == []


def put(folder, text, code="juki"):
    folder.mkdir(exist_ok=True)
    path = folder / file_name(code)
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    "title",
    [
        "個人番号",
        "住民票コード",
        "kojinbango",
        "世帯主_個人番号",
        "マイナンバー",
        "備考2",
        "",
        "個人　番号",
    ],
)
def test_a_column_of_them_leaves_no_trace_whatever_it_is_called(
    tmp_path, everywhere, secrets, title
):
    rows = [person(f"{place:010}", **{title: number}) for place, number in enumerate(secrets)]
    rows[3]["生年月日"] = ""
    rows[4]["個人履歴番号"] = "x"
    columns = [*rows[0]]
    columns.insert(2, columns.pop(columns.index(title)))
    text = as_csv("juki", rows, columns) + f"{secrets[5]},{secrets[6]}\r\n{secrets[7]}\r\n"

    code, (delivery,) = import_exports(put(tmp_path / "set", text))

    assert (code, delivery["rejected"], delivery["new"]) == (0, 4, 6)
    assert no_trace(everywhere(), secrets)


@pytest.mark.parametrize("title", ["氏名", "住所_方書", "転入前住所_世帯主氏名", "住所_方書コード"])
@pytest.mark.parametrize("spelling", range(5))
def test_one_inside_a_text_costs_the_row_and_leaves_no_trace(
    tmp_path, everywhere, secrets, title, spelling
):
    rows = [
        person(f"{place:010}", **{title: f"見本（{spellings(number)[spelling]}）様"})
        for place, number in enumerate(secrets)
    ]
    rows.append(person("0000000099"))

    code, (delivery,) = import_exports(put(tmp_path / "set", as_csv("juki", rows)))

    assert (code, delivery["rejected"], delivery["new"]) == (0, len(secrets), 1)
    rejection = Rejection.objects.first()
    assert (rejection.reason, rejection.columns) == ("personal_number", {})
    assert f"「{title}」" in rejection.message
    assert no_trace(everywhere(), secrets)


def test_a_number_in_the_place_of_the_person_is_not_kept_when_it_is_spelled_as_one(
    tmp_path, everywhere, secrets
):
    rows = [person(spellings(number)[2]) for number in secrets] + [person("0000000099")]

    code, (delivery,) = import_exports(put(tmp_path / "set", as_csv("juki", rows)))

    assert (code, delivery["rejected"]) == (0, len(secrets))
    assert no_trace(everywhere(), secrets)


def test_a_broken_file_of_them_leaves_no_trace(tmp_path, everywhere, secrets):
    import_exports(put(tmp_path / "good", as_csv("juki", [person()])))
    rows = [person(f"{place:010}", 個人番号=number) for place, number in enumerate(secrets)]
    text = as_csv("juki", rows, [*rows[0]])
    for place, data in enumerate(
        [
            text.replace("見本　花子", '"見本　花子', 1).encode(),
            text.encode()[:-20],
            text.encode("utf-16"),
            text.split("\r\n", 1)[1].encode(),
        ]
    ):
        path = put(tmp_path / f"bad{place}", "")
        path.write_bytes(data)
        assert import_exports(path)[0] == 4

    assert no_trace(everywhere(), secrets)


def test_a_zip_of_them_leaves_no_trace(tmp_path, everywhere, secrets):
    rows = [person(f"{place:010}", 個人番号=number) for place, number in enumerate(secrets)]
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(file_name("juki"), as_csv("juki", rows, [*rows[0]]))

    assert import_exports(path)[0] == 0
    assert no_trace(everywhere(), secrets)


def test_other_feeds_are_guarded_alike(tmp_path, everywhere, secrets):
    put(tmp_path / "set", as_csv("juki", [person()]))
    rows = [contact(メールアドレス=f"{secrets[0]}@example.jp"), contact("2")]
    put(tmp_path / "set", as_csv("contact", rows), "contact")

    import_exports(tmp_path / "set")

    assert Rejection.objects.get().reason == "personal_number"
    assert no_trace(everywhere(), secrets)


def test_numbers_of_persons_and_households_may_have_twelve_digits(tmp_path, secrets):
    """住民記録システム標準仕様書 1.1.13 gives them the same 検査数字, so nothing can tell them apart."""
    rows = [person(number, 世帯番号=number) for number in secrets]

    code, (delivery,) = import_exports(put(tmp_path / "set", as_csv("juki", rows)))

    assert (code, delivery["rejected"]) == (0, 0)
    assert Resident.objects.count() == len(secrets)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("123456789018", True),
        ("１２３４５６７８９０１８", True),
        ("番号1234-5678-9018です", True),
        ("1234 5678 9018", True),
        ("123456789012", False),
        ("1234567890180", False),
        ("0123456789018", False),
        ("12345678901", False),
        ("2026-11-22 03:00:00", False),
        ("090-0000-0000", False),
        ("", False),
    ],
)
def test_a_number_is_known_by_its_check_digit(text, found):
    assert personal_number.is_in(text) is found
    assert personal_number.may_be_in([text]) or not found
