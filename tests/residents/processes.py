"""Imports in processes of their own, to be killed. They are forked from a process that has done nothing.

A fork of the one that runs the tests would inherit polars without its threads, and wait for them for ever.
"""

import os
import signal
from contextlib import contextmanager
from multiprocessing import get_context

import django
from django.apps import apps
from django.db import connection

if not apps.ready:
    django.setup()

from residents.importing import parcel
from residents.importing.delivery_set import import_set
from residents.importing.progress import Silence

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


class Dying(Silence):
    """Dies as by kill -9 when it is told of the so-manieth step."""

    def __init__(self, steps):
        self.left = steps

    def say(self, line):
        """Count."""
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def reading(self, name, size, raw):
        """Count where reading begins and where it ends."""
        self.say(name)
        yield lambda: None
        self.say(name)


def start(path, progress=None):
    """Import in a process of its own, into the database of this one."""
    process = _FORKS.Process(target=_take_in, args=(connection.settings_dict, path, progress))
    process.start()
    return process


def is_killed(process):
    """Wait until it has ended; whether it was killed. It may not end in another way but well."""
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def _take_in(settings, path, progress):
    connection.settings_dict.update(settings)
    for arrivals in parcel.sets([path]):
        import_set(arrivals, progress)
