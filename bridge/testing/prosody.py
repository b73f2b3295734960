"""A private Prosody on the loopback, for tests and benchmarks against a real XMPP server."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PROGRAM = "prosody"
PACKAGES = ("prosody",)

DOMAIN = "acd.test"
COMPONENT = "social.acd.test"
ECHO = "echo.acd.test"
"""A second component, for what others are measured by."""
ROOMS = "rooms.acd.test"
FILES = "files.acd.test"
"""Where clients upload (XEP-0363)."""
SECRET = "component-secret"  # noqa: S105 - of a server that lives for one test
PASSWORD = "agent-password"  # noqa: S105 - the same

_SECONDS = 20.0
_USER = "prosody"
"""It does not run as root."""

_CONFIG = """
pidfile = "{run}/prosody.pid"
data_path = "{run}/data"
log = {{ info = "{run}/prosody.log" }}
network_backend = "epoll"
interfaces = {{ "127.0.0.1" }}
local_interfaces = {{ "127.0.0.1" }}
c2s_ports = {{ {c2s} }}
c2s_direct_tls_ports = {{ }}
s2s_ports = {{ }}
http_ports = {{ {http} }}
https_ports = {{ }}
http_interfaces = {{ "127.0.0.1" }}
component_ports = {{ {component} }}
component_interfaces = {{ "127.0.0.1" }}
modules_enabled = {{ "roster"; "saslauth"; "disco"; "carbons"; "pep"; "smacks"; "ping"; "mam"; "posix" }}
modules_disabled = {{ "s2s"; "offline"; "tls" }}
c2s_require_encryption = false
authentication = "internal_plain"
limits = {{ c2s = {{ rate = "10mb/s" }} }}

VirtualHost "{domain}"

Component "{rooms}" "muc"
  modules_enabled = {{ "muc_mam" }}
  restrict_room_creation = false
  muc_room_locking = false

Component "{files}" "http_file_share"
  http_file_share_access = {{ "{domain}", "{component_domain}" }}
  http_host = "127.0.0.1"
  http_external_url = "http://127.0.0.1:{http}/"

Component "{component_domain}"
  component_secret = "{secret}"

Component "{echo}"
  component_secret = "{secret}"
"""


@dataclass(slots=True, kw_only=True)
class Prosody:
    """One server with its accounts, a room service, and places for two components."""

    run: Path
    c2s: int
    """Where clients log in, without TLS."""
    component: int
    http: int
    _process: "subprocess.Popen[bytes] | None" = field(default=None)

    def furnish(self, *agents: str) -> None:
        """Write the configuration and the accounts."""
        accounts = self.run / "data" / DOMAIN.replace(".", "%2e") / "accounts"
        accounts.mkdir(parents=True, exist_ok=True)
        for agent in agents:
            (accounts / f"{agent}.dat").write_text(f'return {{ ["password"] = "{PASSWORD}"; }};\n')
        config = _CONFIG.format(
            run=self.run,
            c2s=self.c2s,
            http=self.http,
            component=self.component,
            domain=DOMAIN,
            rooms=ROOMS,
            files=FILES,
            component_domain=COMPONENT,
            secret=SECRET,
            echo=ECHO,
        )
        (self.run / "prosody.cfg.lua").write_text(config)
        if os.geteuid() == 0:
            for path in (self.run, *self.run.rglob("*")):
                shutil.chown(path, _USER, _USER)

    def start(self) -> None:
        """Start it; raises RuntimeError with what it said where it doesn't."""
        root = os.geteuid() == 0
        command = [PROGRAM, "--config", str(self.run / "prosody.cfg.lua"), "-F"]
        with (self.run / "out.log").open("ab") as out:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                command,
                stdout=out,
                stderr=out,
                env={"HOME": str(self.run), "PATH": "/usr/bin:/bin"},
                user=_USER if root else None,
                group=_USER if root else None,
                extra_groups=[] if root else None,
            )
        ends = time.monotonic() + _SECONDS
        while not all(_is_open(port) for port in (self.c2s, self.component)):
            if self._process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.run / "out.log").read_text()[-2000:])
            time.sleep(0.02)

    def stop(self, *, kill: bool = False) -> None:
        """End it, politely or by SIGKILL (FT04)."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
            process.wait(_SECONDS)


@contextmanager
def prosody(*agents: str) -> Iterator[Prosody]:
    """A running server that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="prosody-") as folder:
        Path(folder).chmod(0o755)
        c2s, component, http = _free_ports(3)
        server = Prosody(run=Path(folder), c2s=c2s, component=component, http=http)
        server.furnish(*agents)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
