"""The small editors of a rule: one condition about a fact, or one about a group of people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from counter.legible import TextField
from lifeevents.rules import editing, patterns
from lifeevents.rules.patterns import AGES, OF_KIND, QUANTITIES, BadCondition, Grouped, Simple, Tree
from lifeevents.rules.tree import RuleError, parse
from residents import wareki
from residents.facts import Fact, FactType, Of

HELD = {"yes": _("記録がある"), "no": _("記録がない")}
INPUT = {"class": "input"}
QUANTITY_CHOICES = [
    ("some", _("一人でもいる")),
    ("none", _("一人もいない")),
    ("every", _("全員に当てはまる")),
    ("at_least", _("次の人数以上いる")),
    ("fewer", _("次の人数より少ない")),
]


class ReasonedForm(forms.Form):
    """What every editor asks: beside a condition or alone, and the sentences for yes and no."""

    join = forms.ChoiceField(
        label=_("いまの条件と"),
        choices=[
            ("and", _("かつ（両方に当てはまる）")),
            ("or", _("または（どちらかに当てはまる）")),
        ],
        widget=forms.RadioSelect,
        initial="and",
    )
    because = TextField(
        label=_("当てはまるときの理由の文"), required=False, max_length=200,
        widget=forms.TextInput(attrs=INPUT),
        help_text=_("「〜ため」で終わる文。{who} は対象の方の呼び名、{age} は年齢に置き換わります。"),
    )  # fmt: skip
    because_no = TextField(
        label=_("当てはまらないときの理由の文"), required=False, max_length=200,
        widget=forms.TextInput(attrs=INPUT),
    )  # fmt: skip

    def __init__(self, data: Any, *, adding: bool, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial={"join": "and", **initial})
        if not adding:
            del self.fields["join"]

    def clean(self) -> None:
        super().clean()
        for name in editing.REASONS:
            text = self.cleaned_data.get(name, "")
            try:
                parse({"op": "literal", "value": True, **({name: text} if text else {})})
            except RuleError as mistake:
                self.add_error(name, mistake.message)

    def explained(self, node: Tree) -> Tree:
        """The condition with its sentences."""
        return editing.explained(
            node, self.cleaned_data["because"], self.cleaned_data["because_no"]
        )


class ConditionForm(ReasonedForm):
    """One fact, compared."""

    fact = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, vocabulary: Mapping[str, Fact], key: str, inside: bool, adding: bool,
        simple: Simple | None = None, reasons: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        self.vocabulary, self.key, self.declared = vocabulary, key, vocabulary[key]
        self.inside = inside
        because, because_no = reasons
        initial: dict[str, Any] = {"fact": key, "because": because, "because_no": because_no}
        if simple and simple.fact == key:
            initial |= {"of": simple.of, "operator": simple.operator, "values": self._shown(simple)}
        super().__init__(data, adding=adding, initial=initial)
        if inside and self.declared.of is Of.PERSON:
            whose = [("it", _("その方")), ("self", _("手続の対象となるご本人"))]
            self.fields["of"] = _select(_("だれの"), whose)
        operators = HELD if key.startswith("holds.") else OF_KIND[self.declared.type]
        self.fields["operator"] = _select(_("比べ方"), operators.items())
        if self.declared.type is not FactType.BOOL:
            self.fields["values"] = self._values()
        order = ["join", "of", "operator", "values", *editing.REASONS]
        self.order_fields(order if self.declared.type in (FactType.BOOL, FactType.CHOICE) else
                          ["join", "of", "values", "operator", *editing.REASONS])  # fmt: skip

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        try:
            self.node = patterns.write(self._simple(), self.vocabulary)
        except BadCondition as bad:
            self.add_error(bad.field, bad.message)

    def _simple(self) -> Simple:
        said = self.cleaned_data
        values = said.get("values", [])
        listed = tuple(values) if isinstance(values, list) else (values,)
        if self.declared.type is FactType.DATE and said["operator"] not in AGES:
            day = wareki.parse(listed[0])
            listed = (day.isoformat() if day else "",)
        return Simple(self.key, said.get("of", "self"), said["operator"], listed)

    def _values(self) -> forms.Field:
        if self.declared.type is FactType.CHOICE:
            return forms.MultipleChoiceField(
                label=_("値"),
                choices=self.declared.choices,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("値を一つ以上選んでください。")},
            )
        is_day = self.declared.type is FactType.DATE
        return TextField(
            label=_("年齢または日付") if is_day else _("値"),
            max_length=60,
            widget=forms.TextInput(attrs={"class": "input short"}),
            help_text=_("年齢は数字で、日付は「令和8年4月1日」のように") if is_day else "",
            error_messages={"required": _("値を入力してください。")},
        )

    def _shown(self, simple: Simple) -> Any:
        if self.declared.type is FactType.CHOICE:
            return list(simple.values)
        return simple.values[0] if simple.values else ""


class GroupForm(ReasonedForm):
    """Whether someone of a group is there, nobody, everyone, or how many."""

    over = forms.ChoiceField(label=_("どの人たちに"), widget=forms.Select(attrs=INPUT))
    quantity = forms.ChoiceField(
        label=_("どれだけ"),
        choices=QUANTITY_CHOICES,
        widget=forms.Select(attrs=INPUT),
    )
    number = forms.IntegerField(
        label=_("人数"), required=False, min_value=1, max_value=20,
        widget=forms.NumberInput(attrs={"class": "input short"}),
    )  # fmt: skip

    def __init__(
        self, data: Any, *, groups: Iterable[tuple[str, str]], adding: bool,
        group: Grouped | None = None, reasons: tuple[str, str] = ("", ""),
    ) -> None:  # fmt: skip
        assert set(QUANTITIES) == {code for code, _label in QUANTITY_CHOICES}
        initial: dict[str, Any] = dict(zip(editing.REASONS, reasons, strict=True))
        if group:
            initial |= {"over": group.over, "quantity": group.quantity}
            initial["number"] = group.number or None
        super().__init__(data, adding=adding, initial=initial)
        self.fields["over"].choices = list(groups)  # type: ignore[attr-defined]
        self.order_fields(["join", "over", "quantity", "number", *editing.REASONS])

    def clean(self) -> None:
        super().clean()
        counted = self.cleaned_data.get("quantity") in patterns.COUNTED
        if counted and not self.cleaned_data.get("number") and "number" not in self.errors:
            self.add_error("number", _("人数を入力してください。"))


class ReasonForm(ReasonedForm):
    """Only the sentences, of a condition that has no editor of its own."""


def _select(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=list(choices),
        widget=forms.Select(attrs=INPUT),
        error_messages={"required": _("一つ選んでください。")},
    )
