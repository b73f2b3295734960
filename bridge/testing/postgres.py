"""A private PostgreSQL cluster on loopback, with its own directory, port and password; nothing else is touched."""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bridge.testing.node import free_port

PACKAGES = ("postgresql",)
"""Debian's package that brings the programs."""

_USER = "postgres"
_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "on", "autovacuum": "off"}
"""For tests that never cut the power: a killed server process loses nothing by it."""


def programs() -> Path | None:
    """The directory of the newest installed server's programs, None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if found:
        return found[-1].parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


class Cluster:
    """A server that the test owns: it may be stopped, killed and started again."""

    def __init__(self, directory: Path, settings: Mapping[str, str]) -> None:
        self._directory = directory
        self._settings = settings
        self._password = secrets.token_urlsafe(24)
        self.port = free_port()

    def url(self, database: str = "postgres") -> str:
        """Where to connect."""
        return f"postgresql://{_USER}:{self._password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        """Make the cluster's files."""
        word = self._directory / "word"
        word.write_text(self._password, encoding="utf-8")
        if os.geteuid() == 0:
            for path in (self._directory, word):
                shutil.chown(path, _USER, _USER)
        self._run("initdb", "-D", self._data, "-U", _USER, "-A", "scram-sha-256", "--pwfile", str(word), "-E", "UTF8")
        word.unlink()

    @property
    def _data(self) -> str:
        return str(self._directory / "data")

    def start(self) -> None:
        """Start the server and wait until it answers."""
        wanted = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self._directory),
        }
        options = " ".join(f"-c {name}={value}" for name, value in (wanted | dict(self._settings)).items())
        self._run("pg_ctl", "-D", self._data, "-l", str(self._directory / "log"), "-o", options, "-w", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it: `fast` ends sessions in order, `immediate` is a crash that the next start recovers from."""
        self._run("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def create(self) -> str:
        """A new empty database; returns its URL."""
        name = f"test_{secrets.token_hex(6)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", _USER, name)
        return self.url(name)

    def _run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs as the user that may; raises RuntimeError with what it said."""
        directory = programs()
        assert directory is not None
        root = os.geteuid() == 0
        done = subprocess.run(  # noqa: S603 - the server's own programs with arguments made here
            [str(directory / program), *arguments],
            cwd=self._directory,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "PGPASSWORD": self._password},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            text=True,
            check=False,
            user=_USER if root else None,
            group=pwd.getpwnam(_USER).pw_gid if root else None,
            extra_groups=() if root else None,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or (self._directory / 'log').read_text()}")


@contextmanager
def postgres_cluster(settings: Mapping[str, str] = _QUICK) -> Iterator[Cluster]:
    """A running cluster, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="bridge-postgres-"))
    cluster = Cluster(directory, settings)
    try:
        cluster.prepare()
        cluster.start()
        try:
            yield cluster
        finally:
            if (directory / "data" / "postmaster.pid").exists():
                cluster.stop("immediate")
    finally:
        shutil.rmtree(directory)
