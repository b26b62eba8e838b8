"""The local read copy of the register (住民基本台帳 and its neighbours) and the deliveries it came in."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower, Replace, StrIndex, Substr
from django.utils import timezone

from residents.delivery_models import BeforeImage as BeforeImage
from residents.delivery_models import Delivery as Delivery
from residents.delivery_models import DeliveryStep as DeliveryStep
from residents.delivery_models import HeldRow as HeldRow
from residents.delivery_models import LineChanges as LineChanges
from residents.delivery_models import LineHashes as LineHashes
from residents.delivery_models import Rejection as Rejection
from residents.delivery_models import StagedRow as StagedRow
from residents.inbox_models import InboxLook as InboxLook
from residents.inbox_models import InboxObject as InboxObject
from residents.record_field import RecordField


class Identity(models.Model):
    """宛名番号 ↔ random ref; one number keeps one ref for ever (再転入 too), never removed."""

    ref = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField("宛名番号", max_length=15, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.ref)


class Household(models.Model):
    """世帯, by 世帯番号; the head may be unset (世帯主未設定)."""

    number = models.TextField("世帯番号", primary_key=True)
    head = models.ForeignKey(
        Identity, verbose_name="世帯主", null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return "世帯"  # its number would lead to people


def _given(column: str) -> Substr:
    """What follows the first space of a name's key; the whole key where there is none."""
    return Substr(column, StrIndex(column, models.Value(" ")) + 1)


def _surname(column: str) -> models.Func:
    """What stands before the first space of a name's key."""
    return models.Func(column, models.Value(" "), models.Value(1), function="SPLIT_PART")


def _unspaced(column: str) -> Replace:
    """A name's key as if it were typed without a space."""
    return Replace(column, models.Value(" "))


def _here(column: str | models.Func) -> models.Func:
    """A key after a mark: 1 of those living here, 0 of the others. Text sorts much faster so than after
    a column that is true or false."""
    return models.Func(
        "living_here",
        column,
        arg_joiner=" THEN '1' ELSE '0' END || ",
        template="(CASE WHEN %(expressions)s)",
    )


class RecordItem(models.Model):
    """台帳の項目の並び: the place of an item in the text of Resident.record (record_text.py).

    Only appended to: texts written before must read the same for ever.
    """

    position = models.PositiveSmallIntegerField("位置", primary_key=True)
    name = models.TextField("項目名", unique=True)

    def __str__(self) -> str:
        return self.name


