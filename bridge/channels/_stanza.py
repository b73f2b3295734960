"""What the stanzas of several channels share: addresses of servers, and how they are reached."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator
from yarl import URL

from bridge.channels._body import BodyLimits
from bridge.channels._fence import Fence
from bridge.channels._http import Http

SPARE = timedelta(seconds=10)
"""What a publication may take beyond its two exchanges, the files and the words, before the courier ends it."""


def _address(given: str) -> str:
    """An absolute http or https address without user, password, query or fragment."""
    try:
        url = URL(given)
    except ValueError:
        raise ValueError("this is not an address: write it like https://forum.example.org") from None
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("an address begins with https:// or http:// and names a host")
    if url.user or url.password or url.query_string or url.fragment:
        raise ValueError("a server's address has no user, password, query or fragment")
    return given.rstrip("/")


Endpoint = Annotated[str, AfterValidator(_address)]
"""The address of a server, below which all its paths lie."""


_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})
_LAST_PORT = 65_535


def _here(given: str) -> str:
    host, _, port = given.rpartition(":")
    if host not in _HERE or not port.isdecimal() or int(port) > _LAST_PORT:
        raise ValueError("webhooks come in on this machine alone: write it like 127.0.0.1:8781 or [::1]:8781")
    return given


Here = Annotated[str, AfterValidator(_here)]
"""An address and a port of this machine alone."""


def guard_login(endpoint: str, *, allow_private: bool) -> None:
    """Raises ValueError where a login would travel in the clear across the internet."""
    if URL(endpoint).scheme == "http" and not allow_private:
        raise ValueError("a login is sent over https only; http needs allow_private = true, for servers inside")


def client(endpoint: str, *, allow_private: bool, user_agent: str, timeout: float) -> Http:
    """An HTTP client for one server; private addresses are reached only where the admin allowed it for this host."""
    host = URL(endpoint).host
    fence = Fence(frozenset({host}) if allow_private and host else frozenset())
    return Http(fence, user_agent=user_agent, timeout=timeout, limits=BodyLimits())
