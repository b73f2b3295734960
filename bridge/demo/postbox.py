"""The agents' Maildir as the page shows it; any mail client may work in it at the same time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from bridge.demo.problems import CannotShow

SEEN, REPLIED = "S", "R"
"""Flags of Maildir."""

MOST = 200
"""Mails that the page lists, the newest ones."""


class NoSuchMail(CannotShow):
    """Somebody moved or deleted it meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A mail in the list."""

    id: str
    message_id: str
    name: str
    subject: str
    at: str
    seen: bool
    answered: bool
    priority: str
    """urgent, high, normal or low; empty for a notice."""
    kind: str
    """customer, or notice where the bridge itself speaks."""


class Postbox:
    """Reads mails, and marks them as clients do."""

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir
        self._known: dict[str, Line] = {}

    def lines(self) -> Sequence[Line]:
        """The newest mails, newest first."""
        files = sorted(self._files(), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return [self._line(file) for file in files[:MOST]]

    def mail(self, key: str) -> EmailMessage:
        """One mail whole; raises NoSuchMail."""
        return _parsed(self._file(key).read_bytes())

    def mark(self, key: str, flag: str) -> None:
        """Set a flag as Maildir keeps it: in the name of the file, in `cur`."""
        file = self._file(key)
        flags = "".join(sorted(set(_flags(file)) | {flag}))
        file.rename(self._maildir / "cur" / f"{key}:2,{flags}")

    def _files(self) -> Iterator[Path]:
        for room in ("new", "cur"):
            yield from (file for file in (self._maildir / room).iterdir() if not file.name.startswith("."))

    def _file(self, key: str) -> Path:
        for file in self._files():
            if _key(file) == key:
                return file
        raise NoSuchMail("this mail is not in the mailbox any more")

    def _line(self, file: Path) -> Line:
        key, flags = _key(file), _flags(file)
        known = self._known.get(f"{key}:{flags}")
        if known is None:
            at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            known = self._known[f"{key}:{flags}"] = _read(key, flags, _parsed(file.read_bytes()), at=at)
        return known


def _read(key: str, flags: str, mail: EmailMessage, *, at: datetime) -> Line:
    name, address = parseaddr(str(mail["From"] or ""))
    return Line(
        id=key,
        message_id=str(mail["Message-ID"] or ""),
        name=name or address or "nobody",
        subject=str(mail["Subject"] or "(without a subject)"),
        at=at.isoformat(),
        seen=SEEN in flags,
        answered=REPLIED in flags,
        priority=str(mail["X-Bridge-Priority"] or ""),
        kind="customer" if mail["X-Bridge-Channel"] else "notice",
    )


def _parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def _key(file: Path) -> str:
    return file.name.partition(":")[0]


def _flags(file: Path) -> str:
    return file.name.rpartition(":2,")[2] if ":2," in file.name else ""
