"""The demo's directories, and the configuration that puts a bridge of production between them."""

import json
import secrets
import shutil
from dataclasses import dataclass
from importlib import metadata, resources
from pathlib import Path
from string import Template

import bridge
from bridge.access.maildir import furnish
from bridge.demo.problems import CannotShow

AGENT = "ann@acme.test"
STRANGER = "mallory@elsewhere.test"
REPLY_DOMAIN = "reply.acme.test"
MAIL_SERVER = "mail.acme.test"
"""How the demo's SMTP listener calls itself in Authentication-Results."""

BRAND = "acme"
"""The account's name on the forum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Where everything of one demo lies."""

    root: Path

    @property
    def configuration(self) -> Path:
        """What the daemon is started with."""
        return self.root / "config"

    @property
    def credentials(self) -> Path:
        """The secrets beside it."""
        return self.configuration / "credentials"

    @property
    def mailbox(self) -> Path:
        """The agents' Maildir."""
        return self.root / "mailbox"

    @property
    def replies(self) -> Path:
        """The Maildir that agents' answers reach."""
        return self.root / "replies"

    @property
    def state(self) -> Path:
        """The daemon's own state."""
        return self.root / "state"

    @property
    def log(self) -> Path:
        """What the daemon says."""
        return self.root / "bridge.log"

    @property
    def muttrc(self) -> Path:
        """For neomutt as the agent."""
        return self.root / "neomuttrc"

    def board(self, name: str) -> Path:
        """The journal of one of the customers' boards."""
        return self.root / f"{name}.jsonl"

    def furnish(self, *, page: str, account: str, token: str) -> None:
        """Write the configuration; a second start in the same place keeps the key that signs addresses."""
        self.credentials.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        for maildir in (self.mailbox, self.replies):
            furnish(maildir)
        for part in ("rules.d", "lists", "responses"):
            shutil.copytree(shipped() / part, self.configuration / part, dirs_exist_ok=True)
        self._keep_secret("forum-token", token)
        if not (self.credentials / "reply-key").exists():
            self._keep_secret("reply-key", secrets.token_hex(32))
        self._write_stanzas(page=page, account=account)

    def _keep_secret(self, name: str, secret: str) -> None:
        file = self.credentials / name
        file.touch(mode=0o600)
        file.write_text(secret, encoding="utf-8")

    def _write_stanzas(self, *, page: str, account: str) -> None:
        values = {
            "state": self.state,
            "forum": f"{page}/forum",
            "talk": f"{page}/talk",
            "account": account,
            "mailbox": self.mailbox,
            "replies": self.replies,
        }
        spelled = {name: json.dumps(str(value), ensure_ascii=False) for name, value in values.items()}
        text = _packaged("bridge.toml").substitute(spelled)
        (self.configuration / "bridge.toml").write_text(text, encoding="utf-8")

    def write_muttrc(self, smtp_port: int) -> None:
        """What a real mail client needs to be the agent."""
        text = _packaged("neomuttrc").substitute(mailbox=self.mailbox, agent=AGENT, port=smtp_port)
        self.muttrc.write_text(text, encoding="utf-8")


def shipped() -> Path:
    """The example configuration: beside the package in a checkout, else where it was installed."""
    checkout = Path(bridge.__file__).parents[1] / "config"
    if (checkout / "rules.d").is_dir():
        return checkout
    for file in metadata.files("bridge") or ():
        if file.as_posix().endswith("share/bridge/config/bridge.toml"):
            return Path(str(file.locate())).resolve().parent
    raise CannotShow("the example configuration is missing: install the package again, or run from a checkout")


def _packaged(name: str) -> Template:
    return Template(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
