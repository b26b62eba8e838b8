"""The demo's files are dated last night; what they hold, and its digests, stay."""

import hashlib
import shutil
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from counter.embedded import town
from residents.importing import parcel
from residents.importing.file_name import read

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("now", "night"),
    [
        (datetime(2027, 1, 1, 9, 30, tzinfo=TOKYO), datetime(2027, 1, 1, 3, tzinfo=TOKYO)),
        (datetime(2027, 1, 1, 2, 59, tzinfo=TOKYO), datetime(2026, 12, 31, 3, tzinfo=TOKYO)),
    ],
)
def test_the_demos_files_are_of_last_night_and_hold_what_they_held(
    town_exports, tmp_path, now, night
):
    before = contents(town_exports / "day00")
    exports = shutil.copytree(town_exports / "day00", tmp_path / "day00")

    for _ in range(2):  # again after it broke off
        town._date(exports, now)

    files = parcel.arrivals(exports)
    assert {read(each.name).as_of for each in files} == {night}
    assert contents(exports) == before
    for each in files:
        assert each.wrong is None
        with each.open() as raw:
            assert each.expected_sha256 == hashlib.file_digest(raw, "sha256").hexdigest()


def contents(folder):
    return sorted(path.read_bytes() for path in folder.glob("[0-9]*.csv"))
