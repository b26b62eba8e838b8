"""Keeps personal data out of the log: an error is named by place and kind, never by its text.

Texts of exceptions quote values (PostgreSQL: "Key (name)=(...) already exists").
"""

import logging
import traceback
from typing import Any


def to_standard_error(*, level: str, with_texts_of_errors: bool) -> dict[str, Any]:
    """Return Django's LOGGING: one line an event, all to standard error."""
    formatter = "logging.Formatter" if with_texts_of_errors else "counter.logs.PlaceAndKind"
    line = {"()": formatter, "fmt": "{asctime} {levelname} {name} {message}", "style": "{"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": line},
        "filters": {"names_of_errors": {"()": "counter.logs.NamesOfErrors"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "celery.app.trace": {"filters": ["names_of_errors"]},
            # A line for every page of every PDF says nothing an operator needs.
            "weasyprint": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            # What it says of a request has the signature of our key.
            "botocore": {"level": "WARNING"},
            # Django's own handler would mail errors, with the values of every variable.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }


class PlaceAndKind(logging.Formatter):
    """Formats an exception as the lines it went through and the names of its classes."""

    def formatException(self, ei: object) -> str:  # noqa: N802 (the name is logging's)
        """Return one block for each exception of the chain, oldest first."""
        assert isinstance(ei, tuple)
        return "\n".join(_blocks(ei[1]))


class NamesOfErrors(logging.Filter):
    """Celery puts an exception's text into its own line on a failed task; leave only the class."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record in place and let it pass."""
        if isinstance(record.args, dict) and "exc" in record.args:
            kind = record.exc_info[0] if record.exc_info else None
            name = kind.__name__ if kind else "error"
            record.args = {**record.args, "exc": name, "traceback": "", "args": "", "kwargs": ""}
        return True


def _blocks(error: BaseException | None) -> list[str]:
    if error is None:
        return []
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = "".join(traceback.format_tb(error.__traceback__))
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return [*_blocks(earlier), f"{frames}{kind}"]
