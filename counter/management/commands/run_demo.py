"""The demo: fills the register, starts every process and says READY."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from counter.embedded import postgres, supervisor, town
from counter.embedded.supervisor import Child
from counter.oidc import cards, demo
from residents.importing import inbox

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
PAGE_SECONDS = 120
PROVIDER = settings.VAR / "provider"


class Command(BaseCommand):
    help = "Run the whole system with made-up residents until Ctrl-C (bin/demo calls this)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=_port, default=8000)
        parser.add_argument("--residents", type=int)
        parser.add_argument("--reset", action="store_true")

    def handle(self, *, port: int, residents: int | None, reset: bool, **options: Any) -> None:
        if settings.IN_PRODUCTION:
            raise CommandError("The demo does not run in production.")
        # Started in the background by a shell, Ctrl-C's signal would be ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.port, self.url = port, f"http://localhost:{port}/"
        self.report = settings.VAR / "demo.json"
        with _only_demo(self.report):
            issuer = f"http://localhost:{port + 1}"
            os.environ["OIDC_ISSUER"] = issuer
            children = [*_children(port), _provider()]
            for child in children:
                child.clear()
            _refuse_taken(port)
            _refuse_taken(port + 1)
            try:
                self.prepare(residents, reset=reset)
                self.prepare_provider(issuer)
                self.serve(children)
            except KeyboardInterrupt:
                self.say("Stopping …")
            except (supervisor.GaveUp, town.NoTown) as refusal:
                raise CommandError(str(refusal)) from refusal
            finally:
                self.report.unlink(missing_ok=True)

    def prepare(self, residents: int | None, *, reset: bool) -> None:
        """Bring the database to the present version and fill the register if it is empty."""
        if reset:
            self.say("Throwing the demo's data away …")
            _reset()
        self.say("Preparing the database …")
        call_command("migrate", verbosity=0)
        town.settle(settings.VAR, residents, run=self.run_command, say=self.say)
        if isinstance(folder := inbox.place(settings.INBOX), Path):
            folder.mkdir(parents=True, exist_ok=True)

    def prepare_provider(self, issuer: str) -> None:
        """Tell the provider residents sign in with who we are, and whose cards there are."""
        demo.prepare(
            PROVIDER,
            issuer=issuer,
            ours=self.url,
            client_id=settings.OIDC_CLIENT_ID,
            key=settings.OIDC_CLIENT_KEY,
            people=cards.of_town(settings.VAR / "town"),
        )

    def serve(self, children: list[Child]) -> None:
        """Run the processes and watch over them until a signal."""
        people = {"logins": _staff(), "residents": town.showcase(settings.VAR)}
        connection.close()
        with supervisor.running(children):
            self.say("Starting the web server and the worker …")
            self.wait_for_page(children)
            self.announce(people)
            supervisor.keep(children, each_round=lambda: postgres.revive(settings.VAR))

    def wait_for_page(self, children: list[Child]) -> None:
        """Return when the first page is really served."""
        deadline = time.monotonic() + PAGE_SECONDS
        while not _served(self.port):
            for child in children:
                child.keep()
            if time.monotonic() > deadline:
                raise CommandError(f"No page at {self.url}; see {children[0].log}.")
            time.sleep(0.2)

    def announce(self, people: dict[str, Any]) -> None:
        """Write var/demo.json for programs and print the same for people."""
        draft = self.report.with_suffix(".draft")
        draft.write_text(json.dumps({"url": self.url, **people}, ensure_ascii=False, indent=2))
        draft.replace(self.report)
        self.say("Residents to try:")
        for household in people["residents"]:
            self.say(f"  {household['number']}  {household['title']}")
        self.say("Sign in as:")
        for login in people["logins"]:
            self.say(f"  {login['user']} / {login['password']}  ({login['role']})")
        self.say("The six digits asked next, without a phone:")
        self.say("  .venv/bin/python manage.py demo_code sato")
        self.say(f"Residents' phone: {self.url}online/")
        self.say(f"READY {self.url}")

    def run_command(self, *arguments: str) -> int:
        """Run one of our commands in a process of its own, showing what it says."""
        with subprocess.Popen([*MANAGE, *arguments]) as process:
            try:
                return process.wait()
            except BaseException:
                # A child that is still ending would keep the database server alive.
                process.terminate()
                process.wait()
                raise

    def say(self, text: str) -> None:
        """Print a line at once, also into a pipe."""
        self.stdout.write(text)
        self.stdout.flush()


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65_536:
        raise ArgumentTypeError("a port is a number from 1 to 65535")
    return port


def _staff() -> list[dict[str, Any]]:
    """Create the demo's staff where they are missing; return how they sign in."""
    said = StringIO()
    call_command("create_demo_staff", stdout=said)
    logins: list[dict[str, Any]] = json.loads(said.getvalue())
    return logins


def _children(port: int) -> list[Child]:
    module = [sys.executable, "-m"]
    web = [*module, "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    web += ["--workers", "2", "--blocking-threads", "2", "counter.wsgi:application"]
    worker = [*module, "celery", "--app", "counter", "worker", "--beat", "--loglevel", "INFO"]
    # One process with threads is enough here, and it ends at once.
    worker += ["--pool", "threads", "--concurrency", "2"]
    # These three talk to other workers, of which there are none.
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    return [
        Child("web", web, settings.BASE_DIR, settings.VAR / "web.log"),
        Child("worker", worker, settings.BASE_DIR, settings.VAR / "worker.log"),
    ]


def _provider() -> Child:
    return Child(
        "provider", demo.command(PROVIDER), settings.BASE_DIR, settings.VAR / "provider.log"
    )


@contextmanager
def _only_demo(report: Any) -> Iterator[None]:
    with (settings.VAR / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            where = json.loads(report.read_text())["url"] if report.exists() else "starting up"
            raise CommandError(f"The demo of this clone already runs: {where}") from error
        yield


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is not free ({error.strerror}). "
                f"Choose another: bin/demo --port {port + 1}"
            ) from error


def _reset() -> None:
    """Drop the embedded server's database; one named by DATABASE_URL is not ours to drop."""
    if os.environ.get("DATABASE_URL"):
        raise CommandError("--reset works on the demo's own database; DATABASE_URL is set.")
    postgres.reset(settings.VAR)
    town.forget(settings.VAR)


def _served(port: int) -> bool:
    # By number and without a proxy: a bare machine may not know the name localhost.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
