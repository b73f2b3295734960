"""A small town around a bridge: a forum where customers speak, a Maildir where an agent reads, one for the answers.

Tests live here; the bridge itself is the real one, and only its configuration names this town.
"""

import secrets
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage, Message
from pathlib import Path
from textwrap import dedent

from bridge.access.maildir import furnish
from bridge.testing import correspondence

AGENT = "agent@acme.test"
QUEUE = "support@acme.test"
REPLY_DOMAIN = "reply.acme.test"

HELP_RULES = """
[[rule]]
name = "help"
when = { any_word = ["help"] }
points = 3

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"
"""
"""Rules that send whoever asks for help to the desk `support`, and nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Directories of one town."""

    root: Path

    @property
    def configuration(self) -> Path:
        """What the bridge is started with."""
        return self.root / "config"

    @property
    def mailbox(self) -> Path:
        """The agents' Maildir: the queue."""
        return self.root / "mailbox"

    @property
    def replies(self) -> Path:
        """The Maildir that agents' answers reach."""
        return self.root / "replies"

    @property
    def state(self) -> Path:
        """The bridge's own state."""
        return self.root / "state"

    def write(self, *, endpoint: str, account: str, token: str, undo: str = "0s", more: str = "") -> None:
        """Write the configuration; `more` is TOML that follows."""
        credentials = self.configuration / "credentials"
        credentials.mkdir(parents=True, exist_ok=True)
        (credentials / "forum-token").write_text(token, encoding="utf-8")
        key = credentials / "reply-key"
        if not key.exists():
            key.write_text(secrets.token_hex(32), encoding="utf-8")
        for secret in credentials.iterdir():
            secret.chmod(0o600)
        text = _CONFIGURATION.format(
            endpoint=endpoint,
            account=account,
            mailbox=self.mailbox,
            replies=self.replies,
            state=self.state,
            undo=undo,
            agent=AGENT,
            queue=QUEUE,
            domain=REPLY_DOMAIN,
        )
        (self.configuration / "bridge.toml").write_text(dedent(text) + more, encoding="utf-8")

    def rules(self, text: str) -> None:
        """Write the rules."""
        rules = self.configuration / "rules.d"
        rules.mkdir(exist_ok=True)
        (rules / "10-town.toml").write_text(text, encoding="utf-8")

    def mails(self) -> list[Message]:
        """What the agent finds in the mailbox, oldest first."""
        files = [file for room in ("new", "cur") for file in (self.mailbox / room).glob("*") if file.is_file()]
        return [message_from_bytes(file.read_bytes()) for file in sorted(files, key=lambda f: f.stat().st_mtime_ns)]

    def deliver(self, raw: bytes) -> None:
        """Put a mail into the Maildir of answers, as a mail server does."""
        furnish(self.replies)
        name = f"{secrets.token_hex(12)}.town"
        (self.replies / "tmp" / name).write_bytes(raw)
        (self.replies / "tmp" / name).rename(self.replies / "new" / name)


def answer(to: Message, text: str, *, sender: str = AGENT) -> EmailMessage:
    """The answer of this town's agent, or of somebody else."""
    return correspondence.answer(to, text, sender=sender)


plain = correspondence.plain


_CONFIGURATION = """\
    [bridge]
    brand = "Acme"
    reply_domain = "{domain}"
    reply_keys = [{{ kid = "a", key = {{ credential = "reply-key" }} }}]
    operator = "operator@acme.test"
    state = "{state}"

    [channel.forum]
    kind = "sandbox"
    platform = "Forum"
    endpoint = "{endpoint}"
    account = "{account}"
    token = {{ credential = "forum-token" }}
    allow_private = true
    interval = "1s"
    brand = ["acme"]

    [desk.support]
    kind = "maildir"
    path = "{mailbox}"
    to = "{queue}"
    inbox = "replies"
    live = true
    agents = ["{agent}"]
    internal_senders = ["{agent}"]
    undo = "{undo}"
    i_accept_no_undo = true
    min_typing = "0s"
    allow_links = ["acme.test"]

    [inbox.replies]
    kind = "maildir"
    path = "{replies}"
    look_every = "100ms"
"""
