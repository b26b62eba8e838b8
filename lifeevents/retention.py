"""保存期間 of bundles: the rules of lifeevents/retention.toml, applied by consent.retention."""

from pathlib import Path

from consent.retention import Layer

LAYER = Layer(Path(__file__).with_name("retention.toml"))
