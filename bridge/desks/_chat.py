"""What desks of chats share: their settings' habits, where they may connect to, and the sealing."""

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Self

from pydantic import Field, model_validator
from yarl import URL

from bridge.access.counterpart import MAX_ANSWER, Counterpart
from bridge.access.tls import tls_context
from bridge.core.policy import CHAT_HABITS, Habits
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.letters.chat import Letterhead, chatted
from bridge.ports import Fittings
from bridge.stanza import Duration, Secret, Stanza

MIN_SECRET = 16


class Chat(Stanza):
    """How a server that takes chats over HTTP is reached."""

    habits: ClassVar[Habits] = CHAT_HABITS

    url: str = Field(max_length=1000, description="Address of the server; https, or http on this machine.")
    ca_file: Path | None = Field(default=None, description="Certificates to trust instead of the system's.")
    timeout: Duration = Field(
        default=timedelta(seconds=20), gt=timedelta(0), description="How long one request may take."
    )

    @model_validator(mode="after")
    def _is_guarded(self) -> Self:
        reachable(self.url)
        tls_context(self.ca_file)
        return self

    def counterpart(self, fittings: Fittings) -> Counterpart:
        """The server that they name."""
        return Counterpart(
            user_agent=fittings.user_agent,
            timeout=self.timeout.total_seconds(),
            tls=tls_context(self.ca_file),
            most=MAX_ANSWER,
        )


def reachable(url: str) -> URL:
    """The address; raises ValueError where it is none, holds a login, or would be read on a network."""
    try:
        found = URL(url)
    except ValueError:
        raise ValueError("url is no address of the web") from None
    if found.scheme not in {"http", "https"} or not found.host or found.fragment:
        raise ValueError("url is no address of the web")
    if found.user or found.password:
        raise ValueError("url holds a login: secrets come from credentials")
    if found.scheme == "http" and not _is_this_machine(found.host):
        raise ValueError("url is not https, so everyone on the way could read and answer")
    return found


def long_enough(secret: Secret) -> Secret:
    """The secret of a signature; raises ValueError where it could be guessed."""
    if len(secret.reveal()) < MIN_SECRET:
        raise ValueError(f"a signing secret has {MIN_SECRET} characters or more")
    return secret


def sealer(name: str, fittings: Fittings) -> Callable[[Proxy | Notice], Sealed]:
    """Seals messages for a desk of chats as versioned documents."""
    head = Letterhead(desk=name, reply_domain=fittings.reply_domain, ring=fittings.ring)
    return lambda message: chatted(message, head)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
