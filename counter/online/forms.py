"""What residents send; answers to questions are read in counter/answers.py."""

from __future__ import annotations

from django import forms


class BeginForm(forms.Form):
    """Which life event; the token makes a second tap find the first one's bundle."""

    event = forms.SlugField()
    token = forms.UUIDField()


class VersionForm(forms.Form):
    """The version of the bundle the page showed; every change says it."""

    version = forms.IntegerField(min_value=0)


class AgreeForm(VersionForm):
    """One answer for all that would be looked up: yes or no."""

    agree = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
