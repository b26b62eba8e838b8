"""The machine a benchmark ran on: single times mean nothing without it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from django.db import connection

CPUINFO = Path("/proc/cpuinfo")


def describe() -> dict[str, Any]:
    """Processor, cores this process may use, load, and the versions that matter."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "load": [round(each, 2) for each in os.getloadavg()],
        "python": platform.python_version(),
        "postgresql": ".".join(map(str, connection.get_database_version())),
    }


def _processor() -> str:
    if CPUINFO.exists():
        for line in CPUINFO.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
