"""A private Synapse on the loopback, for tests against a real Matrix homeserver: SQLite, no federation, gone afterwards."""

import base64
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bridge.testing.node import free_port

PROGRAM = "synapse_homeserver"
PACKAGE = "matrix-synapse"

SERVER = "acd.test"
PREFIX = "bridge_"
AS_TOKEN = "as-token-of-tests-1"  # noqa: S105 - of a server that lives for one test
HS_TOKEN = "hs-token-of-tests-1"  # noqa: S105 - the same

_SECONDS = 60.0
_PLENTY = {"per_second": 1000, "burst_count": 1000}


def program() -> str | None:
    """Where Synapse is installed: beside the interpreter, or on the path; None where it is not."""
    beside = Path(sys.executable).with_name(PROGRAM)
    return str(beside) if beside.exists() else shutil.which(PROGRAM)


@dataclass(slots=True, kw_only=True)
class Synapse:
    """One homeserver with one application service registered; anybody may make an account."""

    run: Path
    port: int
    service: int
    """The port on which the application service is told."""
    _process: "subprocess.Popen[bytes] | None" = field(default=None)

    @property
    def url(self) -> str:
        """Where it answers clients."""
        return f"http://127.0.0.1:{self.port}"

    def furnish(self, registration: str) -> None:
        """Write the configuration; `registration` is the service's file."""
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        (self.run / "signing.key").write_text(f"ed25519 a_test {key}\n")
        (self.run / "bridge.yaml").write_text(registration)
        (self.run / "log.yaml").write_text(json.dumps(_logged(self.run / "synapse.log")))
        (self.run / "homeserver.yaml").write_text(json.dumps(self._configuration()))

    def _configuration(self) -> dict[str, object]:
        """YAML, of which JSON is a part."""
        listener = {
            "port": self.port,
            "type": "http",
            "bind_addresses": ["127.0.0.1"],
            "resources": [{"names": ["client"]}],
        }
        return {
            "server_name": SERVER,
            "pid_file": str(self.run / "synapse.pid"),
            "listeners": [listener],
            "database": {"name": "sqlite3", "args": {"database": str(self.run / "synapse.db")}},
            "log_config": str(self.run / "log.yaml"),
            "media_store_path": str(self.run / "media"),
            "signing_key_path": str(self.run / "signing.key"),
            "macaroon_secret_key": secrets.token_hex(16),
            "trusted_key_servers": [],
            "report_stats": False,
            "bcrypt_rounds": 4,
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "app_service_config_files": [str(self.run / "bridge.yaml")],
            "rc_message": _PLENTY,
            "rc_registration": _PLENTY,
            "rc_login": {"address": _PLENTY, "account": _PLENTY},
            "rc_joins": {"local": _PLENTY},
            "rc_invites": {"per_room": _PLENTY, "per_user": _PLENTY, "per_issuer": _PLENTY},
        }

    def start(self) -> None:
        """Start it; raises RuntimeError with what it said where it doesn't."""
        found = program()
        assert found
        with (self.run / "out.log").open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                [found, "-c", str(self.run / "homeserver.yaml")],
                stdout=out,
                stderr=out,
                cwd=self.run,
                env={"HOME": str(self.run), "PATH": os.environ.get("PATH", "/usr/bin:/bin")},
            )
        ends = time.monotonic() + _SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.run / "out.log").read_text()[-3000:])
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_matrix/client/versions", timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self, *, kill: bool = False) -> None:
        """End it by its own process, politely or by SIGKILL (FT04)."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            process.wait(_SECONDS)


@contextmanager
def synapse(registration: str, *, service: int) -> Iterator[Synapse]:
    """A running server that is gone afterwards; the registration names the port of the service."""
    with tempfile.TemporaryDirectory(prefix="synapse-", ignore_cleanup_errors=True) as folder:
        server = Synapse(run=Path(folder), port=free_port(), service=service)
        server.furnish(registration)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _logged(path: Path) -> dict[str, object]:
    """Warnings, into a file of its own."""
    return {
        "version": 1,
        "formatters": {"plain": {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}},
        "handlers": {"file": {"class": "logging.FileHandler", "filename": str(path), "formatter": "plain"}},
        "root": {"level": "WARNING", "handlers": ["file"]},
        "disable_existing_loggers": False,
    }
