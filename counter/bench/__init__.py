"""Benchmarks: what the system promises about speed, measured on a made-up town of its own."""
