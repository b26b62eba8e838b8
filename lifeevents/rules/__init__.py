"""Rules as data: parsed, checked, evaluated in three values and explained (pure; no Django)."""
