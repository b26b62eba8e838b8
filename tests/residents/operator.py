"""What an operator does and sees: manage.py import_exports, and the register written out."""

import json
from io import StringIO

import pytest
from django.core.management import call_command


def import_exports(*paths):
    """The exit code, and the report's deliveries."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_exports", *map(str, paths), json=True, stdout=out)
    return ended.value.code, json.loads(out.getvalue())["deliveries"]


def register_bytes(folder):
    """Every file of register_export by name."""
    call_command("register_export", str(folder), stdout=StringIO())
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def refused(*paths):
    """The delivery of one file that must be refused, with a sentence for it."""
    code, (delivery,) = import_exports(*paths)
    assert (code, delivery["state"]) == (4, "refused")
    assert delivery["message"].endswith("。")
    return delivery
