"""How exports of the core systems get into the register: received, staged, checked, applied."""

import os

# One thread splits and joins texts; the database needs the other processors meanwhile.
os.environ.setdefault("POLARS_MAX_THREADS", "1")