class Resident(models.Model):
    """One person in the register (住民 or 住登外): the latest row of 住民基本台帳, byte for byte in `record`.

    The other columns are read from `record` by the importer and never edited by hand. `row_hash`
    covers the person's older rows too, since former names and addresses are searched as well.
    What an export may hold in any length is TextField: lengths of the standard change (domain:
    町字 18 → 120) and nothing is truncated. The database does not check `delivery`: to fill the table
    its keys are taken off, which would keep everybody from the list of deliveries until the commit.
    """

    identity = models.OneToOneField(
        Identity, primary_key=True, db_column="ref", on_delete=models.PROTECT, related_name="+"
    )
    number = models.CharField("宛名番号", max_length=15, unique=True)
    household_number = models.TextField("世帯番号", blank=True)
    kind = models.TextField("住民種別")
    state = models.TextField("住民状態")
    history_no = models.PositiveIntegerField("履歴番号", default=0)
    branch_no = models.PositiveIntegerField("枝番号", default=0)
    record = RecordField("台帳の行")
    row_hash = models.BinaryField(max_length=32)
    name = models.TextField("氏名")
    name_kana = models.TextField("氏名フリガナ", blank=True)
    birth_earliest = models.DateField("生年月日（最早）", null=True)
    birth_latest = models.DateField("生年月日（最遅）", null=True)
    sex = models.TextField("性別", blank=True)
    relationship_codes = ArrayField(models.TextField(), default=list)
    town = models.TextField("町字", blank=True)
    gone_at = models.DateTimeField("全件から消えた日時", null=True)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )
    living_here = models.GeneratedField(
        expression=models.ExpressionWrapper(
            models.Q(state="1", gone_at__isnull=True), output_field=models.BooleanField()
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    kana_key = models.TextField("検索用カナ", default="", db_collation="C")
    name_key = models.TextField("検索用氏名", default="", db_collation="C")
    address_key = models.TextField("検索用住所", default="", db_collation="C")
    building_key = models.TextField("検索用方書", default="", db_collation="C")

    class Meta:
        indexes = [
            # Why what follows the key is in LOWER() and REPLACE() is told in residents/legs.py.
            models.Index(
                _here("kana_key"),
                "birth_earliest",
                Lower("address_key"),
                name="resident_by_kana",
            ),
            models.Index(
                _here(_surname("kana_key")),
                Lower("address_key"),
                name="resident_by_surname_kana",
            ),
            models.Index(
                _here("name_key"),
                Lower("address_key"),
                _unspaced("kana_key"),
                name="resident_by_name",
            ),
            models.Index(
                _here(_given("kana_key")),
                Lower("address_key"),
                _unspaced("name_key"),
                name="resident_by_given_kana",
            ),
            models.Index(
                _here(_given("name_key")),
                Lower("address_key"),
                _unspaced("kana_key"),
                name="resident_by_given_name",
            ),
            models.Index(_here("address_key"), name="resident_by_address"),
            models.Index(
                _here("building_key"),
                Lower("address_key"),
                name="resident_by_building",
                condition=models.Q(building_key__gt=""),
            ),
            models.Index(fields=["household_number"], name="resident_household"),
            models.Index(fields=["birth_earliest", "birth_latest"], name="resident_birth"),
            models.Index(
                fields=["birth_earliest", "birth_latest"],
                name="resident_birth_unsure",
                condition=models.Q(birth_earliest__lt=models.F("birth_latest")),
            ),
            models.Index(
                fields=["gone_at"],
                name="resident_gone",
                condition=models.Q(gone_at__isnull=False),
            ),
        ]


class SearchKey(models.Model):
    """A folded key one person is found by beside those in their own row; never shown, never printed."""

    class Kind(models.TextChoices):
        KANA_ALSO = "kana_also", "通称、旧氏や過去のカナ"
        NAME_ALSO = "name_also", "通称、旧氏や過去の氏名"
        ADDRESS = "address", "過去の住所"
        PHONE = "phone", "電話番号"

    resident = models.ForeignKey(
        Resident, db_column="ref", on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    key = models.TextField(db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["kind", "key"], name="searchkey_kind_key")]


class Holding(models.Model):
    """One record another core system holds about a resident (国保 資格, 児童手当 受給 …).

    The database does not check `delivery`, as in Resident; no delivery that has steps can be deleted.
    """

    identity = models.ForeignKey(
        Identity, db_column="ref", db_index=False, on_delete=models.PROTECT, related_name="+"
    )
    feed = models.CharField("連携データ", max_length=40)
    record_key = models.TextField("記録のキー", blank=True)
    version = ArrayField(models.TextField(), default=list)
    record = models.JSONField("台帳の行")
    row_hash = models.BinaryField(max_length=32)
    active_from = models.DateField("有効開始日", null=True)
    active_until = models.DateField("有効終了日", null=True)
    active = models.BooleanField("該当", default=True)
    gone_at = models.DateTimeField("全件から消えた日時", null=True)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, db_constraint=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_holding_per_record", fields=["identity", "feed", "record_key"]
            )
        ]
        indexes = [
            models.Index(fields=["feed"], name="holding_feed"),
            models.Index(
                fields=["gone_at"],
                name="holding_gone",
                condition=models.Q(gone_at__isnull=False),
            ),
        ]


class Protection(models.Model):
    """支援措置 of one person; never removed because a delivery lacks it, ended only by 区分 3.

    A 区分 nobody knows is kept raw and counts as standing: the block fails closed. So does `awaiting`:
    an ended one whose person changed after what the feed last told (a new measure may be on its way).
    """

    class Kind(models.TextChoices):
        FULL = "1", "支援措置"
        PROVISIONAL = "2", "仮支援措置"
        ENDED = "3", "支援措置終了"

    identity = models.OneToOneField(
        Identity, primary_key=True, db_column="ref", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.TextField("支援措置区分", choices=Kind)
    history_no = models.PositiveIntegerField("履歴番号", default=0)
    starts_on = models.DateField("支援措置開始年月日", null=True)
    ends_on = models.DateField("支援措置終了年月日", null=True)
    record = models.JSONField("台帳の行")
    row_hash = models.BinaryField(max_length=32)
    awaiting = models.BooleanField("新しい連携を待って伏せる", default=False, db_default=False)
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")


class ManualProtection(models.Model):
    """支援措置 that no core system sends, entered in the town's own screens; stands beside Protection.

    A row stands until it is deleted: its end date lifts nothing. `ground` is the measure it rests on;
    only consent writes here, and no delivery and no rollback touches it. `before` is set where the
    person then lived with a 相手方: their rows of that day, which is all that household sees of them.
    """

    identity = models.ForeignKey(
        Identity, db_column="ref", on_delete=models.PROTECT, related_name="+"
    )
    ground = models.UUIDField("根拠の措置")
    kind = models.TextField("支援措置区分")
    starts_on = models.DateField("支援措置開始年月日")
    ends_on = models.DateField("支援措置終了年月日")
    household_number = models.TextField("相手方と同じだった世帯番号", blank=True, default="")
    before = models.JSONField("登録したときの台帳の行", null=True)
    entered_at = models.DateTimeField("登録日時", default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["household_number"],
                name="manual_protection_kept",
                condition=models.Q(before__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(name="one_row_per_measure", fields=["identity", "ground"])
        ]
