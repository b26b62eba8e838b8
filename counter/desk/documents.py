"""本人確認書類 as the desk lists them: with a face one is enough, without one two are needed.

住民基本台帳法27条2項; 住民基本台帳事務処理要領 (domain §7).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CARD = "individual_number_card"


@dataclass(frozen=True, slots=True)
class Document:
    """One kind of document, its number key, and whether it shows the face."""

    code: str
    name: str | Promise
    digit: str
    has_face: bool


DOCUMENTS = (
    Document(CARD, _("マイナンバーカード"), "1", has_face=True),
    Document("driving_licence", _("運転免許証・運転経歴証明書"), "2", has_face=True),
    Document("passport", _("旅券（パスポート）"), "3", has_face=True),
    Document("residence_card", _("在留カード・特別永住者証明書"), "4", has_face=True),
    Document("other_face", _("顔写真付きの手帳・官公署の身分証明書"), "5", has_face=True),
    Document("insurance", _("資格確認書・介護保険証・医療受給者証"), "6", has_face=False),
    Document("pension", _("年金手帳・基礎年金番号通知書・年金証書"), "7", has_face=False),
    Document("handbook", _("母子健康手帳"), "8", has_face=False),
    Document("other", _("社員証・学生証・預金通帳など"), "9", has_face=False),
)
AUTHORITIES = (
    ("letter", _("委任状")),
    ("court", _("登記事項証明書・審判書（成年後見人など）")),
    ("family", _("戸籍など、法定代理人と分かる書類")),
)


def method_of(codes: Collection[str]) -> str | None:
    """The method these documents make: card, one_point, two_point, or None when one more is needed."""
    if CARD in codes:
        return "card"
    if any(document.has_face for document in DOCUMENTS if document.code in codes):
        return "one_point"
    return "two_point" if len(codes) > 1 else None
