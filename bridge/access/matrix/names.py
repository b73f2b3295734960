"""Names at a homeserver: who is ours, how an agent's user id is listed, and what rooms and customers are called there."""

import re
from dataclasses import dataclass
from hashlib import sha256

from bridge.access.chat.names import slug

PREFIX = r"^[a-z][a-z0-9]{0,30}[_.-]$"
SERVER = r"^[a-z0-9]([a-z0-9.-]{0,200}[a-z0-9])?(:[0-9]{1,5})?$"
"""What prefixes and names of homeservers look like in the configuration."""

_USER = re.compile(r"@([a-z0-9._=/+-]{1,200}):([a-z0-9.-]{1,230})")
_MAILBOX = re.compile(r"([a-z0-9._=/+-]{1,200})@([a-z0-9.-]{1,230})")
_PLAIN = re.compile(r"[a-z0-9]{1,60}")


def mailbox(user: str) -> str:
    """The form in which desks list a user: `@ann:example.org` is ann@example.org.

    Empty for ids that are not all small letters, as the homeserver tells them apart from those that are,
    and for servers whose name has a port.
    """
    found = _USER.fullmatch(user)
    return f"{found[1]}@{found[2]}" if found else ""


def user(listed: str) -> str:
    """The user id behind what a desk lists; empty where it cannot be one."""
    found = _MAILBOX.fullmatch(listed)
    return f"@{found[1]}:{found[2]}" if found else ""


def short(listed: str) -> str:
    """How agents call each other."""
    return listed.partition("@")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace:
    """What is ours at a homeserver: every user and alias that begins with the prefix."""

    server: str
    """The homeserver's own name, which stands behind the colon."""
    prefix: str

    @property
    def bot(self) -> str:
        """Our own voice: it makes rooms, announces who waits, and tells agents what they must know."""
        return self.full_user(f"{self.prefix}bot")

    def ghost(self, customer: str) -> str:
        """The localpart of a customer's user, the same for the same customer."""
        plain = customer if _PLAIN.fullmatch(customer) else sha256(customer.encode()).hexdigest()[:20]
        return f"{self.prefix}c.{plain}"

    def full_user(self, local: str) -> str:
        """A user id by its localpart."""
        return f"@{local}:{self.server}"

    def is_ours(self, user_id: str) -> bool:
        """Whether a user is the bot or a customer: nobody else can log in as one."""
        return user_id.startswith(f"@{self.prefix}") and user_id.endswith(f":{self.server}")

    def alias(self, desk: str, conversation: str) -> str:
        """The localpart by which a room of ours is found again: a conversation's, or a queue's where none is named."""
        return f"{self.prefix}{slug(desk)}{'.' if conversation else ''}{conversation}"

    def full_alias(self, alias: str) -> str:
        """The same with its server."""
        return f"#{alias}:{self.server}"
