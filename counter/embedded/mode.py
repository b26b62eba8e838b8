"""Whether this installation is a demo, a test or production."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

RELAXED = ("demo", "test")


def read(var: Path, *, production: bool) -> str:
    """Return what bin/setup wrote to var/mode; without that file, or if asked, production.

    The environment can only make an installation stricter, never turn production into a demo.
    """
    written = var / "mode"
    if production or not written.exists():
        return "production"
    mode = written.read_text().strip()
    if mode not in RELAXED:
        raise ImproperlyConfigured(f"{written} must say demo or test; remove it for production.")
    return mode
