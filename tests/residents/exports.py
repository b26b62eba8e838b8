"""Small hand-made exports of the core systems, written as files the importer reads."""

import csv
import io
from datetime import datetime, timedelta

from residents import feed
from residents.importing import parcel, releasing, undoing
from residents.importing.delivery_set import import_set, working
from residents.models import Delivery

AT = datetime(2026, 11, 1, 3, 0, 0)
LATER = AT + timedelta(days=1)
OPERATORS = (1, 2)
PERSON = {
    "個人履歴番号": "1",
    "個人履歴番号_枝番号": "0",
    "世帯番号": "0000000901",
    "住民種別": "1",
    "住民状態": "1",
    "氏名": "見本　花子",
    "氏名_フリガナ": "ミホン　ハナコ",
    "性別": "2",
    "生年月日": "1990-05-01",
    "続柄コード1": "02",
    "続柄表記": "世帯主",
    "住所_都道府県": "北海道",
    "住所_市区郡町村名": "北見市",
    "住所_町字": "緑町三丁目",
    "住所_番地号表記": "５番６号",
}
NHI = {
    "被保険者履歴番号": "1",
    "国保記号番号": "北見０００１",
    "国保資格区分": "1",
    "国保資格取得年月日": "2020-04-01",
}


def person(number="0000000001", **changes):
    """One row of 住民基本台帳."""
    return {"宛名番号": number, **PERSON, **changes}


def nhi(number="0000000001", **changes):
    """One row of 国保資格."""
    return {"宛名番号": number, **NHI, **changes}


def contact(number="0000000001", **changes):
    """One row of 連絡先, agreed to."""
    return {"宛名番号": number, "履歴番号": "1", "同意年月日": "2025-01-01", **changes}


def vehicle(number="0000000001", plate="北見市あ1", **changes):
    """One row of 軽自動車税, one record a plate."""
    return {
        "宛名番号": number,
        "履歴番号": "1",
        "標識番号": plate,
        "登録年月日": "2020-01-01",
    } | changes


def protection(number="0000000001", kind="1", **changes):
    """One row of 支援措置対象者."""
    return {
        "宛名番号": number,
        "履歴番号": "1",
        "支援措置開始年月日": "2026-01-01",
        "支援措置終了年月日": "2026-12-31",
        "支援措置区分": kind,
        **changes,
    }


def file_name(code, at=AT, extent="全件", sequence=1):
    """The standard file name of a delivery."""
    return feed.feed(code).file_name(feed.Extent(extent), at, sequence)


def as_csv(code, rows, columns=None):
    """The text of an export: a header row of the feed's items (or `columns`) and the rows."""
    text = io.StringIO()
    names = columns or feed.feed(code).columns
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([row.get(name, "") for name in names] for row in rows)
    return text.getvalue()


def write(folder, code, rows, *, at=AT, columns=None, sequence=1, extent="全件"):
    """Write an export into `folder` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file_name(code, at, extent, sequence)
    path.write_bytes(as_csv(code, rows, columns).encode())
    return path


def take_in(*paths):
    """Import the paths as the command does; {feed: delivery} (unknown feeds under "")."""
    deliveries = [each for arrivals in parcel.sets(paths) for each in import_set(arrivals)]
    return {each.feed: each for each in deliveries}


def take_in_rows(tmp_path, at=AT, **rows):
    """Write one export per feed (`juki=[…]`) and import them as one set."""
    folder = tmp_path / f"{at:%Y%m%d%H%M%S}"
    for code, each in rows.items():
        write(folder, code, each, at=at)
    return take_in(folder)


def let_go(done):
    """Release every held set among these deliveries, as two people do; the deliveries as they are."""
    for each in done.values():
        each.refresh_from_db()
        if each.state == "held":
            with working():
                releasing.release(each.pk, OPERATORS)
    return {code: Delivery.objects.get(pk=each.pk) for code, each in done.items()}


def undo(delivery):
    """Roll a delivery back, and every later one of its feed, as two people do."""
    with working():
        return undoing.roll_back(delivery.pk, OPERATORS, also_later=True)
