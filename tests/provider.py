"""The real OpenID provider of the demo, in a process of its own, with cards made for a test."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

from counter.oidc import client, demo

ADDRESS = ("都道府県", "市区郡町村名", "町字", "番地号表記")


def card_of(resident, place=1, **changes):
    """The card of a resident made by tests.makers."""
    record = resident.record
    claims = {
        "name": resident.name,
        "address": {"formatted": "".join(record[f"住所_{part}"] for part in ADDRESS)},
        "birthdate": record["生年月日"],
        "gender": resident.sex,
    }
    return {"id": f"card{place}", "title": resident.name, "claims": {**claims, **changes}}


@contextmanager
def serving(folder, settings, people, ours):
    """Serve these cards to the system at the address `ours`, which is told of the provider."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    issuer = f"http://localhost:{port}"
    settings.OIDC_ISSUER = issuer
    settings.OIDC_CLIENT_KEY = folder / "client_key.json"
    client._provider.cache_clear()
    demo.prepare(
        folder,
        issuer=issuer,
        ours=ours,
        client_id=settings.OIDC_CLIENT_ID,
        key=settings.OIDC_CLIENT_KEY,
        people=people,
    )
    with subprocess.Popen(demo.command(folder), cwd=settings.BASE_DIR) as process:
        try:
            wait(f"{issuer}/certs", process)
            yield issuer
        finally:
            process.terminate()
            client._provider.cache_clear()


def wait(url, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "the provider ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise TimeoutError
