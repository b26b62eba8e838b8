#!/usr/bin/env python
"""Entry point of the operators' commands."""

import os
import signal
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "counter.settings")
    # By default a polite kill skips what runs at exit, such as stopping the embedded database.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"{type(error).__name__}: {error}")
