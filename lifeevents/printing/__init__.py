"""Printing: a bundle's frozen content becomes one PDF (no Django, no register, no network)."""
