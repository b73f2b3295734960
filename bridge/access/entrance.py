"""Where a mail server is, how its certificate is checked and how to log in: the keys that SMTP and IMAP share."""

import ipaddress
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from bridge.access.oauth import OAuth, Tokens
from bridge.access.tls import tls_context
from bridge.ports import Fittings
from bridge.stanza import Secret, Stanza


class Entrance(Stanza):
    """A server and our account there; with `user` goes either a password or access tokens."""

    host: str = Field(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9._:-]+$", description="Name of the server.")
    ca_file: Path | None = Field(
        default=None,
        description="Certificates to trust instead of the system's, for a server with a private authority.",
    )
    user: str = Field(default="", max_length=254, pattern=r"^[^\x00-\x1f\x7f]*$", description="Name to log in with.")
    password: Secret | None = Field(default=None, description="Password of the user.")
    oauth: OAuth | None = Field(default=None, description="Access tokens instead of a password: Microsoft 365, Google.")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        ways = sum(way is not None for way in (self.password, self.oauth))
        if self.user and ways != 1:
            raise ValueError("with user goes either password or oauth")
        if ways and not self.user:
            raise ValueError("password and oauth need user")
        return self

    @model_validator(mode="after")
    def _certificates_are_readable(self) -> Self:
        """A file that cannot be used is found before the start, not at the first mail."""
        if self.ca_file:
            tls_context(self.ca_file)
        return self

    def tokens(self, fittings: Fittings) -> Tokens | None:
        """Where access tokens come from; None where a password is used."""
        return Tokens(self.oauth, fittings) if self.oauth else None


def is_this_machine(host: str) -> bool:
    """Whether what is said to this host cannot be heard on any network."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
