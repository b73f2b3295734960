"""A private Postfix and Dovecot on the loopback, for tests and benchmarks against the real thing."""

import os
import pwd
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bridge.testing.tls import Authority

PROGRAMS = ("dovecot", "postfix")
PACKAGES = ("dovecot-imapd", "dovecot-lmtpd", "dovecot-sieve", "postfix")

_TEMPLATES = Path(__file__).parent
_MAIL_USER = "mail"
_SECONDS = 20.0
_POSTFIX, _DOVECOT = "postfix/queue/pid/master.pid", "dovecot/base/master.pid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Free ports of the loopback."""

    smtp: int
    """Plain; takes mail for the own domain from this machine."""
    submission: int
    """STARTTLS and a login required."""
    smtps: int
    """Implicit TLS and a login required."""
    imaps: int
    lmtp: int


@dataclass(slots=True, kw_only=True)
class PostOffice:
    """Both servers, their accounts and what lies in their mailboxes.

    Mailboxes are `NAME@acd.test`, also with a `+detail`; `queue` merges mails of the same Message-ID, as the manual advises.
    `bounce@` lies in the mailbox of `reply@`, and `moved@` to a place that does not exist, so Postfix sends its mails back.
    """

    run: Path
    """Where everything of theirs lies; readable by their users."""
    ports: Ports
    authority: Authority
    domain: str = "acd.test"
    passwords: dict[str, str] = field(default_factory=dict)

    def maildir(self, name: str) -> Path:
        """The Maildir of an account."""
        return self.run / "mail" / name / "Maildir"

    def mails(self, name: str, folder: str = "") -> list[bytes]:
        """What lies in a mailbox, read from its files."""
        root = self.maildir(name) / f".{folder}" if folder else self.maildir(name)
        files = [path for part in ("new", "cur") if (root / part).is_dir() for path in (root / part).iterdir()]
        return [path.read_bytes() for path in sorted(files)]

    def deliver(self, raw: bytes, *others: bytes, to: str) -> None:
        """Hand mails to Dovecot, at once and past Postfix."""
        with smtplib.LMTP("127.0.0.1", self.ports.lmtp) as lmtp:
            for each in (raw, *others):
                lmtp.sendmail("sender@elsewhere.test", [to], each)

    def queued(self) -> int:
        """How many mails Postfix has taken and not yet delivered or sent back."""
        parts = (self.run / "postfix/queue" / part for part in ("incoming", "active", "deferred", "maildrop"))
        return sum(1 for part in parts for path in part.rglob("*") if path.is_file())

    def drop_queue(self) -> None:
        """Let Postfix forget every mail that it has not delivered."""
        self._run("postsuper", "-c", str(self.run / "postfix/etc"), "-d", "ALL")

    def wipe(self, name: str) -> None:
        """Empty a mailbox with all that Dovecot knows about it."""
        shutil.rmtree(self.run / "mail" / name, ignore_errors=True)
        self._home(name)

    def renumber(self, name: str) -> None:
        """Lose Dovecot's list of UIDs, so that UIDVALIDITY changes (FT11); its workers die first, or they would write it again."""
        for pid in self.children("imap"):
            os.kill(pid, signal.SIGKILL)
            _until_gone(pid)
        lists = (
            "dovecot-uidlist",
            "dovecot.index*",
            "dovecot.list.index*",
        )  # not dovecot-uidvalidity: no value comes twice
        for path in (path for pattern in lists for path in self.maildir(name).glob(pattern)):
            path.unlink()

    def children(self, command: str) -> list[int]:
        """Process ids of Dovecot's workers of a kind, for instance `imap`."""
        return [pid for name, pid in _workers(self._pid(_DOVECOT)) if name == command]

    def start(self) -> None:
        """Start both; raises RuntimeError with what they said where they don't."""
        self._run("dovecot", "-c", str(self.run / "dovecot/dovecot.conf"))
        self._run("postfix", "-c", str(self.run / "postfix/etc"), "start")
        for port in (self.ports.smtp, self.ports.submission, self.ports.smtps, self.ports.imaps, self.ports.lmtp):
            until_open(port)

    def stop(self) -> None:
        """End both by the process ids that they wrote."""
        for file in (_POSTFIX, _DOVECOT):
            if pid := self._pid(file):
                _end(pid)

    def stop_dovecot(self, *, kill: bool) -> None:
        """End Dovecot alone, politely or by SIGKILL of it and all its workers (FT04)."""
        pid = self._pid(_DOVECOT)
        workers = (
            []
            if not kill
            else [each for name in ("imap", "imap-login", "lmtp", "auth") for each in self.children(name)]
        )
        for each in (pid, *workers):
            os.kill(each, signal.SIGKILL if kill else signal.SIGTERM)
        _until_gone(pid)

    def start_dovecot(self) -> None:
        """Start it again."""
        (self.run / _DOVECOT).unlink(missing_ok=True)
        self._run("dovecot", "-c", str(self.run / "dovecot/dovecot.conf"))
        until_open(self.ports.imaps)

    def kill_postfix(self) -> None:
        """End Postfix's master and all its workers where they stand (FT04)."""
        pid = self._pid(_POSTFIX)
        for each in (pid, *(worker for _name, worker in _workers(pid))):
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        _until_gone(pid)

    def start_postfix(self) -> None:
        """Start it again."""
        self._run("postfix", "-c", str(self.run / "postfix/etc"), "start")
        until_open(self.ports.submission)

    def write(self) -> None:
        """All files: folders, accounts, configurations."""
        for part in ("log", "mail", "dovecot/base", "dovecot/state", "postfix/etc", "postfix/queue", "postfix/data"):
            (self.run / part).mkdir(parents=True)
        shutil.chown(self.run / "mail", _MAIL_USER)
        shutil.chown(self.run / "postfix/data", "postfix")
        (self.run / "dovecot/users").write_text("".join(map(self._account, (*self.passwords, "bounce"))))
        boxes = [f"{name}@{self.domain} {name}\n" for name in (*self.passwords, "bounce")]
        (self.run / "postfix/mailboxes").write_text("".join(boxes))
        (self.run / "postfix/aliases").write_text(f"moved@{self.domain} nobody@outside.test\n")
        for name in self.passwords:
            self._home(name)
        self._fill()

    def _account(self, name: str) -> str:
        """A line of Dovecot's passwd-file; `bounce` cannot log in and shares the home of `reply`."""
        user, home = pwd.getpwnam(_MAIL_USER), "reply" if name == "bounce" else name
        password = f"{{PLAIN}}{self.passwords[name]}" if name in self.passwords else "!"
        return f"{name}@{self.domain}:{password}:{user.pw_uid}:{user.pw_gid}::{self.run}/mail/{home}::\n"

    def _home(self, name: str) -> None:
        home = self.run / "mail" / name
        home.mkdir()
        if name == "queue":
            shutil.copy(_TEMPLATES / "merge.sieve", home / ".dovecot.sieve")
        for path in (home, *home.iterdir()):
            shutil.chown(path, _MAIL_USER, _MAIL_USER)

    def _fill(self) -> None:
        certificate, key = self.authority.issue("localhost", "127.0.0.1", f"mx.{self.domain}")
        words = {"RUN": self.run, "DOMAIN": self.domain, "CERTIFICATE": certificate, "KEY": key}
        words |= {name.upper(): getattr(self.ports, name) for name in Ports.__slots__}
        for name, target in (("dovecot.conf", "dovecot"), ("main.cf", "postfix/etc"), ("master.cf", "postfix/etc")):
            text = (_TEMPLATES / name).read_text()
            for word, value in words.items():
                text = text.replace(f"@{word}@", str(value))
            (self.run / target / name).write_text(text)
        shutil.copy("/etc/postfix/dynamicmaps.cf", self.run / "postfix/etc")

    def _pid(self, file: str) -> int:
        path = self.run / file
        return int(path.read_text()) if path.exists() else 0

    def _run(self, *command: str) -> None:
        env = os.environ | {"PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"}
        log = self.run / "log" / f"{command[0]}.start"
        with log.open("w") as out:  # a file, because a daemon keeps a pipe open for ever
            done = subprocess.run(command, env=env, stdout=out, stderr=out, check=False, timeout=60)  # noqa: S603
        if done.returncode:
            raise RuntimeError(f"{command[0]} does not start: {log.read_text().strip()}")


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """Both servers for the time of a block; needs root, because Postfix's master does."""
    with ExitStack() as stack:
        run = Path(tempfile.mkdtemp(prefix="bridge-post-", dir="/tmp"))  # pytest's own directories keep other users out
        stack.callback(shutil.rmtree, run, ignore_errors=True)
        run.chmod(0o755)
        names = ("reply", "queue", "agent1", "agent2", "customer")
        office = PostOffice(
            run=run,
            ports=_free_ports(),
            authority=Authority(run),
            passwords={name: secrets.token_hex(8) for name in names},
        )
        office.write()
        stack.callback(office.stop)
        office.start()
        yield office


def _free_ports() -> Ports:
    """Ports that nobody used a moment ago."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in Ports.__slots__]
        numbers = [each.getsockname()[1] for each in sockets]
    return Ports(**dict(zip(Ports.__slots__, numbers, strict=True)))


def _workers(parent: int) -> Iterator[tuple[str, int]]:
    """Names and process ids of a process's own."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            row = path.read_text().replace("(", " ").replace(")", " ").split()
            if row[3] == str(parent):
                yield row[1], int(row[0])


def until_open(port: int) -> None:
    """Return once somebody listens there; raises RuntimeError where nobody does in time."""
    deadline = time.monotonic() + _SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"nobody listens on port {port}") from None
            time.sleep(0.05)
        else:
            return


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    _until_gone(pid)


def _until_gone(pid: int) -> None:
    deadline = time.monotonic() + _SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
