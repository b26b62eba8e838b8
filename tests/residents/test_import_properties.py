"""Properties: what went in comes out, and a full export alone decides what is there."""

import csv
import io
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from residents import canonical
from residents.models import Household, SearchKey
from tests.residents.exports import LATER, as_csv, let_go, nhi, person, take_in, write

pytestmark = pytest.mark.django_db
FEW = settings(max_examples=25, deadline=None)
PEOPLE = [f"{place:010}" for place in range(1, 21)]

texts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
        st.sampled_from('",\r\n 　葛\U000e0100塚ﾊﾟー\ue000\\\t'),
    ),
    max_size=12,
)
names = st.sampled_from(["山田　太郎", "髙橋　花子", "ｻﾄｳ", "張　大明", ""]) | texts
dates = st.sampled_from(["1990-05-01", "1948-00-00", "2024-02-29", "9999-12-31", "0000-01-01"])


@st.composite
def registers(draw):
    """Rows of 住民基本台帳 with distinct keys, in any order."""
    keys = st.tuples(st.sampled_from(PEOPLE), st.integers(0, 12), st.integers(0, 2))
    drawn = draw(st.lists(keys, unique=True, min_size=1, max_size=12))
    return [
        person(
            number,
            個人履歴番号=str(history),
            個人履歴番号_枝番号=str(branch),
            氏名=draw(names),
            氏名_フリガナ=draw(names),
            通称=draw(names),
            生年月日=draw(dates),
            世帯番号=draw(st.sampled_from(["901", "902", "903"])),
            続柄コード1=draw(st.sampled_from(["02", "12", "20", ""])),
            住民状態=draw(st.sampled_from("1239")),
            住所_方書=draw(texts),
        )
        for number, history, branch in drawn
    ]


@contextmanager
def passing():
    """A database that forgets this example, and a folder for its files."""
    with tempfile.TemporaryDirectory() as folder, transaction.atomic():
        yield Path(folder)
        transaction.set_rollback(True)


def latest(rows):
    """By hand: of each person the row with the highest 履歴番号 and 枝番号."""
    kept = {}
    for row in sorted(
        rows, key=lambda row: (int(row["個人履歴番号"]), int(row["個人履歴番号_枝番号"]))
    ):
        kept[row["宛名番号"]] = row
    return [kept[number] for number in sorted(kept)]


def written(folder):
    canonical.write(folder / "out")
    return {path.name: path.read_bytes().decode() for path in (folder / "out").iterdir()}


def found_by():
    keys = SearchKey.objects.values_list("resident__number", "kind", "key")
    heads = Household.objects.values_list("number", "head__number")
    return sorted(keys.filter(resident__gone_at=None)), sorted(map(str, heads))


@FEW
@given(registers(), st.randoms())
def test_the_register_written_out_is_the_latest_rows_of_the_export(rows, random):
    columns = [*as_csv("juki", []).strip().split(",")]
    random.shuffle(columns)
    with passing() as folder:
        done = let_go(take_in(write(folder, "juki", rows, columns=columns)))

        assert done["juki"].state == "applied"
        assert written(folder)["juki.csv"] == as_csv("juki", latest(rows))


@FEW
@given(registers(), registers(), st.sets(st.sampled_from(PEOPLE), max_size=2))
def test_a_second_full_export_leaves_what_it_alone_would(first, second, leaving):
    base = [person(number, 個人履歴番号="20") for number in PEOPLE]
    then = [row for row in base if row["宛名番号"] not in leaving] + [
        row for row in second if row["宛名番号"] not in leaving
    ]
    with passing() as folder:
        write(folder / "one", "juki", base + first)
        write(folder / "one", "nhi", [nhi(number) for number in PEOPLE[:15]])
        let_go(take_in(folder / "one"))
        both = after(folder, then)
    with passing() as folder:
        alone = after(folder, then)

    assert both == alone


def after(folder, rows):
    """What the register holds after LATER's set."""
    write(folder / "two", "juki", rows, at=LATER)
    write(folder / "two", "nhi", [nhi(number) for number in PEOPLE[5:]], at=LATER)
    done = let_go(take_in(folder / "two"))
    assert {each.state for each in done.values()} == {"applied"}
    return written(folder), found_by()


@FEW
@given(st.lists(st.lists(texts, max_size=5), max_size=5))
def test_no_text_at_all_breaks_an_import(cells):
    """Whatever follows the header: rows are taken or rejected, or the file is refused or held."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(cells)
    content = as_csv("juki", [person()]) + text.getvalue()
    with passing() as folder:
        path = write(folder, "juki", [])
        path.write_bytes(content.encode())

        delivery = let_go(take_in(path))["juki"]

        filled = [row for row in cells if row]
        assert delivery.state == "applied"
        assert delivery.rows <= len(filled) + 1 + content.count("\r") + content.count("\n")
