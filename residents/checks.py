"""System check: the feed files are right before anything starts, the municipality's own included."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from residents import feed, feed_files


@register
def feed_files_are_right(**kwargs: Any) -> list[CheckMessage]:
    """Every mistake of the first wrong feed file, with its line."""
    try:
        feed_files.read_all(*feed.folders())
    except feed_files.FeedFileRefused as refused:
        hint = f"manage.py feeds check FILE で確かめてください（{refused.file}）。"
        return [
            Error(f"{refused.file} {each}", hint, id="residents.E001") for each in refused.mistakes
        ]
    return []
