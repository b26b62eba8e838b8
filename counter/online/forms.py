"""What residents send; answers to questions are read in counter/answers.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from lifeevents.opinions import ANSWERS


class BeginForm(forms.Form):
    """Which life event; the token makes a second tap find the first one's bundle."""

    event = forms.SlugField()
    token = forms.UUIDField()


class VersionForm(forms.Form):
    """The version of the bundle the page showed; every change says it."""

    version = forms.IntegerField(min_value=0)


class AgreeForm(VersionForm):
    """同意: yes or no for each category; `all` is one answer for every row."""

    def __init__(self, data: Mapping[str, Any], categories: Sequence[str]) -> None:
        super().__init__(data)
        self.categories = categories
        self.whole = data.get("all")
        for code in categories:
            self.fields[code] = forms.ChoiceField(
                choices=[("yes", ""), ("no", "")], required=self.whole is None
            )

    @property
    def agreed(self) -> list[str]:
        """The categories the person said yes to."""
        said = self.cleaned_data
        return [code for code in self.categories if (self.whole or said[code]) == "yes"]


class OpinionForm(forms.Form):
    """How the person found it, in one tap."""

    opinion = forms.ChoiceField(choices=ANSWERS)
