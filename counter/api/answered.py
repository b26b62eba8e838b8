"""The form of guidance as it is answered: what `propose --json` prints, and the facts not used."""

from __future__ import annotations

from rest_framework import serializers

from counter.api.catalogue import KINDS, ChoiceSerializer

SUBJECT = "人の記号、household または bundle"


class SubjectSerializer(serializers.Serializer):
    """Whom a proposal or a question is about; nobody here is a resident looked up."""

    id = serializers.CharField(help_text="記号")
    kind = serializers.ChoiceField(
        [("participant", "人"), ("household", "世帯"), ("bundle", "手続全体")],
        help_text="何についてか",
    )
    role = serializers.CharField(help_text="役割")
    number = serializers.CharField(allow_null=True, help_text="いつも null（宛名番号は使わない）")


class BecauseSerializer(serializers.Serializer):
    """One reason."""

    fact = serializers.CharField(help_text="決め手になった項目")
    text = serializers.CharField(help_text="理由")


class ProposalSerializer(serializers.Serializer):
    """One procedure for one subject with its verdict."""

    procedure = serializers.CharField(help_text="手続のコード")
    name = serializers.CharField(help_text="手続の名称")
    subject = serializers.CharField(help_text=SUBJECT)
    verdict = serializers.ChoiceField(
        [("yes", "必要"), ("no", "不要"), ("unknown", "未確定")], help_text="要否"
    )
    because = BecauseSerializer(many=True, help_text="理由（yes と no では1つ以上）")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="unknown のとき、分かれば決まる項目"
    )
    deadline = serializers.DateField(allow_null=True, help_text="期限の日")
    deadline_text = serializers.CharField(allow_blank=True, help_text="期限の説明")
    documents = serializers.ListField(child=serializers.CharField(), help_text="持ち物")


class QuestionSerializer(serializers.Serializer):
    """What to ask next."""

    fact = serializers.CharField(help_text="項目のコード")
    subject = serializers.CharField(help_text=SUBJECT)
    text = serializers.CharField(help_text="質問の文")
    type = serializers.ChoiceField(KINDS, help_text="値の種類")
    choices = ChoiceSerializer(many=True, help_text="選択肢")


class UnusedSerializer(serializers.Serializer):
    """A fact that was sent and not looked at."""

    subject = serializers.CharField(help_text=SUBJECT)
    fact = serializers.CharField(help_text="項目のコード")


class GuidanceSerializer(serializers.Serializer):
    """Everything that follows from what was described."""

    event = serializers.CharField(help_text="ライフイベントのコード")
    on = serializers.DateField(help_text="届け出る日")
    catalogue = serializers.CharField(help_text="手続一覧の版（SHA-256）")
    subjects = SubjectSerializer(many=True, help_text="関係する方、世帯、手続全体")
    proposals = ProposalSerializer(many=True, help_text="すべての手続の要否")
    questions = QuestionSerializer(many=True, help_text="次に聞くとよいこと（先頭から）")
    unused = UnusedSerializer(many=True, help_text="判定に使わないため読まなかった項目")
